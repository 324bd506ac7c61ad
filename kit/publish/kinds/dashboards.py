"""Dashboards as resources."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kit.publish import canonical, resource
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "dashboard"
at_once = 4
lock = True
GROUP = "dashboard.grafana.app"

# Up to so many are read one by one; of more, the list is asked for, which is one request for hundreds.
FEW = 8


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Those with our label, in pages; a declared one that is not among them may be there without it."""
    wanted = {item.key: item.digest for item in items}
    those = _collection(server)
    if only is not None and len(only) <= FEW:
        return {key: _found(one, wanted) for key in only if (one := those.get(key))}
    there = {found.key: found for found in (_found(one, wanted) for one in those.listed(resource.SET))}
    if only is not None:
        there = {key: found for key, found in there.items() if key in only}
    missing = [key for key in (wanted if only is None else only) if key not in there]
    return there | dict(_each(server, missing, wanted))


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace what was found under the lock of its resourceVersion."""
    if found is None:
        _collection(server).create(item.key, item.marks, item.load())
    else:
        marks = resource.replaced(found.marks, item.marks)
        _collection(server).update(item.key, marks, item.load(), found.version)


def delete(server: Server, found: Found) -> None:
    """Delete what was found, unless it changed since."""
    _collection(server).delete(found.key, found.version)


def _collection(server: Server) -> resource.Collection:
    return resource.Collection(server.client, server.collection(GROUP, "dashboards"), server.api(GROUP), "Dashboard")


def _each(server: Server, keys: Sequence[str], wanted: Mapping[str, str]) -> Iterator[tuple[str, Found]]:
    from kit.publish.together import together

    those = _collection(server)
    for one in together(those.get, keys):
        if one is not None:
            found = _found(one, wanted)
            yield found.key, found


def _found(one: Mapping[str, Any], wanted: Mapping[str, str]) -> Found:
    key, content = one["metadata"]["name"], canonical.spec(one["spec"])
    digest, marks = canonical.digest(content), resource.marks(one)
    notes = marks.annotations
    return Found(
        name, key, str(content.get("title", key)), digest,
        content=None if wanted.get(key) == digest else content,
        place=notes.get(resource.FOLDER, ""),
        version=one["metadata"].get("resourceVersion", ""),
        ours=resource.SET in marks.labels and not resource.manager(marks),
        manager=resource.manager(marks),
        bases=resource.checksums(marks),
        home=resource.home(marks),
        set=marks.labels.get(resource.SET, ""),
        commit=notes.get(resource.COMMIT, ""),
        changed=resource.changed(one),
        path=notes.get(resource.SOURCE, ""),
        marks=marks,
        locked=resource.MANAGER in notes,
    )  # fmt: skip
