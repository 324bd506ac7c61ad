"""Subclasses of grafanalib's classes that emit what Grafana 13 stores and returns unchanged.

grafanalib 0.7.1 writes schemaVersion 12 and many keys that Grafana has since dropped; these write the final shape
(schemaVersion 42) themselves. Stock classes go through kit/draw/stock instead.
"""

from typing import Any

import attr
from grafanalib import core

from kit.draw.stock.annotations import BUILT_IN

# attr.s, unseen by the type checker: it knows no field of grafanalib's classes.
extended: Any = attr.s

SCHEMA_VERSION = 42  # the last one: https://github.com/grafana/grafana/blob/main/apps/dashboard/pkg/migration/README.md


@extended
class Panel(core.Panel):  # type: ignore[misc]
    """A panel of any kind: `kind` is Grafana's panel type, `options` and `fieldConfig` are written as they are."""

    kind: str = attr.ib(default="", kw_only=True)
    options: dict[str, Any] = attr.ib(factory=dict, kw_only=True)
    fieldConfig: dict[str, Any] = attr.ib(factory=dict, kw_only=True)
    pluginVersion: str = attr.ib(default="", kw_only=True)
    # Rows of other kinds than text have a query; None says that this kind has none.
    queries: list[dict[str, Any]] | None = attr.ib(default=None, kw_only=True)

    def to_json_data(self) -> dict[str, Any]:
        """The panel as Grafana stores it; what is empty is left out."""
        whole = {
            "datasource": self.dataSource,
            "description": self.description,
            "fieldConfig": self.fieldConfig,
            "gridPos": self.gridPos,
            "id": self.id,
            "interval": self.interval,
            "links": self.links,
            "maxPerRow": self.repeat.maxPerRow,
            "options": self.options,
            "pluginVersion": self.pluginVersion,
            "repeat": self.repeat.variable,
            "repeatDirection": self.repeat.direction,
            "targets": self.queries,
            "title": self.title,
            "transformations": self.transformations,
            "type": self.kind,
        }
        return {key: value for key, value in whole.items() if value not in (None, "", [], {})}


@extended
class RowPanel(core.RowPanel):  # type: ignore[misc]
    """A row; closed, it holds its panels itself."""

    def to_json_data(self) -> dict[str, Any]:
        """The row as Grafana stores it."""
        return {
            "collapsed": self.collapsed,
            "gridPos": self.gridPos,
            "id": self.id,
            "panels": self.panels if self.collapsed else [],
            "title": self.title,
            "type": "row",
        }


@extended
class Template(core.Template):  # type: ignore[misc]
    """A variable whose JSON, `shape`, is written as it is."""

    shape: dict[str, Any] = attr.ib(factory=dict, kw_only=True)

    def to_json_data(self) -> dict[str, Any]:
        """The variable as Grafana stores it."""
        return self.shape


@extended
class Dashboard(core.Dashboard):  # type: ignore[misc]
    """A dashboard in schema version 42."""

    def to_json_data(self) -> dict[str, Any]:
        """The dashboard as Grafana's v1 API returns it; id and version are the server's."""
        return {
            "annotations": {"list": [BUILT_IN, *self.annotations.list]},
            "description": self.description,
            "editable": self.editable,
            "fiscalYearStartMonth": 0,
            "graphTooltip": 1,
            "links": self.links,
            "panels": [panel.to_json_data() if hasattr(panel, "to_json_data") else panel for panel in self.panels],
            "preload": False,
            "refresh": self.refresh,
            "schemaVersion": SCHEMA_VERSION,
            "tags": self.tags,
            "templating": {"list": [variable.to_json_data() for variable in self.templating.list]},
            "time": self.time.to_json_data(),
            "timepicker": {"refresh_intervals": self.timePicker.refreshIntervals},
            "timezone": self.timezone,
            "title": self.title,
            "uid": self.uid,
            "weekStart": "",
        }
