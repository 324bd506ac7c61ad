"""The organisation's home dashboard, where grafanas.toml names one."""

from collections.abc import Collection, Sequence

from kit.publish import canonical
from kit.publish.client import path
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "home"
at_once = 1
lock = False
KEY = "home"
TITLE = "Home dashboard"
_PATH = path("api", "org", "preferences")


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """The uid of the home dashboard; asked only where the target names one."""
    if not items and only is None:
        return {}
    uid = (server.client.get(_PATH).body or {}).get("homeDashboardUID", "")
    if not uid:
        return {}
    body = content(uid)
    digest = canonical.digest(body)
    return {KEY: Found(name, KEY, TITLE, digest, content=body, ours=True, bases=(digest,))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Set it, and leave the other preferences alone."""
    server.client.send("PATCH", _PATH, {"homeDashboardUID": item.load()["dashboard"]})


def delete(server: Server, found: Found) -> None:
    """Bring back Grafana's own."""
    server.client.send("PATCH", _PATH, {"homeDashboardUID": ""})


def content(uid: str) -> dict[str, str]:
    """The canonical content."""
    return {"dashboard": uid}
