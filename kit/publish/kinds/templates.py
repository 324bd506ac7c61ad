"""Message templates of notifications."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish.kinds import alerting
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "template"
at_once = 1
lock = True  # by the version that goes with a write


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Every template."""
    there = server.client.get(alerting.provisioning("templates")).body or ()
    return {one["name"]: _found(one) for one in there if only is None or one["name"] in only}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create or replace it; Grafana refuses it where another version is there."""
    body = {"template": item.load()["template"], "version": found.version if found else ""}
    server.client.send("PUT", _path(item.key), body, headers=alerting.headers(item.load()))


def delete(server: Server, found: Found) -> None:
    """Delete it, unless another version is there."""
    server.client.send(
        "DELETE", _path(found.key), params={"version": found.version}, headers=alerting.headers(found.content)
    )


def content(template: str, provenance: str) -> dict[str, Any]:
    """The canonical content: its text, without what a file's end adds."""
    return {"template": template.strip(), "provenance": provenance}


def _path(key: str) -> str:
    return alerting.provisioning("templates", key)


def _found(one: Mapping[str, Any]) -> Found:
    body = content(one["template"], one.get("provenance") or "")
    return alerting.found(name, one["name"], one["name"], body, version=one.get("version", ""))
