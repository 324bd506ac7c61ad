"""fieldConfig: thresholds, colours and overrides."""

from typing import Any

from kit.draw.stock.mappings import mappings
from kit.draw.stock.plain import Json, pick, telling
from kit.draw.stock.refusals import Unfit

# Without steps these kinds would be grey: Grafana's own fallback is green below 80.
_NEEDS_BASE = frozenset({"stat", "gauge", "bargauge"})

# V38 migration; a mode that is not named here is its own type.
_CELLS: dict[str, Json] = {
    "basic": {"mode": "basic", "type": "gauge"},
    "gradient-gauge": {"mode": "gradient", "type": "gauge"},
    "lcd-gauge": {"mode": "lcd", "type": "gauge"},
    "color-background": {"mode": "gradient", "type": "color-background"},
    "color-background-solid": {"mode": "basic", "type": "color-background"},
}

_SILENT: Json = {"unit": "", "custom": {}, "links": [], "thresholds": {}}


def cell_options(mode: str) -> Json:
    """Return a table's cellOptions for a displayMode of before (V38 migration)."""
    return dict(_CELLS.get(mode, {"type": mode}))


def field_config(kind: str, defaults: Json, overrides: list[Json]) -> Json | None:
    """Return `fieldConfig` for a panel of `kind`, or None where it would be empty (canonical recordings)."""
    cleaned = telling(_defaults(kind, defaults), _SILENT)
    if not cleaned and not overrides:
        return None
    return {"defaults": cleaned, "overrides": [_override(each) for each in overrides]}


def thresholds(given: Json) -> Json:
    """Return `{mode, steps}` with steps of `{color, value}`, the first without a value; empty if there are none."""
    steps = given.get("steps") or []
    if not steps:
        return {}
    rebuilt = [_step(step, first=index == 0) for index, step in enumerate(steps)]
    return {"mode": given.get("mode", "absolute"), "steps": rebuilt}


def _defaults(kind: str, given: Json) -> Json:
    rebuilt = dict(given)
    if "mappings" in given:
        rebuilt["mappings"] = mappings(given["mappings"])
    rebuilt["thresholds"] = thresholds(given.get("thresholds", {})) or _without_steps(kind, given.get("mappings"))
    if "color" in given:
        rebuilt["color"] = _color(given["color"])
    return rebuilt


def _without_steps(kind: str, mapped: Any) -> Json:
    """What stands for missing thresholds: nothing where Grafana's own fallback, green below 80, does no harm."""
    if kind in _NEEDS_BASE:
        return {"mode": "absolute", "steps": [{"color": "green"}]}
    # A state timeline with any step writes "< 80" over the texts of its mappings (TimelineChart: mergeThresholdValues).
    return {"mode": "absolute", "steps": []} if kind == "state-timeline" and mapped else {}


def _color(given: Any) -> Json:
    if isinstance(given, str):
        return {"fixedColor": given, "mode": "fixed"}
    # BarChart writes the word "none" where no colour is fixed.
    return telling(given, {"fixedColor": "none"})


def _step(given: Json, *, first: bool) -> Json:
    if "color" not in given:
        raise Unfit("a threshold without a color: use Threshold")
    if first:
        return pick(given, ("color",))
    # Threshold writes the text "null" wherever its index is 0, and the value is lost.
    if not isinstance(given.get("value"), int | float):
        raise Unfit(f"the value of the threshold {given['color']!r} is lost: only the first Threshold has index 0")
    return pick(given, ("color", "value"))


def _override(given: Json) -> Json:
    return {**given, "properties": [_property(each) for each in given.get("properties", [])]}


def _property(given: Json) -> Json:
    name, value = given.get("id"), given.get("value")
    if name == "thresholds" and value:
        return {**given, "value": thresholds(value)}
    if name == "mappings" and value:
        return {**given, "value": mappings(value)}
    if name == "custom.displayMode":
        return {"id": "custom.cellOptions", "value": cell_options(str(value))}
    if name == "custom.hidden":
        return {"id": "custom.hideFrom.viz", "value": bool(value)}
    return given
