"""House style: every colour, size and habit of a panel stands here and nowhere else."""

import re
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
    "firing": "semi-dark-red",
    "pending": "semi-dark-yellow",
}
# The lines that keep their colour when there is one for each of several groups.
ALWAYS = frozenset({"P50", "P95", "P99", "4xx", "5xx"})
# Label → value → colour, for panels that are grouped by that label alone.
VALUE_COLOURS = {
    "level": {
        "ERROR": "semi-dark-red",
        "WARN": "semi-dark-yellow",
        "INFO": "semi-dark-green",
        "DEBUG": "semi-dark-blue",
    },
    "result": {
        "ok": "semi-dark-green",
        "failed": "semi-dark-red",
        "hit": "semi-dark-green",
        "miss": "semi-dark-yellow",
    },
}

# Width and height in cells of Grafana's grid (24 wide, 30 px high and 8 px apart).
SIZES = {
    "timeseries": (8, 9),
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
    return _steps([(severity, level.value, bool(level.above)) for severity, level in view.levels])


def _steps(levels: list[tuple[str, float, bool]]) -> dict[str, Any]:
    if not levels:
        return {"mode": "absolute", "steps": [{"color": NEUTRAL}]}
    inward = sorted(levels, key=lambda level: level[1])
    colours = [SEVERITY[severity] for severity, _, _ in inward]
    # Above is bad: good, then each level's colour from its value on. Below is bad: each colour up to its value.
    colours = [GOOD, *colours] if levels[0][2] else [*colours, GOOD]
    steps = [{"color": colour, "value": value} for colour, (_, value, _) in zip(colours[1:], inward, strict=True)]
    return {"mode": "absolute", "steps": [{"color": colours[0]}, *steps]}


def exceptions(view: View) -> list[dict[str, Any]]:
    """Overrides that give a series of an excepted label value the colour steps of its exception."""
    found = {
        (label, value): None
        for _, level in view.levels
        for label, values in level.except_.items()
        if label in view.by_labels
        for value in values
    }
    return [_exception(view, label, value) for label, value in found]


def _exception(view: View, label: str, value: str) -> dict[str, Any]:
    own = [
        (severity, number, bool(level.above))
        for severity, level in view.levels
        if (number := level.except_.get(label, {}).get(value, level.value)) is not None
    ]
    return {
        "matcher": {"id": "byRegexp", "options": named(value)},
        "properties": [{"id": "thresholds", "value": _steps(own)}],
    }


def mappings(unit: Unit) -> list[dict[str, Any]]:
    """Names for the values of a state."""
    names = {
        f"{value:g}": {"color": GOOD if good else BAD, "index": index, "text": text}
        for index, (value, text, good) in enumerate(unit.names)
    }
    return [{"options": names, "type": "value"}] if names else []


def none(view: View) -> list[dict[str, Any]]:
    """A mapping that keeps 0 good where anything above it is bad: a step's colour begins at its value, not above it."""
    unit = view.signal.unit
    if not unit or unit.names or not any(level.above and level.value == 0 for _, level in view.levels):
        return []
    shown = {"color": GOOD, "index": 98, "text": unit.words(0)}
    return [{"options": {"0": shown}, "type": "value"}]


def nothing(view: View) -> dict[str, Any]:
    """A mapping that keeps what has no value from looking good or bad: without it, it has the lowest step's colour."""
    unit = view.signal.unit
    shown = {"color": "transparent" if unit and unit.names else NEUTRAL, "index": 99, "text": view.signal.nothing}
    return {"options": {"match": "null", "result": shown}, "type": "special"}


def line_colours(view: View) -> list[dict[str, Any]]:
    """Overrides that give a known line its colour, whatever labels stand before its name in the legend."""
    values = VALUE_COLOURS.get(view.by_labels[0], {}) if len(view.by_labels) == 1 else {}
    if values:
        return [colour(named(value), name) for value, name in values.items()]
    if view.by_labels and (len(view.lines) < 2 or not ALWAYS.issuperset(view.lines)):
        return []
    return [colour(named(name), LINE_COLOURS[name]) for name in view.lines if name in LINE_COLOURS]


def named(word: str) -> str:
    """The regular expression of series whose legend has this word."""
    return f"/(^|\\s){re.escape(word)}(\\s|$)/"


def colour(pattern: str, name: str) -> dict[str, Any]:
    """An override that fixes the colour of the fields whose name matches the regular expression."""
    fixed = {"id": "color", "value": {"fixedColor": name, "mode": "fixed"}}
    return {"matcher": {"id": "byRegexp", "options": pattern}, "properties": [fixed]}
