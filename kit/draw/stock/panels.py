"""A panel: what is common to every kind."""

from collections.abc import Collection, Mapping
from typing import Any

from kit.draw.stock.fields import field_config
from kit.draw.stock.kinds import RULES, WITHOUT_DATA
from kit.draw.stock.links import link
from kit.draw.stock.parts import as_is
from kit.draw.stock.plain import Json, omit, pick, plain, shallow, telling, without_nulls
from kit.draw.stock.refusals import Unfit, named, refuse_class, refuse_kind, refuse_settings
from kit.draw.stock.targets import queries

Sources = Mapping[str, Mapping[str, str]]

# Root keys that are kept as they are, and those that are made anew; any other is Angular data to Grafana
# (v1_to_v2alpha1.go: knownPanelProperties).
_KEPT_WITHOUT_DATA = ("description", "gridPos", "id", "title", "transparent", "type")
_KEPT = (
    *_KEPT_WITHOUT_DATA,
    *("cacheTimeout", "hideTimeOverride", "interval", "maxDataPoints", "queryCachingTTL", "timeCompare", "timeFrom"),
    *("timeShift", "transformations"),
)
_MADE = (
    *("datasource", "fieldConfig", "links", "maxPerRow", "options", "pluginVersion", "repeat", "repeatDirection"),
    "targets",
)
# What grafanalib writes at the root of every panel, and Grafana never reads.
_NOISE = ("editable", "error", "height", "minSpan", "span", "thresholds")

# Values that say nothing; Grafana drops the last three itself (cleanupPanelForSave), 100 points are grafanalib's own.
_SILENT: Json = {
    "description": "",
    "hideTimeOverride": False,
    "interval": "",
    "maxDataPoints": 100,
    "timeFrom": "",
    "timeShift": "",
    "title": "",
    "transformations": [],
    "transparent": False,
}


def panel(stock: Any, *, datasources: Sources, plugin_version: str, plugins: Collection[str] = ()) -> Json:
    """Return a grafanalib panel (or the JSON of one) as Grafana 13 stores it; `id` and `gridPos` only if given.

    `datasources` maps the bare names in use to `{type, uid}`; `plugins` lists the panel plugins that are installed.
    """
    with named(stock, "panel"):
        refuse_class(stock)
        given = _emitted(stock)
        raw: Json = without_nulls(plain(omit(given, ("panels",))))
        if "libraryPanel" in raw:
            return pick(raw, ("gridPos", "id", "libraryPanel", "title"))
        kind = str(raw.get("type", ""))
        refuse_kind(kind, (*RULES, "row"), plugins)
        refuse_settings(kind, raw)
        # The panels within a row are still objects, so that a refusal can name their class.
        inner = [
            panel(each, datasources=datasources, plugin_version=plugin_version, plugins=plugins)
            for each in given.get("panels") or []
        ]
        # Once more through JSON: nobody who changes the result may change the tables here.
        drawn: Json = plain(_row(raw, inner) if kind == "row" else _drawn(raw, datasources, plugin_version))
        return drawn


def _drawn(raw: Json, datasources: Sources, plugin_version: str) -> Json:
    kind = raw["type"]
    options, defaults = RULES.get(kind, as_is)(raw)
    overrides = [] if kind in WITHOUT_DATA else raw.get("fieldConfig", {}).get("overrides", [])
    config = field_config(kind, defaults, overrides)
    made = {
        **({"fieldConfig": config} if config else {}),
        **({"links": [link(each) for each in raw["links"]]} if raw.get("links") else {}),
        **({"options": options} if options else {}),
        **({"pluginVersion": plugin_version} if kind in RULES else _of_plugin(raw)),
        **_repeated(raw),
        **({} if kind in WITHOUT_DATA else _asked(raw, datasources)),
    }
    return telling(pick(raw, _KEPT_WITHOUT_DATA if kind in WITHOUT_DATA else _KEPT), _SILENT) | made


def _of_plugin(raw: Json) -> Json:
    # A plugin has versions of its own, and nobody here knows what it would make of keys at the root.
    if unknown := sorted(raw.keys() - {*_KEPT, *_MADE, *_NOISE}):
        raise Unfit(f"{', '.join(unknown)} at the root of a panel is Angular data: use options")
    return pick(raw, ("pluginVersion",))


def _row(raw: Json, inner: list[Json]) -> Json:
    if inner and not raw.get("collapsed"):
        raise Unfit("a row that is not collapsed owns no panels: use collapsed=True, or list them after the row")
    kept = telling(pick(raw, ("gridPos", "id", "repeat", "title", "type")), {"title": "", "repeat": ""})
    return {**kept, "collapsed": raw.get("collapsed", False), "panels": inner}


def _asked(raw: Json, datasources: Sources) -> Json:
    targets, source = queries(raw, datasources)
    return {**({"targets": targets} if targets else {}), **({"datasource": source} if source else {})}


def _repeated(raw: Json) -> Json:
    """Nothing, or all that belongs together: only panels side by side have a number in a row."""
    if not raw.get("repeat"):
        return {}
    direction = raw.get("repeatDirection", "h")
    many = pick(raw, ("maxPerRow",)) if direction == "h" else {}
    return {"repeat": raw["repeat"], "repeatDirection": direction, **many}


def _emitted(stock: Any) -> Json:
    if not isinstance(stock, Mapping) and not hasattr(stock, "to_json_data"):
        raise Unfit("it is no panel with a type: use a class of its own, or the panel's JSON")
    return shallow(stock)
