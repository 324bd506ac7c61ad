"""Contact points: each integration is an object of its own; those of one name make one contact point.

Settings that are secret, or that come from the environment, are never compared as text, shown or kept. A content says
of each only where it comes from and its state: 'set', 'unset' (a harmless placeholder is there), or the SHA-256 of
what Grafana shows in plain.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from attrs import evolve

from kit.publish import canonical, redacted
from kit.publish.http.errors import GrafanaError, Halted, Unsure
from kit.publish.kinds import alerting
from kit.publish.ledger import Entry
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "contact point"
at_once = 1
lock = False
HIDDEN = redacted.HIDDEN
SET, UNSET = "set", "unset"
# Settings of the compiled contact points that Grafana shows in plain, though they come from the environment.
_SHOWN = frozenset({("webhook", "url"), ("email", "addresses")})
# Those of them that may hold a token, whoever made them.
_TELLING = frozenset({("webhook", "url")})
_NONE: Mapping[str, str] = MappingProxyType({})
_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Every integration by its uid. One that stands in for another, left by a run that was cut off, is told with it."""
    answer = server.client.get(alerting.provisioning("contact-points")).body or ()
    there = {one["uid"]: one for one in answer}
    ours = {_stand_in(uid): uid for uid in {*there, *(item.key for item in items if item.kind == name)}}
    keys = {ours.get(uid, uid) for uid in there}
    found = {}
    for uid in keys if only is None else keys & {*only}:
        second = there.get(_stand_in(uid))
        made = seen(there[uid] if second is None or uid in there else second)
        found[uid] = evolve(made, key=uid, content={**made.content, "stand_in": True}) if second else made
    return found


def write(server: Server, item: Item, found: Found | None) -> None:
    """Create it, or replace what was found. Leaving the API's provenance takes a delete and a create."""
    missing = found is None or found.raw["uid"] != item.key
    released = bool(found and found.content["provenance"] and not item.load()["provenance"])
    raw = found.raw if found else None
    body = _body(item.key, item.load(), raw, server.environ, anew=missing or released)
    sent, create = alerting.headers(item.load()), alerting.provisioning("contact-points")
    if found and released:
        _release(server, found, body, sent)
    elif missing:
        server.client.send("POST", create, body, headers=sent)
    else:
        server.client.send("PUT", _path(item.key), body, headers=sent)
    if found and "stand_in" in found.content:
        server.client.send("DELETE", _path(_stand_in(item.key)), headers=sent)


def _stand_in(uid: str) -> str:
    return f"{uid[:34]}-moves"


def _release(server: Server, found: Found, body: Mapping[str, Any], sent: Mapping[str, str]) -> None:
    """Make it anew without provenance: Grafana 13.1 answers 500 to an update. Meanwhile another integration stands in,
    for a contact point that a policy names cannot go. Raises GrafanaError where a secret would be lost."""
    if lost := [key for key, value in body["settings"].items() if value == HIDDEN]:
        told = ", ".join(found.content["secrets"].get(key, {}).get("from") or key for key in lost)
        raise GrafanaError(f"{found.title} has to be made anew, and its secret cannot be read: set {told}")
    if body["name"] != found.content["name"]:
        raise GrafanaError(f"{found.title} has to be made anew, and cannot be called {body['name']} at once; delete it")
    create, second = alerting.provisioning("contact-points"), _stand_in(found.key)
    if "stand_in" not in found.content:
        server.client.send("POST", create, {**body, "uid": second}, headers=sent)
    try:
        delete(server, found)
        server.client.send("POST", create, body, headers=sent)
        if "stand_in" not in found.content:
            server.client.send("DELETE", _path(second), headers=sent)
    except Halted as error:
        raise Unsure(f"{found.title} was made anew in part, {second} stands in for it: {error}") from None


def delete(server: Server, found: Found) -> None:
    """Delete it; Grafana refuses that while a policy names it."""
    server.client.send("DELETE", _path(found.key), headers=alerting.headers(found.content))


def content(point: str, integration: Mapping[str, Any], provenance: str) -> dict[str, Any]:
    """The canonical content of an integration in the file dialect; `secrets`: setting → where from and its state."""
    settings = integration.get("settings") or {}
    named = {key: found for key, value in settings.items() if (found := reference(value))}
    return {
        "name": point,
        "type": integration["type"],
        "settings": {key: value for key, value in settings.items() if key not in named},
        "disableResolveMessage": bool(integration.get("disableResolveMessage")),
        "provenance": provenance,
        "secrets": {key: {"from": variable, "state": UNSET} for key, variable in named.items()},
    }


def reference(value: Any) -> str:
    """The variable that a setting is taken from; empty where it is plain text."""
    match = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (match[1] or match[2]) if match else ""


