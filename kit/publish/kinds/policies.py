"""The notification policy tree: one for the organisation, so it is ours only where nobody has made one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish.canonical import duration
from kit.publish.kinds import alerting
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "policies"
at_once = 1
lock = False
KEY = "policies"
TITLE = "Notification policies"
_NOTHING: tuple[Any, ...] = (None, False, [], "")
_DURATIONS = ("group_wait", "group_interval", "repeat_interval")


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """The tree; a fresh Grafana's own counts as none."""
    if server.target.policies == "ignore":
        return {}
    tree = server.client.get(alerting.provisioning("policies")).body or {}
    if _untouched(tree):
        return {}
    body = content(tree, tree.get("provenance") or "")
    return {KEY: alerting.found(name, KEY, TITLE, body, ours=_ours(tree))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Replace the tree as a whole."""
    body = alerting.without(item.load(), "provenance")
    server.client.send("PUT", alerting.provisioning("policies"), body, headers=alerting.headers(item.load()))


def delete(server: Server, found: Found) -> None:
    """Bring back Grafana's own."""
    server.client.send("DELETE", alerting.provisioning("policies"), headers=alerting.headers(found.content))


def content(tree: Mapping[str, Any], provenance: str) -> dict[str, Any]:
    """The canonical tree: without what says nothing."""
    return {**_route(tree), "provenance": provenance}


def renamed(route: Mapping[str, Any], was: str, to: str) -> dict[str, Any]:
    """The tree with another name of a contact point."""
    made = {**route, "receiver": to} if route.get("receiver") == was else dict(route)
    return {**made, "routes": [renamed(one, was, to) for one in route["routes"]]} if "routes" in route else made


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    """As Grafana reads it back: durations in one form, matchers in order, nothing that says nothing."""
    kept = {key: value for key, value in route.items() if key not in ("orgId", "provenance") and value not in _NOTHING}
    kept |= {key: duration(kept[key]) for key in _DURATIONS if key in kept}
    if "object_matchers" in kept:
        kept["object_matchers"] = sorted(kept["object_matchers"])
    if "routes" in kept:
        kept["routes"] = [_route(one) for one in kept["routes"]]
    return kept


def _untouched(tree: Mapping[str, Any]) -> bool:
    """Grafana's own tree: one receiver for everything, nothing set, and nobody has claimed it."""
    own = tree.get("receiver") in ("", "empty", "grafana-default-email", None)
    grouped = tree.get("group_by") in (None, [], ["grafana_folder", "alertname"])
    return own and grouped and not {*_route(tree)} - {"receiver", "group_by"} and not tree.get("provenance")


def _ours(tree: Mapping[str, Any]) -> bool:
    """A tree whose every receiver is ours by name."""
    return all(str(receiver).startswith(alerting.PREFIX) for receiver in _receivers(tree))


def _receivers(route: Mapping[str, Any]) -> list[str]:
    own = [route["receiver"]] if route.get("receiver") else []
    return own + [name for one in route.get("routes") or () for name in _receivers(one)]
