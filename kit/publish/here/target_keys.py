"""What may be said about a target in grafanas.toml, and what each value has to be. Pure."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from kit.model.words import nearest
from kit.publish.here.address import address

T = TypeVar("T")

WORDS = ("view", "edit", "admin")
ROLES = ("viewer", "editor")
_SECRET = re.compile(r"token|passw|secret|api_?key|bearer|authorization|^user$", re.IGNORECASE)
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Wrong(ValueError):
    """A value that cannot be: a sentence, and below which keys it stands."""

    def __init__(self, sentence: str, *below: str) -> None:
        super().__init__(sentence)
        self.below = below


def is_secret(key: str, value: Any) -> bool:
    """Whether the key, or what it holds, is something that only the environment may tell."""
    return bool(_SECRET.search(key)) or (isinstance(value, str) and "-----BEGIN" in value)


def is_login(key: str, value: Any) -> bool:
    """Whether it is an address with user:password@ in it."""
    try:
        return key == "url" and isinstance(value, str) and address(value)[1] is not None
    except ValueError:
        return False


def url(value: Any) -> str:
    """An http(s) address without a login."""
    try:
        return address(text(value))[0]
    except ValueError as error:
        raise Wrong(str(error)) from None


def text(value: Any) -> str:
    """Text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Wrong('it should be text: "…"')
    return value


def uid(value: Any) -> str:
    """A uid."""
    if not _UID.fullmatch(text(value)):
        raise Wrong("it should be a uid: 1 to 40 letters, digits, '-' and '_'")
    return str(value)


def yes_or_no(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Wrong("it should be true or false, without quotes")
    return value


def number(least: int) -> Callable[[Any], int]:
    """A whole number, at least `least`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise Wrong(f"it should be a whole number from {least} on, without quotes")
        return value

    return check


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words."""

    def check(value: Any) -> str:
        if text(value) not in words:
            raise Wrong(f"'{value}' is none of {_listed(words)}{nearest(value, words)}")
        return str(value)

    return check


def table(value: Any) -> Mapping[str, Any]:
    """A table of its own."""
    if not isinstance(value, dict):
        raise Wrong("it should be a table of its own")
    return value


def data_sources(value: Any) -> Mapping[str, str]:
    """Uid in the build → uid there, or "create"."""
    return {ours: _below(uid, theirs, ours) for ours, theirs in table(value).items()}


def permissions(value: Any) -> Mapping[str, Mapping[str, str]]:
    """Folder's uid or title → who → what they may."""
    return {folder: _below(_folder, who, folder) for folder, who in table(value).items()}


def _folder(value: Any) -> Mapping[str, str]:
    return {_who(name): _below(one_of(*WORDS), word, name) for name, word in table(value).items()}


def _who(name: str) -> str:
    kind, _, named = name.partition(":")
    if name not in ROLES and not (kind in ("team", "user") and named):
        known = (*ROLES, "team:NAME", "user:LOGIN")
        raise Wrong(f"it is none of {_listed(known)}{nearest(name, ROLES)}", name)
    return name


def _below(check: Callable[[Any], T], value: Any, *keys: str) -> T:
    try:
        return check(value)
    except Wrong as error:
        raise Wrong(str(error), *keys, *error.below) from None


def _listed(words: Collection[str]) -> str:
    return ", ".join(words)


KEYS: Mapping[str, Callable[[Any], Any]] = {
    "url": url,
    "org": number(1),
    "data_sources": data_sources,
    "create_data_sources": yes_or_no,
    "root": uid,
    "lock": yes_or_no,
    "provenance": one_of("api", "none"),
    "policies": one_of("own", "ignore"),
    "prune_limit": number(0),
    "permissions": permissions,
    "home": uid,
    "allow_http": yes_or_no,
    "ca_cert": text,
    "client_cert": text,
    "client_key": text,
}
CERTIFICATES = ("ca_cert", "client_cert", "client_key")
