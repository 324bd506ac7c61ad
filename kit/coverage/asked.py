"""What a compiled dashboard asks, and what must hold for the answers: the legend's labels, the unit, the states."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.check.build import Build, Dashboard, Json, Panel
from kit.check.parts.names import legend_labels
from kit.check.parts.queries import annotations, named, source
from kit.coverage.span import Span, seconds
from kit.draw.panel import Panel as Drawn
from kit.draw.site import id_of
from kit.model.fault import Where
from kit.model.signal import NO_DATA

# Grafana takes a minute where an annotation names no step.
ANNOTATION_STEP = 60.0
# Data sources that are none: Grafana's own, and its expressions over other queries.
_NONE = ("-- Grafana --", "-- Dashboard --", "__expr__", "grafana", "-100")


@frozen
class Question:
    """A query, before its variables are filled in.

    `kind`: panel, annotation, recording rule, alerting rule. `unit`: Grafana's id. `labels`: those that a legend names.
    `states`: the values that have a name, where the unit is a state's. `nothing`: what is said where there is no
    series. `step`: seconds between points, `least` the query's own minimum step (0: none). `source`: the data
    source's type.
    """

    board: str
    name: str
    kind: str
    where: Where
    text: str
    ref: str = ""
    unit: str = ""
    labels: tuple[str, ...] = ()
    states: frozenset[float] = frozenset()
    nothing: str = NO_DATA
    step: float = 0
    least: float = 0
    source: str = "prometheus"

    @property
    def quiet(self) -> bool:
        """Whether its panel says that no series can be normal."""
        return self.nothing != NO_DATA


def questions(board: Dashboard, build: Build, span: Span) -> Iterator[Question]:
    """Every query of the board's panels, in order, then of its annotations. Hidden and empty ones are left out."""
    told = _nothings(build).get(str(board.json.get("uid")), {})
    for panel in board.panels:
        for index, target in enumerate(panel.queries):
            kind = _kind(target, panel.json)
            if target.get("expr") and not target.get("hide") and kind:
                yield _question(panel, target, kind, span, told.get((panel.json.get("id", 0), index), ""))
    for mark in annotations(board):
        if mark.get("expr") and mark.get("enable", True) and source(mark) in ("", "prometheus"):
            yield _mark(board, mark, span)


def _kind(target: Json, panel: Json) -> str:
    """The type of the data source; Prometheus where only a name is known, empty where it is none."""
    for part in (target, panel):
        found = part.get("datasource")
        known = found.get("uid") if isinstance(found, dict) else found
        if known in _NONE:
            return ""
        if isinstance(found, dict) and found.get("type") not in (None, "", "mixed"):
            return "" if found["type"] in _NONE else str(found["type"])
    return "prometheus"


def _question(panel: Panel, target: Json, kind: str, span: Span, nothing: str) -> Question:
    defaults = panel.json.get("fieldConfig", {}).get("defaults", {})
    least = seconds(str(target.get("interval") or ""))
    points = int(panel.json.get("maxDataPoints") or 0)
    step = span.step(least or seconds(str(panel.json.get("interval") or "")), points or 1000)
    unit = _unit(panel.json, target) or str(defaults.get("unit") or "")
    return Question(
        board=named(panel.board),
        name=str(panel.json.get("title") or panel.json.get("type", "?")),
        kind="panel",
        where=panel.where,
        text=str(target["expr"]),
        ref=str(target.get("refId", "")),
        unit=unit,
        labels=legend_labels(str(target.get("legendFormat") or "")),
        states=_states(defaults) if unit in ("", "none") else frozenset(),
        nothing=nothing or str(defaults.get("noValue") or NO_DATA),
        step=step,
        least=least,
        source=kind,
    )


def _mark(board: Dashboard, mark: Json, span: Span) -> Question:
    shown = " ".join(str(mark.get(key) or "") for key in ("titleFormat", "textFormat"))
    least = seconds(str(mark.get("step") or "")) or ANNOTATION_STEP
    return Question(
        board=named(board),
        name=str(mark.get("name", "?")),
        kind="annotation",
        where=board.where,
        text=str(mark["expr"]),
        labels=legend_labels(shown),
        step=span.step(least),
        least=least,
    )


def _unit(panel: Json, target: Json) -> str:
    """The unit that an override gives to what this target shows: by its refId, its column, its fixed legend."""
    ref = str(target.get("refId", ""))
    names = {f"Value #{ref}", str(target.get("legendFormat") or "")}
    for step in panel.get("transformations") or ():
        renamed = (step.get("options") or {}).get("renameByName") or {}
        names |= {renamed[name] for name in tuple(names) if name in renamed}
    for override in panel.get("fieldConfig", {}).get("overrides") or ():
        matcher = override.get("matcher") or {}
        wanted: Any = {"byName": names, "byFrameRefID": {ref}}.get(str(matcher.get("id")), set())
        if isinstance(matcher.get("options"), str) and matcher["options"] in wanted:
            for part in override.get("properties") or ():
                if part.get("id") == "unit":
                    return str(part.get("value") or "")
    return ""


def _states(defaults: Json) -> frozenset[float]:
    """The values that are named, where there are several and nothing else is: neither a range nor a pattern."""
    mappings = [one for one in defaults.get("mappings") or () if one.get("type") != "special"]
    if not mappings or any(one.get("type") != "value" for one in mappings):
        return frozenset()
    try:
        found = frozenset(float(key) for one in mappings for key in one.get("options") or {})
    except ValueError:
        return frozenset()
    return found if len(found) > 1 else frozenset()


def _nothings(build: Build) -> Mapping[str, Mapping[tuple[int, int], str]]:
    """Dashboard's uid → (panel id, target's index) → what its signal says of nothing; a table has one of several."""
    return {
        page.uid: {
            (id_of(page, panel), index): text
            for panel in page.drawn
            for index, text in enumerate(_texts(panel))
            if text
        }
        for page in build.product.site.pages
    }


def _texts(panel: Drawn) -> Iterator[str]:
    for view in panel.views:
        nothing = view.signal.nothing
        yield from ("" if nothing == NO_DATA else nothing for _ in view.lines)
