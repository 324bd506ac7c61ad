"""Kinds of panel: what each makes of the JSON that grafanalib writes; one function a kind, one table."""

from collections.abc import Callable, Mapping

from kit.draw.stock.fields import cell_options
from kit.draw.stock.gauges import bargauge, gauge, stat
from kit.draw.stock.heatmap import heatmap
from kit.draw.stock.lists import alertlist, dashlist
from kit.draw.stock.parts import (
    HIDE_FROM,
    Drawn,
    as_is,
    custom,
    defaults,
    options,
    with_legend_and_tooltip,
)
from kit.draw.stock.plain import Json, omit, pick
from kit.draw.stock.refusals import Unfit

_AXIS: Json = {"axisBorderShow": False, "axisCenteredZero": False, "axisColorMode": "text", "insertNulls": False}


def timeseries(raw: Json) -> Drawn:
    """Axes, scale and stacking made whole."""
    given = custom(raw)
    scale = given.get("scaleDistribution") or {"type": "linear"}
    whole = {
        **_AXIS,
        **given,
        "scaleDistribution": omit(scale, ("log",)) if scale.get("type") == "linear" else scale,
        "stacking": {"group": "A", "mode": "none", **(given.get("stacking") or {})},
    }
    return with_legend_and_tooltip(raw), {**defaults(raw), "custom": whole}


def with_legend(raw: Json) -> Drawn:
    """State timeline and histogram: legend and tooltip made whole."""
    return with_legend_and_tooltip(raw), defaults(raw)


def barchart(raw: Json) -> Drawn:
    """Two options more than grafanalib knows."""
    return {"fullHighlight": False, "xTickLabelMaxLength": 0, **with_legend_and_tooltip(raw)}, defaults(raw)


def piechart(raw: Json) -> Drawn:
    """Labels and order as Grafana draws them by default."""
    whole = {"displayLabels": [], "orientation": "auto", "sort": "desc", **with_legend_and_tooltip(raw)}
    return whole, {**defaults(raw), "custom": {"hideFrom": dict(HIDE_FROM), **custom(raw)}}


def table(raw: Json) -> Drawn:
    """Colour and mappings from the root, displayMode to cellOptions (V38 migration)."""
    given = options(raw)
    if given.get("footer", {}).get("show"):
        raise Unfit("options.footer is of before Grafana 12: use fieldConfig.defaults.custom.footer.reducers")
    # A panel that is modern already has both in fieldConfig, and nothing at the root.
    fields = {**pick(raw, ("color", "mappings")), **defaults(raw), "custom": _cells(custom(raw))}
    whole = {"cellHeight": "sm", "frameIndex": 0, "showHeader": True, "sortBy": [], **omit(given, ("footer",))}
    return whole, fields


def logs(raw: Json) -> Drawn:
    """Two options more than grafanalib knows."""
    return {"enableInfiniteScrolling": False, "showLogContextToggle": False, **options(raw)}, defaults(raw)


def text(raw: Json) -> Drawn:
    """The mode "text" is gone: Grafana shows it as markdown (text panel migration)."""
    given = options(raw)
    return {**given, "mode": "markdown" if given.get("mode") == "text" else given.get("mode", "markdown")}, {}


def news(raw: Json) -> Drawn:
    """There is no proxy any more."""
    return omit(options(raw), ("useProxy",)), {}


def nothing(raw: Json) -> Drawn:
    """A kind that shows no data and has options of its own, written by hand."""
    return options(raw), {}


def _cells(given: Json) -> Json:
    whole = {"inspect": False, **omit(given, ("displayMode", "hidden"))}
    if "displayMode" in given:
        whole["cellOptions"] = cell_options(given["displayMode"])
    if given.get("hidden"):
        whole["hideFrom"] = {**HIDE_FROM, "viz": True}
    return whole


RULES: Mapping[str, Callable[[Json], Drawn]] = {
    "timeseries": timeseries,
    "barchart": barchart,
    "histogram": with_legend,
    "state-timeline": with_legend,
    "piechart": piechart,
    "table": table,
    "logs": logs,
    "heatmap": heatmap,
    "stat": stat,
    "gauge": gauge,
    "bargauge": bargauge,
    "text": text,
    "news": news,
    "dashlist": dashlist,
    "alertlist": alertlist,
    "annolist": nothing,
    # Shipped with Grafana 13.1; grafanalib has no class for them.
    **dict.fromkeys(("candlestick", "canvas", "debug", "flamegraph", "geomap", "logstable", "nodeGraph"), as_is),
    **dict.fromkeys(("status-history", "traces", "trend", "xychart"), as_is),
}

# Kinds that ask no data source.
WITHOUT_DATA = frozenset({"text", "news", "dashlist", "alertlist", "annolist"})
