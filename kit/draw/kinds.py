"""What each kind of panel looks like: one function a kind, from a panel definition to options and field config."""

from collections.abc import Callable
from typing import Any

from kit.draw import style
from kit.draw.looks import Look, defaults, full, number
from kit.draw.panel import Panel
from kit.draw.tables import ref, table
from kit.model.alert import HEARTBEAT
from kit.model.signal import NO_DATA, View
from kit.model.unit import PERCENT, Unit

Json = dict[str, Any]

__all__ = ["KINDS", "Look", "look", "ref"]

_HIDE_NOTHING = {"legend": False, "tooltip": False, "viz": False}
_REDUCE = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def look(panel: Panel, *, compact: bool) -> Look:
    """Options, field config and transformations of a panel; `compact` on landing pages."""
    return KINDS[panel.kind](panel, compact)


def _legend(view: View, compact: bool) -> Json:
    shown = len(view.lines) > 1 or bool(view.by_labels)
    if compact:
        # Beside the graph: below it, the legend of many series would take what little height there is.
        return {"calcs": [], "displayMode": "list", "placement": "right", "showLegend": shown}
    return {
        "calcs": ["mean", "max", "lastNotNull"],
        "displayMode": "table",
        "placement": "bottom",
        "showLegend": shown,
        "sortBy": "Last *",
        "sortDesc": True,
    }


def _timeseries(panel: Panel, compact: bool) -> Look:
    view = panel.view
    stacked = panel.more.get("stacked", False)
    counted = view.signal.logs  # lines of a log come in bursts, with nothing between them
    custom = {
        "axisBorderShow": False,
        "axisCenteredZero": False,
        "axisColorMode": "text",
        "axisLabel": "",
        "axisPlacement": "auto",
        # A share that is 0 throughout would get an axis up to 10,000 %.
        **({"axisSoftMax": 0.01} if view.signal.unit == PERCENT else {}),
        "barAlignment": 0,
        "drawStyle": "bars" if counted else "line",
        "fillOpacity": 80 if counted else 40 if stacked else 0 if view.by_labels else 10,
        "gradientMode": "none",
        "hideFrom": _HIDE_NOTHING,
        "insertNulls": False,
        "lineInterpolation": "linear",
        "lineWidth": 1 if stacked else 2,
        "pointSize": 5,
        "scaleDistribution": {"type": "linear"},
        "showPoints": "never",
        "spanNulls": False,
        "stacking": {"group": "A", "mode": "normal" if stacked else "none"},
        "thresholdsStyle": {"mode": "dashed" if view.levels else "off"},
    }
    return Look(
        options={
            "legend": _legend(view, compact),
            "tooltip": {"hideZeros": False, "mode": "multi", "sort": "desc"},
        },
        defaults=defaults(view, color={"mode": "palette-classic"}, custom=custom, min=0),
        overrides=[*style.line_colours(view), *style.exceptions(view)],
    )


def _stat(panel: Panel, compact: bool) -> Look:
    view = panel.view
    single = len(view.lines) == 1 and not view.by_labels  # several courses in one panel would hide the numbers
    # Where no series has a meaning of its own, an old value must not stand in for it.
    calc = "lastNotNull" if view.signal.nothing == NO_DATA else "last"
    return Look(
        options={
            "colorMode": "background" if panel.view.signal.unit and panel.view.signal.unit.names else "value",
            "graphMode": "area" if panel.more.get("spark") and single else "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": {**_REDUCE, "calcs": [calc]},
            "showPercentChange": False,
            "textMode": "auto",
            "wideLayout": True,
        },
        defaults=number(panel.view),
        overrides=style.exceptions(panel.view),
    )


def _gauge(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            "barShape": "flat",
            "barWidthFactor": 0.5,
            "effects": {"gradient": False},
            "endpointMarker": "point",
            "minVizHeight": 75,
            "minVizWidth": 75,
            "orientation": "auto",
            "reduceOptions": _REDUCE,
            "segmentCount": 1,
            "segmentSpacing": 0.3,
            "shape": "gauge",
            "showThresholdLabels": False,
            "showThresholdMarkers": True,
            "sizing": "auto",
            "sparkline": False,
            "textMode": "auto",
        },
        defaults=number(panel.view, **full(panel.view)),
        overrides=style.exceptions(panel.view),
    )


