"""Annotation queries: grafanalib has no class for one, so they are free dicts."""

from collections.abc import Mapping
from typing import Any

from kit.draw.stock.plain import Json, omit, plain, without_nulls
from kit.draw.stock.refusals import Unfit, named
from kit.draw.stock.sources import PROMETHEUS, resolve

# What Grafana puts in front if it is missing (apps/dashboard/pkg/migration: addBuiltInAnnotationQuery).
BUILT_IN: Json = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}


def annotation(stock: Any, *, datasources: Mapping[str, Mapping[str, str]]) -> Json:
    """Return an annotation query with its data source as `{type, uid}` and its tags in `target`.

    Grafana's conversion to v2 takes tags at the root for unknown data (canonical recordings: `legacyOptions`).
    """
    given = without_nulls(plain(stock))
    with named(given, "annotation", "name"):
        if not given.get("name"):
            raise Unfit("it has no name: give it one")
        if given.get("builtIn") == 1:
            return {**plain(BUILT_IN), **given, "datasource": dict(BUILT_IN["datasource"])}
        # Tags are kept by Grafana itself, everything else is asked of a data source.
        home = "-- Grafana --" if given.get("type") == "tags" else "default"
        source = resolve(given.get("datasource") or home, datasources)
        return {"enable": True, "iconColor": "red", **_aimed(given, source["type"]), "datasource": source}


def annotations(listed: list[Any], *, datasources: Mapping[str, Mapping[str, str]]) -> list[Json]:
    """Return the dashboard's list of annotation queries, the built-in one first if none is given."""
    queries = [annotation(each, datasources=datasources) for each in listed]
    return queries if any(query.get("builtIn") == 1 for query in queries) else [plain(BUILT_IN), *queries]


def _aimed(given: Json, source: str) -> Json:
    if "tags" in given:
        target = {"limit": 100, "matchAny": given.get("matchAny", False), "tags": given["tags"], "type": "tags"}
        return {"target": target, **omit(given, ("tags", "type", "matchAny", "limit"))}
    if "expr" in given and source in PROMETHEUS:
        # As grafana-prometheus moves them when a dashboard is loaded (prepareAnnotation).
        interval = {"interval": given["step"]} if given.get("step") else {}
        target = {"expr": given["expr"], "refId": "Anno", **interval}
        return {"target": target, **omit(given, ("expr", "step"))}
    return given
