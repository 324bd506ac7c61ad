"""What each kind of panel looks like: one function a kind, from a panel definition to options and field config."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from attrs import evolve

from kit.draw import style
from kit.draw.links import heading
from kit.draw.panel import Panel
from kit.model.signal import NO_DATA, View
from kit.model.unit import PERCENT, Unit

Json = dict[str, Any]
_HIDE_NOTHING = {"legend": False, "tooltip": False, "viz": False}
_REDUCE = {"calcs": ["lastNotNull"], "fields": "", "values": False}


@dataclass(frozen=True)
class Look:
    """What a kind contributes to a panel's JSON."""

    options: Json
    defaults: Json = field(default_factory=dict)
    overrides: list[Json] = field(default_factory=list)
    transformations: list[Json] = field(default_factory=list)


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


def _defaults(view: View, **more: Any) -> Json:
    unit = view.signal.unit or Unit("short")
    known: Json = {
        "color": {"mode": "thresholds"},
        "mappings": style.mappings(unit),
        "noValue": view.signal.nothing,
        "thresholds": style.thresholds(view),
        "unit": unit.grafana,
    }
    if unit.decimals is not None:
        known["decimals"] = unit.decimals
    return known | more


def _number(view: View, **more: Any) -> Json:
    """Defaults of the kinds that show one number each."""
    known = _defaults(view, **more)
    return known | {"mappings": [*known["mappings"], *style.none(view), style.nothing(view)]}


def _full(view: View) -> Json:
    """Bounds of a dial: 0, and what means full where the unit knows it."""
    top = view.signal.unit.top if view.signal.unit else None
    return {"min": 0} | ({"max": top} if top is not None else {})


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
        defaults=_defaults(view, color={"mode": "palette-classic"}, custom=custom, min=0),
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
        defaults=_number(panel.view),
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
        defaults=_number(panel.view, **_full(panel.view)),
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
            "namePlacement": "top" if len(panel.view.by_labels) > 1 and not compact else "auto",
            "orientation": "horizontal",
            "reduceOptions": _REDUCE,
            "showUnfilled": True,
            "sizing": "auto",
            "valueMode": "color",
        },
        defaults=_number(panel.view, **_full(panel.view)),
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
        defaults=_defaults(
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
        defaults=_defaults(panel.view, color={"mode": "palette-classic"}, custom={"hideFrom": _HIDE_NOTHING}),
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
            # Every rule of ours carries the label, and no other team's does.
            "alertInstanceLabelFilter": '{signal=~".+"}',
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


def _table(panel: Panel, compact: bool) -> Look:
    """A column for each line of each signal; Grafana names them `Value #A`, or `Value` when there is but one."""
    columns = [(view, name) for view in panel.views for name in view.lines]
    names = _columns(columns)
    fields = [f"Value #{ref(index)}" for index in range(len(columns))] if len(columns) > 1 else ["Value"]
    labels = panel.view.by_labels
    order = {label: index for index, label in enumerate(labels)} | {
        name: index + len(labels) for index, name in enumerate(fields)
    }
    return Look(
        options={
            "cellHeight": "sm",
            "frameIndex": 0,
            "showHeader": True,
            "sortBy": [{"desc": True, "displayName": names[0]}],
        },
        defaults={
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "inspect": False},
            "mappings": [],
            "noValue": panel.view.signal.nothing,
        },
        overrides=[
            _column(evolve(view, lines=(line,)), name) for (view, line), name in zip(columns, names, strict=True)
        ],
        transformations=[
            *([{"id": "merge", "options": {}}] if len(columns) > 1 else []),
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "includeByName": {},
                    "indexByName": order,
                    "renameByName": dict(zip(fields, names, strict=True)) | {label: heading(label) for label in labels},
                },
            },
        ],
    )


def _columns(columns: list[tuple[View, str]]) -> list[str]:
    """A heading each: the signal's title, the line's name, or both where one alone would not tell."""
    alone = len({view.signal.name for view, _ in columns}) == 1
    return [
        (name if alone and name else f"{view.signal.title} {name}".strip()) or view.signal.title
        for view, name in columns
    ]


def _column(view: View, name: str) -> Json:
    unit = view.signal.unit or Unit("short")
    properties: list[Json] = [{"id": "unit", "value": unit.grafana}]
    if unit.decimals is not None:
        properties.append({"id": "decimals", "value": unit.decimals})
    if mappings := [*style.mappings(unit), *style.none(view)]:
        properties.append({"id": "mappings", "value": mappings})
    if view.levels:
        properties.append({"id": "thresholds", "value": style.thresholds(view)})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def ref(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    return (ref(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


KINDS: dict[str, Callable[[Panel, bool], Look]] = {
    "alertlist": _alertlist,
    "bargauge": _bargauge,
    "gauge": _gauge,
    "heatmap": _heatmap,
    "logs": _logs,
    "piechart": _pie,
    "stat": _stat,
    "state-timeline": _states,
    "table": _table,
    "text": _text,
    "timeseries": _timeseries,
}
