"""grafanas.toml, read: what each table says, checked, or the line that is wrong."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from kit.model.words import nearest
from kit.publish.exits import USAGE, Refused
from kit.publish.here.credentials import names
from kit.publish.here.target_keys import CERTIFICATES, KEYS, Wrong, is_login, is_secret
from kit.publish.here.toml_lines import Key, line, lines

NAME = "grafanas.toml"
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")

Said = Mapping[str, Any]


@frozen
class _File:
    """The file's text and where it lies; `refused` says on which line something is wrong."""

    root: Path
    where: Mapping[Key, int]

    def refused(self, sentence: str, *key: str) -> Refused:
        """The refusal, with the line of the key."""
        within = "".join(f" {word}" for word in key[1:])
        return Refused(USAGE, f"{NAME}:{line(self.where, key)}: [{key[0]}]{within}: {sentence}")


def read(root: Path) -> Mapping[str, Said] | None:
    """Name of each target → its keys and values; None where there is no such file. Raises Refused."""
    try:
        data = (root / NAME).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(USAGE, f"{NAME} cannot be read: {error.strerror}") from None
    text = _text(data)
    tables = _parsed(text)
    file = _File(root, lines(text))
    if not tables:
        raise Refused(USAGE, f"{NAME} names no Grafana; begin with a table, [prod], and its url (docs/publishing.md)")
    found = {name: dict(_said(file, name, table)) for name, table in tables.items()}
    _told_apart(file, found)
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        number = data[: error.start].count(b"\n") + 1
        raise Refused(USAGE, f"{NAME}:{number}: it is no text in UTF-8; save it as such") from None


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        number = at[1] if at and at[1] else len(text.splitlines())
        raise Refused(USAGE, f"{NAME}:{number}: it is no TOML: {_AT.sub('', str(error))}") from None


def _said(file: _File, name: str, table: Any) -> Iterator[tuple[str, Any]]:
    """Each key and its value. Raises Refused."""
    if not isinstance(table, dict):
        known = nearest(name, KEYS) if name not in KEYS else ""
        at = f"{NAME}:{line(file.where, (name,))}"
        raise Refused(USAGE, f"{at}: '{name}' stands above the first table; write [prod] before it{known}")
    for key, value in table.items():
        _check_secret(file, name, key, value)
    if "url" not in table:
        raise file.refused('it has no url; write url = "https://grafana.example.org"', name)
    for key, value in table.items():
        yield key, _value(file, name, key, value)
    if "client_key" in table and "client_cert" not in table:
        raise file.refused("it is of no use without a client_cert", name, "client_key")


def _check_secret(file: _File, name: str, key: str, value: Any) -> None:
    if key in CERTIFICATES and is_secret(key, value):
        raise file.refused("it is the path of a file, never what is in it", name, key)
    if is_login(key, value) or (key not in KEYS and is_secret(key, value)):
        token, user, password = names(name)
        advice = f"set {token}, or {user} with {password}, and take it out of here"
        raise file.refused(f"a login comes from the environment alone: {advice}", name, key)


def _value(file: _File, name: str, key: str, value: Any) -> Any:
    if key not in KEYS:
        raise file.refused(f"there is no such key{nearest(key, KEYS)}", name, key)
    try:
        checked = KEYS[key](value)
    except Wrong as error:
        raise file.refused(str(error), name, key, *error.below) from None
    return _path(file, name, key, checked) if key in CERTIFICATES else checked


def _path(file: _File, name: str, key: str, value: str) -> str:
    """A path in the file begins where the file is."""
    whole = file.root / Path(value).expanduser()
    if not whole.is_file():
        raise file.refused(f"there is no file '{value}'", name, key)
    return str(whole)


def _told_apart(file: _File, found: Mapping[str, Said]) -> None:
    """Raises Refused where two targets are one, or would take their logins from the same variables."""
    seen: dict[str, str] = {}
    places: dict[tuple[str, int | None], str] = {}
    for name, said in found.items():
        other = places.setdefault((said["url"].lower(), said.get("org")), name)
        if other != name:
            at = line(file.where, (other, "url"))
            raise file.refused(
                f"it is the address and organisation of [{other}] on line {at}; take one of them out, or say another"
                " org",
                name, "url",
            )  # fmt: skip
        token = names(name)[0]
        if token in seen:
            raise file.refused(f"its login would be in {token}, as that of [{seen[token]}] is; rename one", name)
        seen[token] = name
