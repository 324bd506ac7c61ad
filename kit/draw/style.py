"""House style: every colour, size and habit of a panel stands here and nowhere else."""

from typing import Any

from kit.model.signal import View
from kit.model.unit import Unit

GOOD, WARN, BAD, NEUTRAL, CALM = "green", "orange", "red", "text", "blue"
SEVERITY = {"warning": WARN, "critical": BAD}
ROLE = {"bad": BAD, "event": CALM}

# The same thing has the same colour on every page.
LINE_COLOURS = {
    "P50": "semi-dark-green",
    "P95": "semi-dark-orange",
    "P99": "semi-dark-red",
    "4xx": "semi-dark-yellow",
    "5xx": "semi-dark-red",
    "read": "semi-dark-blue",
    "write": "semi-dark-purple",
    "in": "semi-dark-blue",
    "out": "semi-dark-purple",
    "ok": "semi-dark-green",
    "failed": "semi-dark-red",
    "ERROR": "semi-dark-red",
    "WARN": "semi-dark-yellow",
    "INFO": "semi-dark-green",
    "DEBUG": "semi-dark-blue",
    "firing": "semi-dark-red",
    "pending": "semi-dark-yellow",
}

# Width and height in cells of Grafana's grid (24 wide, 30 px high and 8 px apart).
SIZES = {
    "timeseries": (8, 8),
    "stat": (4, 4),
    "gauge": (4, 5),
    "bargauge": (8, 8),
    "table": (24, 8),
    "heatmap": (12, 8),
    "state-timeline": (12, 6),
    "piechart": (6, 8),
    "logs": (24, 12),
    "alertlist": (8, 8),
    "text": (24, 3),
}
WIDTH = 24
SCREEN = 24  # cells in height that fit a screen of 1920×1080 beside Grafana's own bars

TIME = ("now-1h", "now")
REFRESH = "30s"
REFRESHES = ["10s", "30s", "1m", "5m", "15m", "1h"]


def thresholds(view: View) -> dict[str, Any]:
    """Colour steps from the levels that hold for the view; where `below` is bad the colours turn round."""
    levels = view.levels
    if not levels:
        return {"mode": "absolute", "steps": [{"color": NEUTRAL}]}
    if levels[0][1].above:
        steps = [(SEVERITY[severity], level.value) for severity, level in levels]
        base = GOOD
    else:
        inward = sorted(levels, key=lambda pair: pair[1].value)
        values = [level.value for _, level in inward]
        base = SEVERITY[inward[0][0]]
        steps = list(zip([*(SEVERITY[severity] for severity, _ in inward[1:]), GOOD], values, strict=True))
    steps.sort(key=lambda step: step[1])
    return {"mode": "absolute", "steps": [{"color": base}, *({"color": c, "value": v} for c, v in steps)]}


def mappings(unit: Unit) -> list[dict[str, Any]]:
    """Names for the values of a state."""
    names = {
        f"{value:g}": {"color": GOOD if good else BAD, "index": index, "text": text}
        for index, (value, text, good) in enumerate(unit.names)
    }
    return [{"options": names, "type": "value"}] if names else []


def nothing(view: View) -> dict[str, Any]:
    """A mapping that keeps what has no value from looking good or bad: without it, it has the lowest step's colour."""
    unit = view.signal.unit
    shown = {"color": "transparent" if unit and unit.names else NEUTRAL, "index": 99, "text": view.signal.nothing}
    return {"options": {"match": "null", "result": shown}, "type": "special"}


def line_colours(view: View) -> list[dict[str, Any]]:
    """Overrides that give a known line its colour, whatever labels stand before its name in the legend."""
    if len(view.lines) < 2 and view.by_labels:
        return []
    return [colour(f"/(^|\\s){name}$/", LINE_COLOURS[name]) for name in view.lines if name in LINE_COLOURS]


def colour(pattern: str, name: str) -> dict[str, Any]:
    """An override that fixes the colour of the fields whose name matches the regular expression."""
    fixed = {"id": "color", "value": {"fixedColor": name, "mode": "fixed"}}
    return {"matcher": {"id": "byRegexp", "options": pattern}, "properties": [fixed]}
