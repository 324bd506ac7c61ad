"""grafana/datasources/: Prometheus and Loki with fixed uids.

https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
"""

from collections.abc import Mapping
from typing import Any

from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.settings import Settings


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    settings = product.settings
    return {
        "grafana/datasources/prometheus.yml": yaml_text(prometheus(settings), "settings.py"),
        "grafana/datasources/loki.yml": yaml_text(_loki(settings), "settings.py"),
    }


def prometheus(settings: Settings) -> dict[str, Any]:
    """The file of Prometheus."""
    source = {
        "name": "Prometheus",
        "uid": "prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": settings.prometheus_url,
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": settings.scrape_interval, "httpMethod": "POST"},
    }
    return _file(source)


def _loki(settings: Settings) -> dict[str, Any]:
    # A request id leads to that request in all services: found in the line, or among the labels once it is parsed.
    request = {
        "datasourceUid": "loki",
        "url": '{service=~".+"} |= `$${__value.raw}`',
        "urlDisplayLabel": "This request in all services",
    }
    in_line = {"name": "request_id", "matcherRegex": '"request_id": ?"([^"]+)"', **request}
    parsed = {"name": "request", "matcherType": "label", "matcherRegex": "request_id", **request}
    source = {
        "name": "Loki",
        "uid": "loki",
        "type": "loki",
        "access": "proxy",
        "url": settings.loki_url,
        "editable": False,
        "jsonData": {"maxLines": 1000, "derivedFields": [in_line, parsed]},
    }
    return _file(source)


def _file(source: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": 1, "datasources": [source]}
