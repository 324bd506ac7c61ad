"""Permissions of folders, where grafanas.toml names them: the whole list of a folder, roles, teams and users."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kit.publish import canonical
from kit.publish.client import path
from kit.publish.http.errors import GrafanaError, NotFound
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "permissions"
at_once = 1
lock = False
# https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/folder_permissions/
LEVELS = {"view": 1, "edit": 2, "admin": 4}
_WORDS = {number: word for word, number in LEVELS.items()}
_ACCOUNT = "user:sa-"  # how Grafana calls service accounts
_ROLES = {"viewer": "Viewer", "editor": "Editor"}


class Nobody(GrafanaError):
    """There is no such team or user."""


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """The permissions of each item's folder; a folder that is not there yet has none."""
    titles = {item.key: item.title for item in items}
    keys = titles if only is None else only
    return {key: found for key in keys if (found := _read(server, key, titles.get(key, key)))}


def write(server: Server, item: Item, found: Found | None) -> None:
    """Replace the folder's whole list."""
    body = {"items": [_entry(server, who, word) for who, word in sorted(item.load().items())]}
    server.client.send("POST", _path(item.key), body)


def delete(server: Server, found: Found) -> None:
    """Nothing: permissions go with their folder."""


def strangers(server: Server, named: Collection[str]) -> Iterator[str]:
    """A sentence for each team and user who is not there. Raises GrafanaError."""
    for who in sorted(named):
        try:
            _entry(server, who, "view")
        except Nobody as error:
            yield str(error)


def looked_up(item: Item) -> set[str]:
    """The permissions that it takes to find the numbers of those whom an item names."""
    return {_lookup(who) for who in item.load() if ":" in who}


def _lookup(who: str) -> str:
    if who.startswith("team:"):
        return "teams:read"
    return "serviceaccounts:read" if who.startswith(_ACCOUNT) else "org.users:read"


def content(asked: Mapping[str, str]) -> dict[str, str]:
    """The canonical content: who ('viewer', 'team:NAME', 'user:LOGIN') → 'view', 'edit' or 'admin'."""
    return dict(asked)


def _path(folder: str) -> str:
    return path("api", "folders", folder, "permissions")


def _read(server: Server, folder: str, title: str) -> Found | None:
    try:
        entries = server.client.get(_path(folder)).body or ()
    except NotFound:
        return None
    body = content(dict(_told(one) for one in entries if not one.get("inherited")))
    digest = canonical.digest(body)
    return Found(name, folder, title, digest, content=body, ours=True, bases=(digest,))


def _told(entry: Mapping[str, Any]) -> tuple[str, str]:
    word = _WORDS.get(entry.get("permission", 0), str(entry.get("permission")))
    if entry.get("role"):
        return str(entry["role"]).lower(), word
    if entry.get("team"):
        return f"team:{entry['team']}", word
    return f"user:{entry.get('userLogin', '')}", word


def _entry(server: Server, who: str, word: str) -> dict[str, Any]:
    what, _, named = who.partition(":")
    if what == "team":
        teams = (server.client.get(path("api", "teams", "search"), {"name": named}).body or {}).get("teams") or ()
        return {"teamId": _id(teams, "name", named, "id", who), "permission": LEVELS[word]}
    if what == "user":
        users = _accounts(server) if who.startswith(_ACCOUNT) else server.client.get(path("api", "org", "users")).body
        return {"userId": _id(users or (), "login", named, "userId", who), "permission": LEVELS[word]}
    return {"role": _ROLES[who], "permission": LEVELS[word]}


def _accounts(server: Server) -> list[dict[str, Any]]:
    """The service accounts, which are no users of the organisation, but have permissions where they made a folder."""
    answer = server.client.get(path("api", "serviceaccounts", "search"), {"perpage": "1000"}).body or {}
    return [{"login": one["login"], "userId": one["id"]} for one in answer.get("serviceAccounts") or ()]


def _id(many: Sequence[Mapping[str, Any]], key: str, named: str, number: str, who: str) -> int:
    for one in many:
        if one.get(key) == named:
            return int(one[number])
    raise Nobody(f"there is no {who.replace(':', ' ')} in this organisation; see permissions in grafanas.toml")
