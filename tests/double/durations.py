"""Durations as Prometheus and Grafana write them."""

import re

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwy])")


def seconds(text):
    """`1h30m` is 5400. Raises ValueError."""
    if not re.fullmatch(f"(?:{PART.pattern})+|0", text):
        raise ValueError(text)
    return sum(float(number) * UNITS[unit] for number, unit in PART.findall(text))


def written(duration):
    """5400 is `1h30m`, 0 is `0s`, as Grafana writes them back."""
    left, text = int(duration), ""
    for unit in ("w", "d", "h", "m", "s"):
        count, rest = divmod(left, UNITS[unit])
        if count and (unit not in "wd" or not rest):
            text, left = f"{text}{count}{unit}", rest
    return text or "0s"
