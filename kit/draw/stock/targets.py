"""Queries of a panel: data source, refId, and the keys that each kind of data source knows."""

import string
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from kit.draw.stock.plain import Json, omit, pick, telling
from kit.draw.stock.refusals import Unfit
from kit.draw.stock.sources import MIXED, PROMETHEUS, Reference, resolve

_EXPRESSION = "__expr__"

# What grafanalib's Target writes for every data source, and what of it says nothing.
_TARGET_KEYS = frozenset({"expr", "query", "target", "metric", "step", "intervalFactor"})
_TARGET_SILENT: Json = {
    **dict.fromkeys(("expr", "query", "target", "metric", "legendFormat", "interval"), ""),
    "step": 10,
    "intervalFactor": 2,
    "instant": False,
}
_LOKI_KEYS = ("refId", "expr", "legendFormat", "queryType", "maxLines", "direction", "step", "editorMode", "hide")


def queries(raw: Json, datasources: Mapping[str, Mapping[str, str]]) -> tuple[list[Json], Reference | None]:
    """Return the queries of the panel JSON `raw` and the panel's own data source (None: it has neither).

    The panel's data source is the one of its queries, or Mixed (expressions do not count).
    """
    listed: list[Json] = raw.get("targets") or []
    if not listed:
        return [], resolve(raw["datasource"], datasources) if raw.get("datasource") else None
    names = _ref_ids(listed)
    asked = [_query({**each, "refId": next(names)}, raw, datasources) for each in listed]
    return asked, _common([each["datasource"] for each in asked])


def _query(given: Json, raw: Json, datasources: Mapping[str, Mapping[str, str]]) -> Json:
    source = resolve(given.get("datasource") or raw.get("datasource"), datasources)
    if source == MIXED:
        # Each query of a mixed panel has a source of its own, or the default one.
        source = resolve(None, datasources)
    rule, kind = _by_type(source["type"]), raw["type"]
    kept = telling(rule(omit(given, ("datasource",)), kind), {"hide": False})
    return {**kept, "datasource": source}


def _common(sources: list[Reference]) -> Reference:
    found = [source for source in sources if source["type"] != _EXPRESSION] or sources
    return found[0] if all(source == found[0] for source in found) else dict(MIXED)


def _ref_ids(listed: list[Json]) -> Iterator[str]:
    given = [each["refId"] for each in listed if each.get("refId")]
    if len(given) != len(set(given)):
        raise Unfit("two of its queries have one refId: give each its own")
    letters = string.ascii_uppercase
    free = (name for name in (*letters, *map("".join, product(letters, repeat=2))) if name not in given)
    return (each.get("refId") or next(free) for each in listed)


def _prometheus(given: Json, kind: str) -> Json:
    """A query of Prometheus (canonical recordings)."""
    instant = bool(given.get("instant", False))
    kept = telling(omit(given, ("query", "target", "metric", "step", "alias")), {"interval": "", "intervalFactor": 2})
    kept = telling(kept, {"intervalFactor": 1})
    asked = {"editorMode": "code", "range": not instant, **kept, "instant": instant}
    asked["legendFormat"] = given.get("legendFormat") or "__auto"
    if kind == "table" and instant and given.get("format") == "time_series":
        asked["format"] = "table"
    return asked


def _loki(given: Json, kind: str) -> Json:
    """A query of Loki: grafanalib has no class for it, so it comes as Target, whose `step` is a number."""
    kept = telling(pick(given, _LOKI_KEYS), {"legendFormat": "", "step": 10})
    return {"editorMode": "code", "queryType": "instant" if given.get("instant") else "range", **kept}


def _other(given: Json, kind: str) -> Json:
    """A query of any other data source: as it is, without what core.Target adds to every query."""
    kept = telling(given, _TARGET_SILENT) if given.keys() >= _TARGET_KEYS else dict(given)
    return omit(kept, ("expr", "query")) if "rawSql" in kept else kept


def _by_type(source: str) -> Any:
    if source in PROMETHEUS:
        return _prometheus
    return _loki if source == "loki" else _other
