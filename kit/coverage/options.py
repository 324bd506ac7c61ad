"""The options of a variable: how Grafana filters and sorts what a query answered, and reads a list that is written."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def chosen_by_regex(texts: Iterable[str], pattern: str) -> Iterator[str]:
    """The texts that the variable's regex lets through: its group `value`, its first group, or the whole.

    A pattern that Python cannot read lets everything through.
    """
    inner = re.fullmatch(r"/(.*)/([gimsuy]*)", pattern, re.DOTALL)
    flags = re.IGNORECASE if inner and "i" in inner[2] else 0
    try:
        # JavaScript writes (?<name>…) where Python writes (?P<name>…).
        regex = re.compile(re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", inner[1] if inner else pattern), flags)
    except re.error:
        regex = re.compile("")
    for text in texts:
        found = regex.search(text) if regex.pattern else None
        if not regex.pattern:
            yield text
        elif found:
            groups = found.groupdict()
            yield groups.get("value") or groups.get("text") or next(filter(None, found.groups()), "") or text


def sorted_as(options: tuple[str, ...], sort: int) -> tuple[str, ...]:
    """Grafana's `sort`: 0 as they come; 1, 2 by letter; 3, 4 by number; 5, 6 whatever the case; 7, 8 naturally."""
    keys: tuple[Callable[[str], Any], ...] = (str, _number, str.lower, _natural)
    if not 1 <= sort <= 2 * len(keys):
        return options
    return tuple(sorted(options, key=keys[(sort - 1) // 2], reverse=sort % 2 == 0))


def _number(text: str) -> float:
    found = re.search(r"\d+", text)
    return float(found[0]) if found else -1


def _natural(text: str) -> list[tuple[int, int, str]]:
    pieces = re.findall(r"\d+|\D+", text.lower())
    return [(0, int(piece), "") if piece.isdigit() else (1, 0, piece) for piece in pieces]


def parts_of(text: str) -> Iterator[str]:
    r"""`a, b\,c, d : 4` → its parts; a comma behind a backslash is no end."""
    for part in re.findall(r"(?:\\,|[^,])+", text):
        if part.strip():
            yield part.replace("\\,", ",").strip()
