"""A whole dashboard."""

import re
from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from kit.draw.stock.annotations import annotations
from kit.draw.stock.links import link
from kit.draw.stock.panels import panel
from kit.draw.stock.plain import Json, omit, pick, plain, shallow, telling, without_nulls
from kit.draw.stock.positions import check_positions
from kit.draw.stock.refusals import Unfit, named
from kit.draw.stock.variables import variable

Sources = Mapping[str, Mapping[str, str]]

SCHEMA_VERSION = 42

_KEPT = (
    *("description", "editable", "fiscalYearStartMonth", "gnetId", "liveNow", "preload", "tags", "time", "timezone"),
    *("title", "uid", "weekStart"),
)
# What `v1` adds where it is missing (canonical recordings).
_DEFAULTS: Json = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "preload": False,
    "tags": [],
    "time": {"from": "now-6h", "to": "now"},
    "timezone": "",
    "weekStart": "",
}


def dashboard(stock: Any, *, datasources: Sources, plugin_version: str, plugins: Collection[str] = ()) -> Json:
    """Return a core.Dashboard (or the JSON of one) as Grafana 13 stores it, panels in the order that it reads them.

    Panels without an id get the free numbers from 1; every panel needs a gridPos of its own.
    """
    with named(stock, "dashboard"):
        # Panels and variables are still objects, so that a refusal can name their class.
        given = shallow(stock)
        if given.get("rows"):
            raise Unfit("legacy rows show no panel in Grafana 13: use RowPanel")
        panels = [
            panel(each, datasources=datasources, plugin_version=plugin_version, plugins=plugins)
            for each in given.get("panels") or []
        ]
        variables = [variable(each, datasources=datasources) for each in _variables(given.get("templating"))]
        _unique([each["name"] for each in variables], "variable")
        head = _head(without_nulls(plain(omit(given, ("panels", "templating")))), datasources)
        return {**plain(head), "panels": _placed(panels), "templating": {"list": variables}}


def _head(raw: Json, datasources: Sources) -> Json:
    _check_head(raw)
    return {
        **_DEFAULTS,
        **telling(pick(raw, _KEPT), {"description": ""}),
        "annotations": {"list": annotations(raw.get("annotations", {}).get("list", []), datasources=datasources)},
        "graphTooltip": raw.get("graphTooltip") or int(raw.get("sharedCrosshair", False)),
        "links": [link(each) for each in raw.get("links", [])],
        "refresh": raw.get("refresh") or "",
        "schemaVersion": SCHEMA_VERSION,
        "timepicker": telling(omit(raw.get("timepicker", {}), ("time_options",)), {"hidden": False}),
    }


def _placed(panels: list[Json]) -> list[Json]:
    for row in (None, *panels):
        check_positions(panels if row is None else row.get("panels", []))
    numbered = _numbered(panels)
    # Grafana sorts what it reads by position (sortPanelsByGridPosition).
    return sorted(numbered, key=lambda each: (each["gridPos"]["y"], each["gridPos"]["x"]))


def _numbered(panels: list[Json]) -> list[Json]:
    every = [each for outer in panels for each in (outer, *outer.get("panels", []))]
    given = [each["id"] for each in every if each.get("id")]
    _unique(given, "panel id")
    free = (number for number in count(1) if number not in given)

    def number(each: Json) -> Json:
        own = {**each, "id": each.get("id") or next(free)}
        return {**own, "panels": [number(inner) for inner in each["panels"]]} if "panels" in each else own

    return [number(each) for each in panels]


def _check_head(raw: Json) -> None:
    if not raw.get("title"):
        raise Unfit("it has no title: give it one")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", str(raw.get("uid", ""))):
        raise Unfit("it has no uid of at most 40 letters, digits, - and _: give it one")


def _unique(names: list[Any], what: str) -> None:
    if again := [name for index, name in enumerate(names) if name in names[:index]]:
        raise Unfit(f"{what} {again[0]!r} is used twice: use another")


def _variables(templating: Any) -> list[Any]:
    return list(templating.get("list", []) if isinstance(templating, Mapping) else getattr(templating, "list", []))
