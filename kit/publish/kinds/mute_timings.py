"""Mute timings: when routes that name them are silent."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish.kinds import alerting
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "mute timing"
at_once = 1
lock = True  # by the version that goes with a write


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Every mute timing."""
    there = server.client.get(alerting.provisioning("mute-timings")).body or ()
    return {one["name"]: _found(one) for one in there if only is None or one["name"] in only}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace it; Grafana refuses it where another version is there."""
    body = {"name": item.key, "time_intervals": item.load()["time_intervals"]}
    if found is None:
        server.client.send("POST", alerting.provisioning("mute-timings"), body, headers=alerting.headers(item.load()))
    else:
        body["version"] = found.version
        server.client.send("PUT", _path(item.key), body, headers=alerting.headers(item.load()))


def delete(server: Server, found: Found) -> None:
    """Delete it, unless another version is there."""
    server.client.send(
        "DELETE", _path(found.key), params={"version": found.version}, headers=alerting.headers(found.content)
    )


def content(intervals: Sequence[Mapping[str, Any]], provenance: str) -> dict[str, Any]:
    """The canonical content, without what is empty."""
    kept = [{key: value for key, value in one.items() if value not in (None, [], "")} for one in intervals]
    return {"time_intervals": kept, "provenance": provenance}


def _path(key: str) -> str:
    return alerting.provisioning("mute-timings", key)


def _found(one: Mapping[str, Any]) -> Found:
    body = content(one.get("time_intervals") or (), one.get("provenance") or "")
    return alerting.found(name, one["name"], one["name"], body, version=one.get("version", ""))
