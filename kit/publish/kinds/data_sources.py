"""Data sources: created where they are missing; one that is there is left alone unless overwriting it is asked for."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import evolve

from kit.publish import canonical, redacted
from kit.publish.client import path
from kit.publish.http.errors import NotFound
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "data source"
at_once = 1
lock = False
_GRAFANAS = ("id", "orgId", "version", "typeLogoUrl", "readOnly", "secureJsonFields", "apiVersion")
_COMPARED = ("uid", "name", "type", "access", "url", "isDefault", "jsonData")


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """The declared ones that are there."""
    keys = [item.key for item in items] if only is None else only
    return {key: found for key in keys if (found := _read(server, key))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace what was found, but for what we do not say: its login, for one."""
    if found is None:
        server.client.send("POST", path("api", "datasources"), item.load())
    else:
        kept = {key: value for key, value in (found.raw or {}).items() if key not in (*_GRAFANAS, *_COMPARED)}
        server.client.send("PUT", _path(item.key), {**kept, "url": "", "jsonData": {}, **item.load()})


def delete(server: Server, found: Found) -> None:
    """Delete it."""
    server.client.send("DELETE", _path(found.key))


def has_login(found: Found) -> bool:
    """Whether somebody gave it a login, which nothing that is compiled has."""
    keys = ("basicAuth", "basicAuthUser", "user", "withCredentials", "secureJsonFields")
    return any((found.raw or {}).get(key) for key in keys)


def settled(item: Item, found: Found | None) -> Item:
    """The item, where it comes from a backup with the secrets that are there: the backup has none."""
    body = item.load()
    made, lost = redacted.filled(body, found.content if found else None)
    return item if made == body and not lost else evolve(item, digest=canonical.digest(made), load=lambda: made)


def content(source: Mapping[str, Any]) -> dict[str, Any]:
    """The canonical content, of a file's or the API's form."""
    kept = {key: source[key] for key in _COMPARED if source.get(key) not in (None, "", {})}
    return {"access": "proxy", "isDefault": False, **kept}


def _path(uid: str) -> str:
    return path("api", "datasources", "uid", uid)


def _read(server: Server, uid: str) -> Found | None:
    try:
        one = server.client.get(_path(uid)).body
    except NotFound:
        return None
    body = content(one)
    digest = canonical.digest(body)
    manager = "a provisioning file" if one.get("readOnly") else ""
    return Found(
        name, uid, one["name"], digest, content=body, ours=not manager, manager=manager, bases=(digest,), raw=one
    )
