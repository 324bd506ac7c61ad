"""What the command line asks `coverage` for, read: a time, a range, values of variables."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from attrs import frozen

from kit.coverage.span import seconds


class Unclear(Exception):
    """An option that cannot be read; one sentence with what it should look like."""


@frozen
class Wanted:
    """The options of the command, as they were typed. `json`, `markdown`: files for the whole table."""

    url: str
    at: str = "now"
    span: str = "6h"
    fixed: tuple[str, ...] = ()
    strict: bool = False
    json: Path | None = None
    markdown: Path | None = None
    bearer: Path | None = None


def time_of(text: str) -> float | None:
    """`now` (None), `2026-01-31T12:00:00Z` (without a zone: UTC) or unix seconds, as unix seconds. Raises Unclear."""
    if text == "now":
        return None
    if re.fullmatch(r"\d{1,11}(\.\d+)?", text):
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unclear(f"--at {text}: that is no time; write now, 2026-01-31T12:00:00Z or unix seconds") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def span_of(text: str) -> float:
    """`6h` in seconds. Raises Unclear."""
    length = seconds(text)
    if length <= 0:
        raise Unclear(f"--range {text}: that is no duration; write 30m, 6h or 2d")
    return length


def values_of(given: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """`name=value`, repeated, as name → values. Raises Unclear."""
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not re.fullmatch(r"\w+", name):
            raise Unclear(f"--var {one}: that is no value of a variable; write service=ingestion-service")
        found[name] = (*found.get(name, ()), value)
    return found