def unset(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The settings that hold a placeholder."""
    return tuple(key for key, one in body.get("secrets", {}).items() if one["state"] == UNSET)


def named(body: Mapping[str, Any]) -> dict[str, str]:
    """The settings that are taken from a variable, and its name."""
    return {key: one["from"] for key, one in body.get("secrets", {}).items()}


def as_noted(body: Mapping[str, Any], names: Mapping[str, str], missing: Collection[str]) -> dict[str, Any]:
    """A content as it is read back under other notes than its own: of variables, and of what is not set."""
    told = {}
    for key, one in body.get("secrets", {}).items():
        state = UNSET if one["state"] == SET and key in missing else one["state"]
        told[key] = {"from": names.get(key, one["from"]), "state": state}
    return {**body, "secrets": told}


def secrets(item: Item, environ: Mapping[str, str]) -> list[str]:
    """The values that the environment has for a contact point's settings; none of another kind."""
    variables = named(item.load()).values() if item.kind == name else ()
    return [value for variable in variables if (value := environ.get(variable, ""))]


def left(found: Found, entry: Entry | None, variables: Mapping[str, str] = _NONE) -> Found:
    """What was found, with what was secret when it was published; `variables` are those of what nobody noted."""
    raw = found.raw["settings"]
    told = {key: "" for key in raw if (found.content["type"], key) in _TELLING}
    each = entry.each if entry else (None,)
    readings = [_under(found, raw, one, one.named if one else {**told, **variables}) for one in each]
    return next((one for one in readings if not one.edited), readings[0])


def _under(found: Found, raw: Mapping[str, Any], entry: Entry | None, variables: Mapping[str, str]) -> Found:
    """What was found, as one folder's notes say what of it is secret."""
    there = {key: {"from": by, "state": _now(raw, key, entry)} for key, by in variables.items() if key in raw}
    return _seen(found, entry, there)


def settled(
    item: Item, found: Found | None, entry: Entry | None, environ: Mapping[str, str]
) -> tuple[Item, Found | None]:
    """Item and what was found, with the states of their secrets: what is not known here, or not shown, differs not.

    What was found has the secrets that it was published with, which the build may have others of by now.
    """
    body = item.load()
    raw = kept(found.raw, body["type"]) if found else {}
    variables = {key: variable for key, variable in named(body).items() if key in raw}
    now_there = left(found, entry, variables) if found else None
    there = now_there.content["secrets"] if now_there and raw else {}
    wanted = {}
    for key, one in body["secrets"].items():
        mine = environ.get(one["from"], "")
        shown = raw[key] != HIDDEN if key in raw else (body["type"], key) in _SHOWN
        now = there[key]["state"] if key in there else _now(raw, key, None)
        state = _state(mine, shown=shown) if mine or not found else now
        wanted[key] = {**one, "state": state}
    made = {**body, "settings": _filled(body["settings"], raw), "secrets": wanted}
    item = evolve(item, digest=canonical.digest(made), load=lambda: made)
    return item, now_there


def _filled(settings: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a backup with what is secret in them as it is there; an address that is there no more is needed."""
    made, _ = redacted.filled(settings, raw)
    return {**made} | {key: _placeholder(key) for key in settings if key not in made and "url" in key.lower()}


def kept(raw: Any, kind: str) -> Mapping[str, Any]:
    """The settings that are there; none where it is of another type by now, to which they say nothing."""
    return raw["settings"] if raw and raw["type"] == kind else {}


def _seen(found: Found, entry: Entry | None, there: Mapping[str, Any]) -> Found:
    """What was found, with the states of its secrets instead of the settings."""
    plain = {key: value for key, value in found.content["settings"].items() if key not in there}
    told = {**found.content, "settings": plain, "secrets": there}
    digest = alone = canonical.digest(told)
    if "stand_in" in told:
        alone = canonical.digest({key: value for key, value in told.items() if key != "stand_in"})
    bases = entry.digests if entry else (alone,) if found.bases else ()
    if alone in bases:
        bases = (*bases, digest)
    return evolve(found, digest=digest, content=told, bases=bases)


def _now(raw: Mapping[str, Any], key: str, entry: Entry | None) -> str:
    return _there(raw[key], entry is not None and key in entry.unset) if key in raw else UNSET


def _state(value: str, *, shown: bool) -> str:
    return (f"sha256:{sha256(value.encode()).hexdigest()}" if shown else SET) if value else UNSET


def _there(value: Any, unset: bool) -> str:
    if value == HIDDEN:
        return UNSET if unset else SET
    return UNSET if value == _placeholder("url") else _state(str(value), shown=True)


def _body(uid: str, body: Mapping[str, Any], raw: Any, environ: Mapping[str, str], anew: bool) -> dict[str, Any]:
    """What is sent. What is not set here stays as it is, even where a note says that a placeholder is there: another
    folder's note may be the newer. What is made `anew` has nothing that could stay."""
    there = kept(raw, body["type"])
    secret = {
        key: environ.get(one["from"]) or ((one["state"] != UNSET or not anew) and there.get(key)) or _placeholder(key)
        for key, one in body["secrets"].items()
    }
    hidden = {key: value for key, value in body["settings"].items() if value == HIDDEN and key not in there}
    plain = {key: value for key, value in body["settings"].items() if key not in hidden}
    return {
        "uid": uid, "name": body["name"], "type": body["type"], "settings": {**plain, **secret},
        "disableResolveMessage": body["disableResolveMessage"],
    }  # fmt: skip


def _placeholder(key: str) -> str:
    """What stands in for a variable that is not set: valid, and heard by nobody."""
    return "http://127.0.0.1:9/not-set" if "url" in key.lower() else "not-set"


def _path(uid: str) -> str:
    return alerting.provisioning("contact-points", uid)


def seen(one: Mapping[str, Any]) -> Found:
    """What was found, as the API shows it; nothing is known yet of what is secret."""
    body = {
        "name": one["name"], "type": one["type"], "settings": dict(one["settings"]),
        "disableResolveMessage": bool(one.get("disableResolveMessage")), "provenance": one.get("provenance") or "",
        "secrets": {},
    }  # fmt: skip
    return alerting.found(name, one["uid"], one["name"], body, raw=one)
