"""What a panel shows has a unit, and Grafana knows it: an unknown id is printed behind the number as it stands."""

from collections.abc import Iterator

from grafanalib import formatunits

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.model.metric import words
from kit.model.words import nearest

ID = "panel-unit"
# What grafanalib 0.7.1 has no constant for, of the ids in
# https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts
_NEWER = words(
    "acres candela currencyBGN currencyILS currencyMYR currencyPYG currencyTRY currencyUYU currencyVND currencyXPF "
    "epm eps hectares lengthcm mohm mpm mps mwatth recpm recps reqpm rotghz rotkhz rotmhz rowspm rowsps sishort"
)
KNOWN = frozenset(
    (*_NEWER, *(unit for name, unit in vars(formatunits).items() if name.isupper() and isinstance(unit, str)))
)
# `suffix:items`, `time:YYYY`: getValueFormat() in valueFormats.ts beside it.
_BUILT = ("bool:", "count:", "currency:", "prefix:", "si:", "suffix:", "time:")
_NO_NUMBERS = frozenset({"logs", "text", "annolist", "nodeGraph", "traces", "flamegraph"})


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        for panel in board.panels:
            for message in (*_missing(panel.json), *_unknown(panel.json)):
                yield Finding(panel.where, ID, panel.subject, message)


def _missing(json: Json) -> Iterator[str]:
    if not json.get("targets") or json.get("type") in _NO_NUMBERS:
        return
    defaults = json.get("fieldConfig", {}).get("defaults", {})
    if json.get("type") == "table" and not defaults.get("unit"):
        units = _columns(json)
        for name in _shown(json):
            if not units.get(name):
                yield f"its column '{name}' has no unit; give the signal one"
    elif json.get("type") == "heatmap":
        if not json.get("options", {}).get("yAxis", {}).get("unit"):
            yield "its y axis has no unit; give the signal one"
    elif not defaults.get("unit"):
        yield "it has no unit; give the signal one, or a grafanalib panel its own in extraJson"


def _columns(json: Json) -> dict[str, str]:
    """Column → unit, from the overrides by name."""
    return {
        str(override.get("matcher", {}).get("options")): str(item.get("value"))
        for override in json.get("fieldConfig", {}).get("overrides", ())
        for item in override.get("properties", ())
        if item.get("id") == "unit"
    }


def _shown(json: Json) -> Iterator[str]:
    """The column of each query, as it is called after the transformations."""
    targets: list[Json] = json["targets"]
    renamed: dict[str, str] = {}
    for step in json.get("transformations", ()):
        renamed |= step.get("options", {}).get("renameByName", {})
    for target in targets:
        field = f"Value #{target.get('refId')}" if len(targets) > 1 else "Value"
        yield renamed.get(field, field)


def _unknown(json: Json) -> Iterator[str]:
    options, config = json.get("options", {}), json.get("fieldConfig", {})
    found = [config.get("defaults", {}).get("unit"), *_columns(json).values()]
    found += [
        options.get(part, {}).get("unit") for part in ("yAxis", "cellValues") if isinstance(options.get(part), dict)
    ]
    for unit in dict.fromkeys(filter(None, found)):
        if unit not in KNOWN and not unit.startswith(_BUILT):
            yield f"Grafana knows no unit '{unit}'{nearest(unit, KNOWN)}; change it (signals: kit/model/unit.py)"
