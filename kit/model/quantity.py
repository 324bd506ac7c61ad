"""A quantity as a person types it, in the unit of a signal: `7%`, `250ms`, `12GiB`, `down`."""

import math
import re
from collections.abc import Mapping

from kit.model.unit import Unit
from kit.model.words import number, seconds

_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*)", re.DOTALL)

_TIMES = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_SIZES = {"B": 1} | {
    f"{prefix}{tail}": base**power
    for power, letter in enumerate("KMGTP", 1)
    for prefix, tails, base in (
        (letter, ("iB", "i"), 1024),
        (letter.lower() if letter == "K" else letter, ("B",), 1000),
    )
    for tail in tails
}
_COUNTS = {"k": 1e3, "M": 1e6}


def read(text: str, unit: Unit) -> float:
    """The value as the signal stores it: of a share or a state none beyond its top, and of nothing one below 0.

    Raises ValueError: one sentence with what it should look like.
    """
    said = text.strip()
    for value, name, _ in unit.names:
        if said.lower() == name.lower():
            return value
    if unit.grafana in _LONG and _is_duration(said):
        return seconds(said) * _LONG[unit.grafana]
    found = _NUMBER.fullmatch(said)
    if not found:
        raise ValueError(f"'{text}' is no quantity; write {example(unit)}")
    factor = _factor(found[2], unit)
    if factor is None:
        raise ValueError(f"'{text}': '{found[2]}' is not known here; write {example(unit)}")
    value = _product(found[1], factor)
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is too great; write {example(unit)}")
    if unit.scale == 100 and not found[2] and 1 < value <= 100:
        raise ValueError(f"'{text}' would be {unit.words(value)}; write {found[1]}% or {number(round(value / 100, 9))}")
    if not 0 <= value <= (math.inf if unit.top is None else unit.top):
        raise ValueError(f"'{text}' cannot be: {_bounds(unit)}; write {example(unit)}")
    return value


def example(unit: Unit) -> str:
    """How a quantity of that unit may be written."""
    if unit.names:
        return " or ".join([*(name.lower() for _, name, _ in unit.names), "a number"])
    return _EXAMPLES.get(unit.grafana, f"a number such as 1200 or 1.2k{f', in {unit.suffix}' if unit.suffix else ''}")


def _bounds(unit: Unit) -> str:
    if unit.top is None:
        return f"it is never below {unit.words(0)}"
    return f"it lies between {unit.words(0)} and {unit.words(unit.top)}"


_LONG = {"s": 1, "ms": 1000}
_EXAMPLES = {
    "percentunit": "7% or 0.07",
    "s": "250ms, 1.5s, 1m30s or 2h",
    "ms": "250, 250ms or 1.5s",
    "bytes": "500MB, 12GiB or a number of bytes",
    "Bps": "500kB/s, 12MiB/s or a number of bytes per second",
}


def _factor(suffix: str, unit: Unit) -> float | None:
    """What one of it is in the signal's unit; sizes whatever their capitals, for nobody means a millibyte."""
    known = _suffixes(unit)
    if unit.grafana in ("bytes", "Bps"):
        return {name.lower(): size for name, size in known.items()}.get(suffix.lower())
    return known.get(suffix)


def _suffixes(unit: Unit) -> Mapping[str, float]:
    """What may stand behind the number → what one of it is in the signal's unit."""
    own: dict[str, float] = {"": 1}
    match unit.grafana:
        case "percentunit":
            return own | {"%": 0.01}
        case "s" | "ms":
            return own | {name: size * _LONG[unit.grafana] for name, size in _TIMES.items()}
        case "bytes":
            return own | _SIZES
        case "Bps":
            return own | _SIZES | {f"{name}/s": size for name, size in _SIZES.items()}
    return own | _COUNTS | {unit.suffix: 1}


def _is_duration(text: str) -> bool:
    try:
        return seconds(text) >= 0
    except ValueError:
        return False


def _product(digits: str, factor: float) -> float:
    """Without the dust of binary fractions: 7 % is 0.07."""
    return float(f"{float(digits) * factor:.12g}")
