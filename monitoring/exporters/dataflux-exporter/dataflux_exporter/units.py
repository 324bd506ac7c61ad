"""Durations, sizes and moments as people and programs write them."""

import math
import re
from datetime import UTC, datetime

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGTPE]?)(i?)B")
_POWER = {letter: power for power, letter in enumerate(("", "K", "M", "G", "T", "P", "E"))}
# Clocks of two hosts differ a little; an item from further ahead than this is a lie.
_SKEW = 60


def seconds(text: str) -> float:
    """`"1m30s"` → 90.0. Raises ValueError for what is no duration like 500ms, 30s, 5m, 1h30m or 1d."""
    match = _DURATION.fullmatch(text)
    if not text or not match:
        raise ValueError(f"'{text}' is no duration")
    days, hours, minutes, rest, milliseconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest + milliseconds / 1000


def size(value: str | int) -> int:
    """Bytes: `"2GiB"` → 2147483648, `"2GB"` → 2000000000. Raises ValueError for what is no size."""
    if isinstance(value, int):
        return value
    match = _SIZE.fullmatch(value)
    if not match:
        raise ValueError(f"'{value}' is no size")
    number, letter, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWER[letter])


def moment(value: object, form: str) -> float:
    """Epoch seconds of an item's time in the form `epoch_s`, `epoch_ms` or `rfc3339`. Raises ValueError."""
    if form == "rfc3339":
        if not isinstance(value, str):
            raise ValueError("it is no text")
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("it is no number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("it is no finite number")
    return number / 1000 if form == "epoch_ms" else number


def age(since: float, now: float) -> float:
    """Seconds from `since` to `now`, both epoch seconds. Raises ValueError when `since` lies in the future."""
    if since > now + _SKEW:
        raise ValueError("it lies in the future")
    return max(0.0, now - since)
