"""One form for what means the same, so that contents are compared, and their digests too."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

# What Grafana gives a dashboard itself; never part of what is compared or sent.
OWN = frozenset({"id", "uid", "version"})
_UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile("([0-9]+)([wdhms])")
_DURATION = re.compile("([0-9]+[wdhms])+")
_WHOLE = (b".0,", b".0]", b".0}")  # how a whole float ends; a search for each is far cheaper than a pattern


def canonical(content: Any) -> bytes:
    """The content as JSON with sorted keys; 1.0 is 1, as Grafana's own encoder writes it (RFC 8785 does as well)."""
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    if any(end in text for end in _WHOLE):
        text = orjson.dumps(_whole(content), option=orjson.OPT_SORT_KEYS)
    return text


def digest(content: Any) -> str:
    """The SHA-256 of the canonical form, in hex."""
    return sha256(canonical(content)).hexdigest()


def spec(dashboard: Mapping[str, Any]) -> dict[str, Any]:
    """A dashboard without what Grafana gives it itself: the canonical spec."""
    return {key: value for key, value in dashboard.items() if key not in OWN}


def duration(text: str) -> str:
    """One form for a duration: '1m0s', '60s' and '1m' are '60s' (Grafana writes 7d as 1w); others stay as they are."""
    if not _DURATION.fullmatch(text):
        return text
    return f"{sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(text))}s"


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