def _bargauge(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            "displayMode": "basic",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "maxVizHeight": 300,
            "minVizHeight": 16,
            "minVizWidth": 8,
            "namePlacement": "left" if compact else "auto",
            "orientation": "horizontal",
            "reduceOptions": _REDUCE,
            "showUnfilled": True,
            "sizing": "auto",
            # In little room Grafana would shrink them beyond reading.
            "text": {"titleSize": 13, "valueSize": 16},
            "valueMode": "color",
        },
        defaults=number(panel.view, **full(panel.view)),
        overrides=style.exceptions(panel.view),
    )


def _heatmap(panel: Panel, compact: bool) -> Look:
    unit = panel.view.signal.unit or Unit("short")
    return Look(
        options={
            "calculate": False,
            "cellGap": 1,
            "cellValues": {"unit": "reqps"},
            "color": {
                "exponent": 0.5,
                "fill": "dark-orange",
                "mode": "scheme",
                "reverse": False,
                "scale": "exponential",
                "scheme": "Oranges",
                "steps": 64,
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "filterValues": {"le": 1e-09},
            "legend": {"show": True},
            "rowsFrame": {"layout": "auto"},
            "showValue": "never",
            "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
            "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit.grafana},
        },
        defaults={
            "custom": {"hideFrom": _HIDE_NOTHING, "scaleDistribution": {"type": "linear"}},
            "noValue": panel.view.signal.nothing,
            "unit": unit.grafana,
        },
    )


def _states(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            "alignValue": "left",
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": False},
            "mergeValues": True,
            "rowHeight": 0.9,
            "showValue": "never",
            "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
        },
        # Without empty steps Grafana writes thresholds ("< 80") over the names of the states.
        defaults=defaults(
            panel.view,
            custom={"fillOpacity": 70, "hideFrom": _HIDE_NOTHING, "lineWidth": 0},
            thresholds={"mode": "absolute", "steps": []},
        ),
    )


def _pie(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            "displayLabels": ["percent"],
            "legend": {
                "calcs": [],
                "displayMode": "table",
                "placement": "right",
                "showLegend": True,
                "values": ["value"],
            },
            "orientation": "auto",
            "pieType": "donut",
            "reduceOptions": _REDUCE,
            "sort": "desc",
            "tooltip": {"hideZeros": False, "mode": "single", "sort": "none"},
        },
        defaults=defaults(panel.view, color={"mode": "palette-classic"}, custom={"hideFrom": _HIDE_NOTHING}),
        overrides=style.line_colours(panel.view),
    )


def _logs(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            "dedupStrategy": "none",
            "enableInfiniteScrolling": False,
            "enableLogDetails": True,
            "prettifyLogMessage": False,
            "showCommonLabels": False,
            "showLabels": False,
            "showLogContextToggle": True,
            "showTime": True,
            "sortOrder": "Descending",
            "wrapLogMessage": True,
        },
    )


def _alertlist(panel: Panel, compact: bool) -> Look:
    return Look(
        options={
            # Every rule of ours carries the label, and no other team's does. The Watchdog always fires: no problem.
            "alertInstanceLabelFilter": f'{{signal=~".+",severity!="{HEARTBEAT}"}}',
            "alertName": "",
            "dashboardAlerts": False,
            "datasource": panel.more["rules_in"],
            "groupBy": [],
            "groupMode": "default",
            "maxItems": 20,
            "sortOrder": 3,
            "stateFilter": {
                "error": True,
                "firing": True,
                "noData": False,
                "normal": False,
                "pending": True,
                "recovering": True,
            },
            "viewMode": "list",
        },
    )


def _text(panel: Panel, compact: bool) -> Look:
    return Look(options={"content": panel.more["markdown"], "mode": "markdown"})


KINDS: dict[str, Callable[[Panel, bool], Look]] = {
    "alertlist": _alertlist,
    "bargauge": _bargauge,
    "gauge": _gauge,
    "heatmap": _heatmap,
    "logs": _logs,
    "piechart": _pie,
    "stat": _stat,
    "state-timeline": _states,
    "table": table,
    "text": _text,
    "timeseries": _timeseries,
}
