"""Small pieces of wording that many messages share."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def nearest(word: str, known: Iterable[str]) -> str:
    """`"; did you mean 'x'?"` for the known word that is most like `word`, or an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def seconds(duration: str) -> int:
    """`"1h30m"` → 5400. Raises ValueError for what Prometheus would not take as a duration (ms aside)."""
    match = _DURATION.fullmatch(duration)
    if not duration or not match:
        raise ValueError(f"'{duration}' is no duration like 30s, 5m, 1h30m or 1d")
    days, hours, minutes, rest = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


_MILLISECONDS = {
    "y": 31_536_000_000,
    "w": 604_800_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}


def milliseconds(duration: str) -> int:
    """`"1m500ms"` → 60500: what Prometheus takes as a duration. Raises ValueError."""
    parts = re.findall(r"(\d+)(ms|[smhdwy])", duration)
    if not parts or "".join(n + unit for n, unit in parts) != duration:
        raise ValueError(f"'{duration}' is no duration like 500ms, 30s, 5m, 1h30m or 1d")
    return sum(int(n) * _MILLISECONDS[unit] for n, unit in parts)


def duration(milliseconds: int) -> str:
    """15000 → `"15s"`, 1500 → `"1s500ms"`."""
    whole, rest = divmod(milliseconds, 1000)
    return (f"{whole}s" if whole or not rest else "") + (f"{rest}ms" if rest else "")


def number(value: float) -> str:
    """A float as short as it can be written: 1000, 0.05."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
