"""Inhibition rules, where Grafana has them (from 13 on, as resources only)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish import canonical, resource
from kit.publish.kinds import alerting
from kit.publish.model import Found, Item, Marks
from kit.publish.server import Server

name = "inhibition"
at_once = 1
lock = True
GROUP = "notifications.alerting.grafana.app"
_MATCHER = ("=~", "!~", "!=", "=")


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Every inhibition rule."""
    there = map(_found, collection(server).listed())
    return {one.key: one for one in there if only is None or one.key in only}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace what was found under its lock."""
    if found is None:
        collection(server).create(item.key, Marks(), item.load())
    else:
        collection(server).update(item.key, found.marks, item.load(), found.version)


def delete(server: Server, found: Found) -> None:
    """Delete what was found, unless it changed since."""
    collection(server).delete(found.key, found.version)


def collection(server: Server) -> resource.Collection:
    """The inhibition rules of the organisation."""
    return resource.Collection(
        server.client, server.collection(GROUP, "inhibitionrules"), server.api(GROUP), "InhibitionRule"
    )


def content(rule: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical content of an inhibition rule in Alertmanager's dialect."""
    return {
        "source_matchers": [_matcher(text) for text in rule.get("source_matchers", ())],
        "target_matchers": [_matcher(text) for text in rule.get("target_matchers", ())],
        "equal": list(rule.get("equal", ())),
    }


def _matcher(text: str) -> dict[str, str]:
    """`severity = "critical"` → its parts: https://prometheus.io/docs/alerting/latest/configuration/#matcher"""
    sign = min((one for one in _MATCHER if one in text), key=lambda one: (text.index(one), -len(one)))
    label, _, value = text.partition(sign)
    return {"type": sign, "label": label.strip(), "value": value.strip().strip('"')}


def _found(one: Mapping[str, Any]) -> Found:
    key, body = one["metadata"]["name"], one["spec"]
    digest, marks = canonical.digest(body), resource.marks(one)
    return Found(
        name, key, key, digest,
        content=body,
        version=one["metadata"].get("resourceVersion", ""),
        ours=key.startswith(alerting.PREFIX),
        marks=marks,
    )  # fmt: skip
