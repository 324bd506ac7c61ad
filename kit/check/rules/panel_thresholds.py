"""Threshold steps are the levels of the signal that is shown, and their colours get worse where the levels do."""

from collections.abc import Iterator, Mapping

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.draw import panel as drawn
from kit.draw.site import id_of
from kit.draw.style import BAD, GOOD, SEVERITY
from kit.model.signal import View
from kit.model.unit import Unit
from kit.model.words import number

ID = "panel-thresholds"
# Kinds that draw no thresholds, whatever their signal's levels are.
_WITHOUT = frozenset({"heatmap", "logs"})
_NONE = {"mode": "absolute", "steps": []}


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    pages = build.product.site.pages
    written = {(page.uid, id_of(page, panel)): panel for page in pages for panel in page.drawn}
    for board in build.dashboards:
        uid = board.path.rsplit("/", 1)[-1].removesuffix(".json")
        for panel in board.panels:
            definition = written.get((uid, panel.json.get("id", 0)))
            for message in (*_sane(panel.json), *_as_defined(panel.json, definition)):
                yield Finding(panel.where, ID, panel.subject, message)


def _sane(json: Json) -> Iterator[str]:
    """What holds for any thresholds: a base without a value, then values that ascend."""
    for thresholds in (_defaults(json).get("thresholds"), *_of_columns(json).values()):
        if json.get("type") == "state-timeline" and thresholds == _NONE:
            # It would write "< 80" over the names of the states.
            continue
        steps = thresholds.get("steps") or [] if thresholds else [{}]
        values = [step.get("value") for step in steps[1:]]
        if not steps or steps[0].get("value") is not None:
            yield "its first threshold step must be a colour without a value, for what lies below all others"
        elif None in values or values != sorted(set(values)):
            yield f"its threshold values {values} must ascend"


def _as_defined(json: Json, panel: drawn.Panel | None) -> Iterator[str]:
    if panel is None or not panel.views or panel.kind in _WITHOUT:
        return
    if panel.kind == "table":
        columns = _of_columns(json)
        names = [str(one.get("matcher", {}).get("options")) for one in json.get("fieldConfig", {}).get("overrides", ())]
        shown = [view.only(line) if line else view for view in panel.views for line in view.lines]
        for view, name in zip(shown, names, strict=False):
            yield from _steps(f"its column '{name}'", columns.get(name), view)
        return
    thresholds, unit = _defaults(json).get("thresholds"), panel.view.signal.unit
    if panel.kind == "state-timeline" and thresholds == _NONE and unit and unit.names:
        yield from _states(json, unit)
        return
    yield from _steps("it", thresholds, panel.view)
    style = _defaults(json).get("custom", {}).get("thresholdsStyle", {}).get("mode")
    if panel.kind == "timeseries" and (style not in (None, "off")) != bool(panel.view.levels):
        wants = "and its signal has no level" if not panel.view.levels else "so the levels of its signal are not seen"
        yield f"its threshold lines are '{style}', {wants}; draw them where there are levels"


def _states(json: Json, unit: Unit) -> Iterator[str]:
    """States have names instead of thresholds, and the names have colours."""
    options = [one.get("options", {}) for one in _defaults(json).get("mappings", ()) if one.get("type") == "value"]
    for value, name, good in unit.names:
        found: Json = next((one[f"{value:g}"] for one in options if f"{value:g}" in one), {})
        right = GOOD if good else BAD
        if (found.get("text"), found.get("color")) != (name, right):
            yield f"its state {value:g} is {found.get('text')} in {found.get('color')}; it must be {name} in {right}"


def _steps(who: str, thresholds: Json | None, view: View) -> Iterator[str]:
    levels = sorted(view.levels, key=lambda pair: pair[1].value)
    steps = (thresholds or {}).get("steps") or []
    values, wanted = [step.get("value") for step in steps[1:]], [level.value for _, level in levels]
    named = ", ".join(f"{number(level.value)} ({severity})" for severity, level in levels) or "none"
    if values != wanted:
        found = ", ".join(str(value) for value in values) or "none"
        yield f"{who} has the threshold steps {found}, and the levels of {view.signal.name} are {named}; make them one"
        return
    if not levels:
        return
    if (thresholds or {}).get("mode") != "absolute":
        yield f"{who} takes thresholds for percentages, and levels are values; write mode: absolute"
    colours = [SEVERITY[severity] for severity, _ in levels]
    right = [GOOD, *colours] if levels[0][1].above else [*colours, GOOD]
    if [step.get("color") for step in steps] != right:
        found = ", ".join(str(step.get("color")) for step in steps)
        bad = levels[0][1].direction
        yield f"{who} goes {found} upwards, and {bad} is bad for {view.signal.name}: it must go {', '.join(right)}"


def _defaults(json: Json) -> Json:
    found: Json = json.get("fieldConfig", {}).get("defaults", {})
    return found


def _of_columns(json: Json) -> Mapping[str, Json]:
    """Column → its own thresholds."""
    return {
        str(override.get("matcher", {}).get("options")): item.get("value") or {}
        for override in json.get("fieldConfig", {}).get("overrides", ())
        for item in override.get("properties", ())
        if item.get("id") == "thresholds"
    }
