"""On which line of a TOML file a key stands, which tomllib does not tell."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

Key = tuple[str, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]")
_ENTRY = re.compile(rf"\s*({_DOTTED})\s*=")


def lines(text: str) -> Mapping[Key, int]:
    """Table and key → the line, from 1, on which it is first named."""
    found: dict[Key, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            table = _key(match[1])
            found.setdefault(table, number)
        elif match := _ENTRY.match(line):
            found.setdefault((*table, *_key(match[1])), number)
    return found


def _key(dotted: str) -> Key:
    """`prod."System Overview"` → its parts, read by TOML's own rules."""
    parts: list[str] = []
    value: Any = tomllib.loads(f"{dotted} = 0")
    while isinstance(value, dict):
        name, value = next(iter(value.items()))
        parts.append(name)
    return tuple(parts)


def line(found: Mapping[Key, int], key: Key) -> int:
    """The line of a key; of what it stands in, where it is in an inline table; 1 at worst."""
    for length in range(len(key), 0, -1):
        if key[:length] in found:
            return found[key[:length]]
    # A table of which only others below it are named: [prod.data_sources] without a [prod].
    return min((number for other, number in found.items() if other[: len(key)] == key), default=1)
