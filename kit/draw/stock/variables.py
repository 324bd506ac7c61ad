"""Dashboard variables: grafanalib has one flat Template for every type; here each type has its own keys."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kit.draw.stock.choices import as_query, chosen, listed, options_of, parts_of
from kit.draw.stock.plain import Json, omit, pick, plain, telling, without_nulls
from kit.draw.stock.queries_of_variables import query_object
from kit.draw.stock.refusals import Unfit, named
from kit.draw.stock.sources import Reference, resolve

_COMMON = ("description", "hide", "label", "name", "skipUrlSync")
_CHOICE: tuple[str, ...] = ("allowCustomValue", "allValue", "includeAll", "multi", "regex", "regexApplyTo", "sort")
_CHOICE += ("staticOptions", "staticOptionsOrder")
_SILENT: Json = {"allValue": "", "description": "", "label": "", "regex": ""}


@dataclass(frozen=True)
class _Given:
    """What a rule gets: the variable's JSON without nulls, its default, and the data sources by name."""

    raw: Json
    default: Any
    datasources: Mapping[str, Mapping[str, str]]

    @property
    def source(self) -> Reference:
        return resolve(self.raw.get("datasource"), self.datasources)


def variable(stock: Any, *, datasources: Mapping[str, Mapping[str, str]]) -> Json:
    """Return a Template (or the JSON of a variable) with the keys that Grafana 13 stores for its type."""
    raw: Json = without_nulls(plain(stock))
    name, kind = str(raw.get("name", "")), raw.get("type", "query")
    with named(stock, "variable", "name"):
        if not re.fullmatch(r"(?!__)\w+", name):
            raise Unfit("its name is not of letters, digits and _ (at most one in front): use another")
        if kind not in _RULES:
            raise Unfit(f"there is no type of variable {kind!r}: use one of {', '.join(sorted(_RULES))}")
        own = _RULES[kind](_Given(raw, _default(stock, raw), datasources))
        return telling({"hide": 0, "skipUrlSync": False, **pick(raw, _COMMON), "type": kind, **own}, _SILENT)


def _default(stock: Any, raw: Json) -> Any:
    # Of a custom variable grafanalib keeps a default only if it is literally one of the options.
    return raw.get("current", {}).get("value", plain(getattr(stock, "default", None)))


def _query(given: _Given) -> Json:
    source, raw = given.source, given.raw
    return {
        **_choice(raw, chosen(raw, given.default)),
        "datasource": source,
        **query_object(raw.get("query", ""), source["type"], str(raw.get("definition", ""))),
        "options": [],
        # Never (0) would leave the list empty, because options are not stored.
        "refresh": raw["refresh"] if raw.get("refresh") in (1, 2) else 1,
    }


def _custom(given: _Given) -> Json:
    options = options_of(given.raw)
    current = chosen(given.raw, given.default, options)
    values = listed((current or {}).get("value", []))
    return {
        **omit(_choice(given.raw, current), ("sort", "regex")),
        "options": [{"selected": each["value"] in values, **each} for each in options],
        "query": ",".join(parts_of(given.raw)) or as_query(options),
    }


def _datasource(given: _Given) -> Json:
    current = chosen(given.raw, given.default)
    if current:
        known = {name: reference["uid"] for name, reference in given.datasources.items()}
        uids = [known.get(value, value) for value in listed(current["value"])]
        current = {**current, "value": uids if given.raw.get("multi") else uids[0]}
    query = given.raw.get("query", "")
    return {**omit(_choice(given.raw, current), ("sort",)), "options": [], "query": query, "refresh": 1}


def _interval(given: _Given) -> Json:
    values = parts_of(given.raw)
    value = given.default or (values or [""])[0]
    if str(value).startswith(("auto", "$__auto")):
        current = {"text": "auto", "value": "$__auto"}
    else:
        current = {"text": value, "value": value}
    options = [{"selected": each == value, "text": each, "value": each} for each in values]
    auto = pick(given.raw, ("auto", "auto_count", "auto_min"))
    return {**auto, "current": current, "options": options, "query": ",".join(values), "refresh": 2}


def _textbox(given: _Given) -> Json:
    # Grafana's own default is the query: one that is only in `current` is lost when somebody resets the variable.
    value = given.default or given.raw.get("query", "")
    current = {"text": value, "value": value}
    return {"current": current, "options": [{"selected": True, **current}], "query": value}


def _constant(given: _Given) -> Json:
    return {"query": given.raw.get("query", "")}


def _adhoc(given: _Given) -> Json:
    kept = pick(given.raw, ("allowCustomValue", "baseFilters", "defaultKeys", "filters"))
    return {"baseFilters": [], "filters": [], **kept, "datasource": given.source}


def _switch(given: _Given) -> Json:
    return pick(given.raw, ("current", "options", "query"))


def _group_by(given: _Given) -> Json:
    return {**pick(given.raw, ("current", "defaultValue", "multi", "options")), "datasource": given.source}


def _choice(raw: Json, current: Json | None) -> Json:
    whole = {"includeAll": False, "multi": False, **pick(raw, _CHOICE)}
    return {**whole, **({"current": current} if current else {})}


_RULES: Mapping[str, Callable[[_Given], Json]] = {
    "query": _query,
    "custom": _custom,
    "datasource": _datasource,
    "interval": _interval,
    "textbox": _textbox,
    "constant": _constant,
    "adhoc": _adhoc,
    # grafanalib knows neither; Template takes any type, so somebody may have written one.
    "switch": _switch,
    "groupby": _group_by,
}
