"""The shape of a panel: its skeleton, then options, field options, overrides, mappings and queries by their kind."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kit.check import schemas
from kit.check.place import Place, Problem, dig, items, text
from kit.check.words import Path, cut, dotted, nearest

QUERIES = {"prometheus": "a Prometheus query", "loki": "a Loki query"}
_EXPRESSIONS = ("__expr__", "-100")
_DEFAULTS = ("fieldConfig", "defaults")


def problems(place: Place, panel: Mapping[str, Any], plugins: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with the panel or row at `place`, and with the panels that a collapsed row holds."""
    if panel.get("type") != "row":
        yield from _panel(place, panel, plugins)
        return
    yield from place.check(place.board("row"), panel, (), "a row")
    for index, inner in items(panel, "panels"):
        below = place.inside(inner, ("panels", index))
        if inner.get("type") == "row":
            yield below.problem((), "is a row inside a row: Grafana knows one level, move it out")
        else:
            yield from _panel(below, inner, plugins)


def _panel(place: Place, panel: Mapping[str, Any], plugins: Collection[str]) -> Iterator[Problem]:
    yield from place.check(place.board("panel"), panel, (), "a panel")
    kind, known = panel.get("type"), schemas.names(f"{place.folder}/panels")
    if isinstance(kind, str) and kind in known:
        yield from _kind(place, panel, kind)
    elif isinstance(kind, str) and kind not in plugins:
        grafana = place.folder.replace("grafana-", "Grafana ")
        hint = nearest(kind, known) or f": it knows {', '.join(known)}"
        yield place.problem(("type",), f"type {cut(repr(kind))} is no panel kind of {grafana}{hint}")
    elif "type" not in panel and "libraryPanel" not in panel:
        # A library panel keeps its kind in the library.
        yield place.problem(("type",), "type is missing: a panel needs its kind")
    for index, mapping in items(panel, *_DEFAULTS, "mappings"):
        yield from place.typed(mapping, (*_DEFAULTS, "mappings", index), "mapping")
    for index, target in items(panel, "targets"):
        yield from _query(place, target, panel, ("targets", index))


def _kind(place: Place, panel: Mapping[str, Any], kind: str) -> Iterator[Problem]:
    """Check what depends on the panel's kind: its options, its field options and the overrides of those."""
    file = f"{place.folder}/panels/{kind}"
    if isinstance(panel.get("options"), Mapping):
        yield from place.check(schemas.part(file, "options"), panel["options"], ("options",), f"{kind} options")
    custom, path = dig(panel, *_DEFAULTS, "custom"), (*_DEFAULTS, "custom")
    if isinstance(custom, Mapping) and schemas.part(file, "custom"):
        yield from place.check(schemas.part(file, "custom"), custom, path, f"{kind} field options")
    elif isinstance(custom, Mapping) and custom:
        yield place.problem(path, f"{dotted(path)} must be empty: {kind} has no field options of its own")
    for index, override in items(panel, "fieldConfig", "overrides"):
        for number, item in items(override, "properties"):
            yield from _override(place, item, kind, ("fieldConfig", "overrides", index, "properties", number))


def _override(place: Place, item: Mapping[str, Any], kind: str, path: Path) -> Iterator[Problem]:
    """Check the value of an override by the field option that it replaces: `unit`, `custom.lineWidth`."""
    name = text(item, "id") or ""
    keys = tuple(name.split("."))
    if keys[0] == "custom":
        where = f"{place.folder}/panels/{kind}", "custom", keys[1:]
    else:
        where = f"{place.folder}/dashboard", "panel", (*_DEFAULTS, *keys)
    validator = schemas.inner(*where)
    if name and validator is None:
        fields = schemas.keys(f"{place.folder}/dashboard", "panel", _DEFAULTS)
        own = tuple(f"custom.{key}" for key in schemas.keys(f"{place.folder}/panels/{kind}", "custom"))
        message = f"{dotted((*path, 'id'))} {cut(repr(name))} is no field option of {kind}{nearest(name, fields + own)}"
        yield place.problem((*path, "id"), message)
    elif name and "value" in item:
        yield from place.check(validator, item["value"], (*path, "value"), f"{kind} field options")
        for index, mapping in items(item, "value") if name == "mappings" else ():
            yield from place.typed(mapping, (*path, "value", index), "mapping")


def _query(place: Place, target: Mapping[str, Any], panel: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Check a query by its data source's type; others than Prometheus, Loki and expressions have no schema here."""
    source = text(target, "datasource", "type") or text(panel, "datasource", "type")
    if source in _EXPRESSIONS or text(target, "datasource", "uid") in _EXPRESSIONS:
        yield from place.check(schemas.own("parts/expression"), target, path, "an expression")
    elif source in QUERIES:
        yield from place.check(schemas.part(f"queries/{source}", "query"), target, path, QUERIES[source])
