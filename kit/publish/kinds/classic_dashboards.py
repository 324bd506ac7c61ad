"""Dashboards through the classic API, of a Grafana that does not serve them as resources (before 12).

There are no labels: a dashboard is ours by its tag and by the message of the version that we wrote, which holds the
commit, the digest and the folder. A person's save makes a version with another message; where a rollback brings such an
edit back, its message holds what had been published before.
https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/dashboard/
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from kit.publish import canonical
from kit.publish.client import path
from kit.publish.http.errors import GrafanaError, NotFound
from kit.publish.model import Found, Item
from kit.publish.server import Server
from kit.publish.together import together

name = "dashboard"
at_once = 4
lock = True
TAG = "dataflux"
_MESSAGE = re.compile(
    r"(published|edit restored) by dataflux-monitoring: commit=(\S*) sha256=([0-9a-f]{64}) folder=(\S*) set=(\S*)"
)
_PAGE = 1000
# What nothing has as its digest: where nobody knows what was published.
_NONE = "0" * 64


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Those with our tag, and the declared ones; each is a request, and a changed one asks for its versions too."""
    wanted = {item.key: (item.digest, item.place) for item in items}
    keys = list(only) if only is not None else list(dict.fromkeys((*wanted, *_tagged(server))))
    found = together(lambda key: _read(server, key, wanted), keys)
    return {one.key: one for one in found if one is not None}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace the version that was found."""
    dashboard = {**item.load(), "uid": item.key, **({"version": int(found.version)} if found else {})}
    body = {"dashboard": dashboard, "folderUid": item.place, "message": message(item), "overwrite": False}
    server.client.send("POST", path("api", "dashboards", "db"), body)


def delete(server: Server, found: Found) -> None:
    """Delete it. This API has no lock for that, so it is read again just before. Raises GrafanaError."""
    now = _read(server, found.key, {})
    if now is not None and now.version != found.version:
        raise GrafanaError(f"dashboard {found.title} changed in Grafana since it was read; plan again")
    if now is not None:
        server.client.send("DELETE", _path(found.key))


def message(item: Item) -> str:
    """The message of a version that we write."""
    edited = item.bases is not None
    how, digest = ("edit restored", next(iter(item.bases or ()), _NONE)) if edited else ("published", item.digest)
    home = item.place if item.home is None else item.home
    return f"{how} by dataflux-monitoring: commit={item.commit} sha256={digest} folder={home} set={home}"


def _path(uid: str, *more: str) -> str:
    return path("api", "dashboards", "uid", uid, *more)


def _tagged(server: Server) -> Iterator[str]:
    for page in range(1, 1000):
        asked = {"type": "dash-db", "tag": TAG, "limit": str(_PAGE), "page": str(page)}
        found = server.client.get(path("api", "search"), asked).body or ()
        yield from (one["uid"] for one in found)
        if len(found) < _PAGE:
            return


def _read(server: Server, uid: str, wanted: Mapping[str, tuple[str, str]]) -> Found | None:
    try:
        one = server.client.get(_path(uid)).body
    except NotFound:
        return None
    meta, content = one["meta"], canonical.spec(one["dashboard"])
    digest, version = canonical.digest(content), str(meta.get("version", ""))
    place, (build, meant) = meta.get("folderUid") or "", wanted.get(uid, ("", ""))
    same = build == digest
    told = None if same and place == meant else _told(server, uid)
    now = told is not None and told[0] == version and told[1] == "published"
    manager = "a provisioning file" if meta.get("provisioned") else ""
    return Found(
        name, uid, str(content.get("title", uid)), digest,
        content=None if same else content,
        place=place,
        version=version,
        ours=(same or told is not None) and not manager,
        manager=manager,
        bases=(digest,) if same or now else (told[2][1],) if told else (),
        home=told[2][2] if told else None,
        set=told[2][3] if told else "",
        commit=told[2][0] if told else "",
        changed=f"v{version}, changed {str(meta.get('updated', ''))[:16].replace('T', ' ')}",
    )  # fmt: skip


def _told(server: Server, uid: str) -> tuple[str, str, tuple[str, ...]] | None:
    """The newest version that we wrote: its number, how, and commit, digest, folder and set from its message."""
    answer = server.client.get(_path(uid, "versions"), {"limit": "100"}).body or ()
    versions = answer["versions"] if isinstance(answer, Mapping) else answer
    for one in versions:
        if match := _MESSAGE.fullmatch(str(one.get("message", ""))):
            how, *named = match.groups()
            return str(one["version"]), how, tuple(named)
    return None
