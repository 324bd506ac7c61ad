"""How Prometheus and Grafana write numbers in alert texts: the functions that `Unit.template` names.

Grafana takes them over: https://github.com/prometheus/prometheus/blob/v2.42.0/template/template.go
"""

import math
from collections.abc import Callable, Mapping, Sequence

_GREAT, _SMALL = "kMGTPEZY", "munpfazy"


def short(value: float) -> str:
    """Go's `%.4g`."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else f"{value:.4g}"


def humanize(value: float) -> str:
    """`1200` → `1.2k`, `0.02` → `20m`."""
    if not value or not math.isfinite(value):
        return short(value)
    if abs(value) < 1:
        return _small(value)
    return _great(value, 1000, ("", *_GREAT))


def humanize1024(value: float) -> str:
    """`1536` → `1.5ki`."""
    if abs(value) <= 1 or not math.isfinite(value):
        return short(value)
    return _great(value, 1024, ("", *(f"{letter}i" for letter in _GREAT)))


def humanize_percentage(value: float) -> str:
    """`0.07` → `7%`."""
    return f"{short(value * 100)}%"


def humanize_duration(value: float) -> str:
    """`90` → `1m 30s`, `0.25` → `250ms`."""
    if not math.isfinite(value):
        return short(value)
    if not value:
        return "0s"
    if abs(value) < 1:
        return f"{_small(value)}s"
    sign, whole = "-" if value < 0 else "", int(abs(value))
    if whole < 60:
        return f"{sign}{short(abs(value))}s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (rest, "s"))
    first = next(n for n, (amount, _) in enumerate(parts) if amount)
    return sign + " ".join(f"{amount}{name}" for amount, name in parts[first:])


FUNCTIONS: Mapping[str, Callable[[float], str]] = {
    "humanize": humanize,
    "humanize1024": humanize1024,
    "humanizePercentage": humanize_percentage,
    "humanizeDuration": humanize_duration,
    'printf "%.4g"': short,
}


def _great(value: float, base: int, prefixes: Sequence[str]) -> str:
    power = 0
    while abs(value) >= base and power + 1 < len(prefixes):
        value, power = value / base, power + 1
    return f"{short(value)}{prefixes[power]}"


def _small(value: float) -> str:
    power = 0
    while abs(value) < 1 and power < len(_SMALL):
        value, power = value * 1000, power + 1
    return f"{short(value)}{_SMALL[power - 1]}"
