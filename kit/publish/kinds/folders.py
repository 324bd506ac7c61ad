"""Folders as resources. A folder's content is its title; it lies in another folder or at the top."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.publish import canonical, resource
from kit.publish.client import path
from kit.publish.http.errors import GrafanaError
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "folder"
at_once = 1
lock = True
GROUP = "folder.grafana.app"
# What Grafana counts in a folder, in words.
_HELD = {
    "alertrule": "alert rule", "alertrules": "alert rule", "librarypanel": "library panel",
    "librarypanels": "library panel", "library_elements": "library panel",
}  # fmt: skip


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Those with our label; a declared one that is not among them may be there without it."""
    those = collection(server)
    if only is not None:
        return {key: _found(one) for key in only if (one := those.get(key))}
    there = {found.key: found for found in map(_found, those.listed(resource.SET))}
    missing = (item.key for item in items if item.key not in there)
    return there | {key: _found(one) for key in missing if (one := those.get(key))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it (Grafana gives it the permissions of a folder that was made by hand), or replace what was found."""
    if found is None:
        collection(server).create(item.key, item.marks, item.load())
    else:
        marks = resource.replaced(found.marks, item.marks)
        collection(server).update(item.key, marks, item.load(), found.version)


def delete(server: Server, found: Found) -> None:
    """Delete an empty folder, unless it changed since. Raises GrafanaError where something is in it."""
    refuse_held(server, found)
    collection(server).delete(found.key, found.version)


def refuse_held(server: Server, found: Found) -> None:
    """Raise GrafanaError where something is in the folder, for some versions of Grafana delete that as well."""
    held: Mapping[str, int] = server.client.get(path("api", "folders", found.key, "counts")).body or {}
    # Some of them are counted under two names.
    counts = {_HELD.get(what, what.removesuffix("s")): count for what, count in held.items() if count}
    inside = [f"{count} {what}{'s' if count != 1 else ''}" for what, count in counts.items()]
    if inside:
        raise GrafanaError(f"the folder {found.title} still holds {', '.join(inside)}, which would go with it")


def collection(server: Server) -> resource.Collection:
    """The folders of the organisation."""
    return resource.Collection(server.client, server.collection(GROUP, "folders"), server.api(GROUP), "Folder")


def content(title: str) -> dict[str, Any]:
    """The canonical content of a folder."""
    return {"title": title}


def _found(one: Mapping[str, Any]) -> Found:
    key, title, marks = one["metadata"]["name"], str(one["spec"].get("title", "")), resource.marks(one)
    notes = marks.annotations
    return Found(
        name, key, title, canonical.digest(content(title)),
        content=content(title),
        place=notes.get(resource.FOLDER, ""),
        version=one["metadata"].get("resourceVersion", ""),
        ours=resource.SET in marks.labels and not resource.manager(marks),
        manager=resource.manager(marks),
        bases=resource.checksums(marks),
        home=resource.home(marks),
        set=marks.labels.get(resource.SET, ""),
        commit=notes.get(resource.COMMIT, ""),
        changed=resource.changed(one),
        marks=marks,
        locked=resource.MANAGER in notes,
    )  # fmt: skip
