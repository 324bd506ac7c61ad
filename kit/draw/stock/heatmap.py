"""The heatmap: grafanalib writes Angular's model, which Grafana 13 would show without a tooltip."""

from typing import Any

from kit.draw.stock.parts import Drawn, defaults, options
from kit.draw.stock.plain import Json, pick
from kit.draw.stock.refusals import Unfit

# Names as in Grafana's heatmap/palettes.ts.
_SCHEMES = frozenset(
    {"BrBG", "PiYG", "PRGn", "PuOr", "RdBu", "RdGy", "RdYlBu", "RdYlGn", "Spectral", "Rainbow", "Sinebow"}
    | {"Blues", "Greens", "Greys", "Oranges", "Purples", "Reds", "Turbo", "Cividis", "Viridis", "Magma", "Inferno"}
    | {"Plasma", "Warm", "Cool", "Cubehelix", "BuGn", "BuPu", "GnBu", "OrRd", "PuBuGn", "PuBu", "PuRd", "RdPu"}
    | {"YlGnBu", "YlGn", "YlOrBr", "YlOrRd"}
)
_ALWAYS: Json = {
    "cellValues": {},
    "exemplars": {"color": "rgba(255,0,255,0.7)"},
    "filterValues": {"le": 1e-09},
    "showValue": "never",
    # grafanalib's Tooltip has no `show`, so Grafana's own migration would switch the tooltip off.
    "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": False},
}
_MODES = {"spectrum": "scheme", "opacity": "opacity"}
_SCALES = {"sqrt": "exponential", "linear": "linear"}
_LAYOUTS = {"upper": "ge", "lower": "le", "middle": "unknown"}


def heatmap(raw: Json) -> Drawn:
    """Angular's model at the root becomes options, as in Grafana's heatmap/migrations.ts; options given by hand win."""
    if "dataFormat" not in raw:
        return options(raw), defaults(raw)
    bucketed = raw["dataFormat"] == "tsbuckets"
    cards = raw.get("cards", {})
    whole = {
        **_ALWAYS,
        "calculate": not bucketed,
        **({} if bucketed else _calculation(raw)),
        "cellGap": cards.get("cardPadding") or 1,
        **({"cellRadius": cards["cardRound"]} if "cardRound" in cards else {}),
        "color": _color(raw.get("color", {})),
        "legend": {"show": bool(raw.get("legend", {}).get("show"))},
        "rowsFrame": {"layout": _LAYOUTS.get(raw.get("yBucketBound", ""), "auto")},
        "yAxis": _y_axis(raw.get("yAxis", {}), reverse=bool(raw.get("reverseYBuckets"))),
    }
    # Angular had no field options: what is in fieldConfig never had an effect.
    return {**whole, **options(raw)}, {}


def _calculation(raw: Json) -> Json:
    buckets = {f"{axis}Buckets": _buckets(raw, axis) for axis in "xy"}
    base = raw.get("yAxis", {}).get("logBase", 1)
    if base > 1:
        buckets["yBuckets"] = {"mode": "count", "scale": {"log": base, "type": "log"}}
    given = {axis: how for axis, how in buckets.items() if how}
    return {"calculation": given} if given else {}


def _buckets(raw: Json, axis: str) -> Json:
    for mode, key in (("size", f"{axis}BucketSize"), ("count", f"{axis}BucketNumber")):
        if raw.get(key):
            return {"mode": mode, "value": str(raw[key])}
    return {}


def _color(given: Json) -> Json:
    name = str(given.get("colorScheme", "Oranges")).removeprefix("interpolate")
    if name not in _SCHEMES:
        raise Unfit(f"colorScheme {name!r} is none of Grafana's: use {', '.join(sorted(_SCHEMES))}")
    low, high = given.get("min"), given.get("max")
    turned = low is not None and high is not None and low > high
    ends = {"min": high, "max": low} if turned else pick(given, ("min", "max"))
    return {
        "exponent": given.get("exponent", 0.5),
        "fill": given.get("cardColor", "dark-orange"),
        "mode": _named(_MODES, given.get("mode", "spectrum"), "color mode"),
        "reverse": turned,
        "scale": _named(_SCALES, given.get("colorScale", "sqrt"), "colorScale"),
        "scheme": name,
        "steps": 64,
        **ends,
    }


def _named(table: dict[str, str], given: Any, what: str) -> str:
    if given not in table:
        raise Unfit(f"{what} {given!r} is none that Grafana knows: use {' or '.join(table)}")
    return table[given]


def _y_axis(given: Json, *, reverse: bool) -> Json:
    names = {"label": "axisLabel", "format": "unit", "min": "min", "max": "max", "decimals": "decimals"}
    placement = "left" if given.get("show", True) else "hidden"
    known = {new: given[old] for old, new in names.items() if given.get(old) not in (None, "")}
    return {"axisPlacement": placement, "reverse": reverse, **known}
