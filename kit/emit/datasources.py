"""grafana/datasources/: Prometheus and Loki with fixed uids.

https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
"""

from collections.abc import Mapping
from typing import Any

from kit.emit.model import Product
from kit.emit.text import yaml_text


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    settings = product.settings
    prometheus = {
        "name": "Prometheus",
        "uid": "prometheus",
        "type": "prometheus",
        "access": "proxy",
        "url": settings.prometheus_url,
        "isDefault": True,
        "editable": False,
        "jsonData": {"timeInterval": settings.scrape_interval, "httpMethod": "POST"},
    }
    # A request id leads to that request in all services: found in the line, or among the labels once it is parsed.
    request = {
        "datasourceUid": "loki",
        "url": '{service=~".+"} |= `$${__value.raw}`',
        "urlDisplayLabel": "This request in all services",
    }
    in_line = {"name": "request_id", "matcherRegex": '"request_id": ?"([^"]+)"', **request}
    parsed = {"name": "request", "matcherType": "label", "matcherRegex": "request_id", **request}
    loki = {
        "name": "Loki",
        "uid": "loki",
        "type": "loki",
        "access": "proxy",
        "url": settings.loki_url,
        "editable": False,
        "jsonData": {"maxLines": 1000, "derivedFields": [in_line, parsed]},
    }
    return {f"grafana/datasources/{source['type']}.yml": _text(source) for source in (prometheus, loki)}


def _text(source: Mapping[str, Any]) -> str:
    return yaml_text({"apiVersion": 1, "datasources": [dict(source)]}, "settings.py")
