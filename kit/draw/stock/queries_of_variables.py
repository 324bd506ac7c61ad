"""The query of a query variable: from a bare string to the object that each data source's editor writes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from kit.draw.stock.plain import Json
from kit.draw.stock.sources import PROMETHEUS

# The numbers of PrometheusVariableQueryType, by the function that the query calls; any other text selects series.
_PROMETHEUS = (("label_names", 0), ("label_values", 1), ("metrics", 2), ("query_result", 3))
_SERIES = 4
_LOKI_VALUES = re.compile(r"^label_values\((?:(.+),\s*)?([a-zA-Z_$][a-zA-Z0-9_]*)\)\s*$")


def query_object(given: Any, source: str, definition: str) -> Json:
    """Return `{query, definition}` of a variable; `source` is the type of its data source."""
    if isinstance(given, dict):
        return {"query": given, "definition": definition or str(given.get("query", ""))}
    return {"query": _EDITORS.get(source, str)(str(given)), "definition": str(given)}


def _prometheus(query: str) -> Json:
    called = [number for name, number in _PROMETHEUS if query.strip().startswith(f"{name}(")]
    kind = called[0] if called else _SERIES
    return {"qryType": kind, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"}


def _loki(query: str) -> Json:
    """As in Grafana's loki/migrations/variableQueryMigrations.ts: 0 asks for labels, 1 for the values of one."""
    found = _LOKI_VALUES.match(query.strip())
    if not found:
        return {"refId": "LokiVariableQueryEditor-VariableQuery", "type": 0}
    stream, label = found.groups()
    base = {"label": label, "refId": "LokiVariableQueryEditor-VariableQuery", "type": 1}
    return {**base, **({"stream": stream} if stream else {})}


_EDITORS: Mapping[str, Callable[[str], Any]] = {**dict.fromkeys(PROMETHEUS, _prometheus), "loki": _loki}
