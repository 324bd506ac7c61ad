"""Stock grafanalib objects as the JSON that Grafana 13 stores and returns unchanged, or a refusal by name."""

from kit.draw.stock.annotations import annotation
from kit.draw.stock.dashboards import dashboard
from kit.draw.stock.links import link
from kit.draw.stock.panels import panel
from kit.draw.stock.refusals import Refused
from kit.draw.stock.variables import variable

__all__ = ["Refused", "annotation", "dashboard", "link", "panel", "variable"]
