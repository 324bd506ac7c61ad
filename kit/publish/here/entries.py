"""Grafana's provisioning files, read: each is a mapping with lists, and each list has entries."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen

from kit.publish.exits import USAGE, Refused

# https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/dashboard/#identifier-id-vs-unique-identifier-uid
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_WORDS: Mapping[type, str] = {str: "text", list: "a list", dict: "a mapping"}

Json = Mapping[str, Any]


@frozen
class Entry:
    """One entry of a list, and the file it stands in, as people name it."""

    place: str
    told: Json = field(repr=False)


def documents(files: Mapping[str, bytes], prefix: str) -> dict[str, Json]:
    """File as people name it → what it says. Raises Refused."""
    return {f"{prefix}/{path}": _parsed(data, f"{prefix}/{path}") for path, data in files.items()}


def _parsed(data: bytes, place: str) -> Json:
    import yaml  # costs more than everything else here

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        told = yaml.load(data, loader)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise broken(f"{place}{line}", f"broken YAML, {error.problem}") from None
    except yaml.YAMLError:
        raise broken(place, "broken YAML, it is no text in UTF-8") from None
    if told is not None and not isinstance(told, dict):
        raise broken(place, "it should be a mapping")
    return told or {}


def entries(told: Mapping[str, Json], key: str, **needed: type) -> tuple[Entry, ...]:
    """The entries of the lists named `key` in all files, without their `orgId`. Raises Refused where one lacks what
    is `needed`, or has it in another type."""
    return tuple(
        Entry(place, {name: value for name, value in checked(place, key, one, needed).items() if name != "orgId"})
        for place, document in told.items()
        for one in _listed(place, key, document.get(key))
    )


def _listed(place: str, key: str, value: Any) -> Iterable[Any]:
    if value is not None and not isinstance(value, list):
        raise broken(place, f"{key} should be a list")
    return value or ()


def checked(place: str, key: str, one: Any, needed: Mapping[str, type]) -> Json:
    """The entry, a mapping that has what is needed. Raises Refused."""
    if not isinstance(one, dict):
        raise broken(place, f"an entry of {key} should be a mapping")
    for name, kind in needed.items():
        if not isinstance(one.get(name), kind) or (kind is str and not one[name]):
            named = next((f" '{one[word]}'" for word in ("uid", "name", "title") if one.get(word)), "")
            raise broken(place, f"the entry{named} of {key} needs a '{name}', which is {_WORDS[kind]}")
    return one


def unique(found: Iterable[Entry], key: str, what: str) -> tuple[Json, ...]:
    """What the entries say. Raises Refused where two have the same."""
    seen: dict[str, str] = {}
    return tuple(_unseen(seen, one, key, what) for one in found)


def _unseen(seen: dict[str, str], one: Entry, key: str, what: str) -> Json:
    twice(seen, one.told[key], one.place, f"{key} of {what}")
    return one.told


def twice(seen: dict[str, str], name: str, place: str, what: str) -> None:
    """Raises Refused where the name was seen before, and names both places."""
    if name in seen:
        places = f"in {seen[name]} and in {place}" if seen[name] != place else f"twice in {place}"
        raise Refused(USAGE, f"the {what} '{name}' stands {places}; each needs its own")
    seen[name] = place


def valid(uid: str, place: str) -> str:
    """The uid. Raises Refused where Grafana would not take it."""
    if not _UID.fullmatch(uid):
        raise broken(place, f"the uid '{uid}' is not made of 1 to 40 letters, digits, '-' and '_'")
    return uid


def broken(place: str, sentence: str) -> Refused:
    """What is wrong in a compiled file."""
    return Refused(USAGE, f"{place}: {sentence}; change what it is compiled from, then run make dashboards")
