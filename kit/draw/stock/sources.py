"""Data sources: from the bare names that grafanalib writes to `{type, uid}`."""

from collections.abc import Mapping
from typing import Any

from kit.draw.stock.refusals import Unfit

Reference = dict[str, str]

# Types that ask with PromQL and know the same keys.
PROMETHEUS = frozenset(
    {"prometheus", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource"}
    | {"victoriametrics-metrics-datasource"}
)

MIXED: Mapping[str, str] = {"type": "datasource", "uid": "-- Mixed --"}

# Grafana's own (pkg/services: grafanads); a caller's table may say otherwise.
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "-- Mixed --": MIXED,
    "-- Dashboard --": {"type": "datasource", "uid": "-- Dashboard --"},
    "-- Grafana --": {"type": "grafana", "uid": "-- Grafana --"},
}


def resolve(given: Any, datasources: Mapping[str, Mapping[str, str]]) -> Reference:
    """Return `{type, uid}` for `given`: a name, a uid, a reference (whole or without type), or nothing ("default")."""
    if isinstance(given, Mapping):
        if given.get("type") and given.get("uid"):
            return {"type": str(given["type"]), "uid": str(given["uid"])}
        given = given.get("uid")
    name = str(given or "default")
    table = {**_by_uid(datasources), **BUILT_IN, **datasources}
    if name not in table:
        raise Unfit(f"data source {name!r} is unknown: use one of {', '.join(sorted(datasources)) or 'none'}")
    return {"type": table[name]["type"], "uid": table[name]["uid"]}


def _by_uid(datasources: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    return {reference["uid"]: reference for reference in datasources.values()}
