"""Folders through the classic API, of a Grafana that does not serve them as resources (before 12).

They carry no marks, so a declared folder is ours by its uid, and one that is not in the build is not looked for.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish import canonical
from kit.publish.client import path
from kit.publish.http.errors import GrafanaError, NotFound
from kit.publish.kinds import folders
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "folder"
at_once = 1
lock = True


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """The declared ones that are there."""
    wanted = {item.key: item for item in items}
    keys = wanted if only is None else only
    return {key: _found(one, wanted.get(key)) for key in keys if (one := _get(server, key))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or rename or move what was found, unless it changed since."""
    title = item.load()["title"]
    if found is None:
        parent = {"parentUid": item.place} if item.place else {}
        server.client.send("POST", path("api", "folders"), {"uid": item.key, "title": title, **parent})
        return
    if found.title != title:
        server.client.send("PUT", path("api", "folders", item.key), {"title": title, "version": int(found.version)})
    elif (now := _get(server, item.key)) is None or str(now.get("version", "")) != found.version:
        raise GrafanaError(f"the folder {found.title} changed in Grafana since it was read; plan again")
    if found.place != item.place:  # which has no lock of its own
        server.client.send("POST", path("api", "folders", item.key, "move"), {"parentUid": item.place})


def delete(server: Server, found: Found) -> None:
    """Delete an empty folder. Raises GrafanaError where something is in it."""
    folders.refuse_held(server, found)
    server.client.send("DELETE", path("api", "folders", found.key))


def _get(server: Server, uid: str) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = server.client.get(path("api", "folders", uid)).body
    except NotFound:
        return None
    return found


def _found(one: Mapping[str, Any], wanted: Item | None) -> Found:
    """A title or place that is not the wanted one was changed by a person, or here: nobody can tell, so it counts as
    edited."""
    title = str(one["title"])
    digest = canonical.digest(folders.content(title))
    return Found(
        name, one["uid"], title, digest,
        content=folders.content(title),
        place=one.get("parentUid") or "",
        version=str(one.get("version", "")),
        ours=True,
        bases=(wanted.digest if wanted else digest,),
        home=wanted.place if wanted else None,
        changed=f"changed {str(one.get('updated', ''))[:16].replace('T', ' ')}",
    )  # fmt: skip
