"""The dashboards of a build, and the folders that they and the rule groups lie in."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from attrs import evolve, field, frozen

from kit.publish import canonical
from kit.publish.here.entries import Entry, broken, twice, valid

DASHBOARDS = "grafana/dashboards/"


@frozen
class Folder:
    """A folder of Grafana; `alerts`: whether rule groups lie in it."""

    uid: str
    title: str
    alerts: bool = False


@frozen
class Dashboard:
    """`folder` is a uid, `path` lies under the build's folder, `data` is the compiled file, `digest` of its spec."""

    uid: str
    title: str
    folder: str
    path: str
    data: bytes = field(repr=False)
    digest: str = field(repr=False)

    @digest.default
    def _digest(self) -> str:
        return canonical.digest(self.spec())

    def spec(self) -> dict[str, Any]:
        """The dashboard without what a server gives or is told beside it: id, uid, version."""
        return canonical.spec(orjson.loads(self.data))


def slug(title: str) -> str:
    """`"DataFlux Alerts"` → `"dataflux-alerts"`: the uid of a folder that only rule groups name."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def folders(providers: Iterable[Entry], groups: Iterable[Entry]) -> tuple[Folder, ...]:
    """One for each dashboard provider, and one for each other title that a rule group names. Raises Refused."""
    found: dict[str, Folder] = {}
    for one in providers:
        _add(found, Folder(valid(one.told["folderUid"], one.place), one.told["folder"]), one.place)
    uids = {folder.title: uid for uid, folder in found.items()}
    for one in groups:
        title = one.told["folder"]
        uid = uids.get(title) or valid(slug(title), one.place)
        _add(found, Folder(uid, title), one.place)
        found[uid] = evolve(found[uid], alerts=True)
    return tuple(found.values())


def _add(found: dict[str, Folder], folder: Folder, place: str) -> None:
    there = found.setdefault(folder.uid, folder)
    if there.title != folder.title:
        raise broken(place, f"the folders '{there.title}' and '{folder.title}' have one uid, '{folder.uid}'")


def dashboards(files: Mapping[str, bytes], providers: Sequence[Entry], prefix: str) -> Iterator[Dashboard]:
    """Every dashboard of the build. Raises Refused."""
    seen: dict[str, str] = {}
    for path, data in files.items():
        if path.startswith(DASHBOARDS) and path.endswith(".json"):
            place = f"{prefix}/{path}"
            spec = _parsed(data, place)
            uid = valid(spec["uid"], place)
            twice(seen, uid, place, "uid of dashboards")
            digest = canonical.digest(canonical.spec(spec))  # here, where it is parsed already
            yield Dashboard(uid, spec["title"], _folder(path, providers, place), path, data, digest)


def _parsed(data: bytes, place: str) -> Mapping[str, Any]:
    try:
        spec = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise broken(f"{place}:{error.lineno}", f"broken JSON, {error.msg}") from None
    if not isinstance(spec, dict):
        raise broken(place, "it is no dashboard: it should be an object")
    for key in ("uid", "title"):
        if not isinstance(spec.get(key), str) or not spec[key]:
            raise broken(place, f"the dashboard has no {key}")
    return spec


def _folder(path: str, providers: Sequence[Entry], place: str) -> str:
    """The uid of the folder whose provider reads the folder of this file."""
    under = path.removeprefix(DASHBOARDS).rpartition("/")[0]
    read = ((str(one.told["options"].get("path", "")).rstrip("/"), one.told["folderUid"]) for one in providers)
    fitting = [(len(there), uid) for there, uid in read if under and f"/{there}".endswith(f"/{under}")]
    if not fitting:
        raise broken(place, f"no provider in grafana/provisioning/dashboards/ reads its folder '{under}'")
    uid: str = min(fitting)[1]  # the shortest path is the whole of it
    return uid
