"""Kinds that show one value: stat, gauge and bar gauge."""

from kit.draw.stock.parts import Drawn, defaults, legend, options, reduced
from kit.draw.stock.plain import Json, omit, pick, telling

_STAT: Json = {"percentChangeColorMode": "standard", "showPercentChange": False, "wideLayout": True}

# The look of before 13, which the gauge's own migration keeps too (shape marks the options as new).
_GAUGE: Json = {
    "barShape": "flat",
    "barWidthFactor": 0.5,
    "effects": {"gradient": False},
    "endpointMarker": "point",
    "minVizHeight": 75,
    "minVizWidth": 75,
    "orientation": "auto",
    "segmentCount": 1,
    "segmentSpacing": 0.3,
    "shape": "gauge",
    "sizing": "auto",
    "sparkline": False,
    "textMode": "auto",
}

_BARGAUGE: Json = {
    "displayMode": "gradient",
    "maxVizHeight": 300,
    "minVizHeight": 16,
    "minVizWidth": 8,
    "namePlacement": "auto",
    "orientation": "horizontal",
    "showUnfilled": True,
    "sizing": "auto",
    "valueMode": "color",
}
_BARGAUGE_OLD = ("fieldOptions", "showThresholdLabels", "showThresholdMarkers")
_GAUGE_OLD = ("calcs", "limit", "override", "title", "values")
_BY_THRESHOLDS: Json = {"color": {"mode": "thresholds"}}


def stat(raw: Json) -> Drawn:
    """Without the word "none" for no value."""
    return {**_STAT, **options(raw)}, telling(defaults(raw), {"noValue": "none"})


def gauge(raw: Json) -> Drawn:
    """grafanalib writes what belongs to the options into fieldConfig, where it vanishes (weaveworks/grafanalib#575)."""
    given = defaults(raw)
    marks = {"showThresholdLabels": False, "showThresholdMarkers": True, **raw.get("fieldConfig", {})}
    whole = {
        **_GAUGE,
        **pick(marks, ("showThresholdLabels", "showThresholdMarkers")),
        "reduceOptions": reduced(given),
        **options(raw),
    }
    return whole, {**_BY_THRESHOLDS, **omit(given, _GAUGE_OLD), **_display_name(given)}


def bargauge(raw: Json) -> Drawn:
    """grafanalib writes the form of before Grafana 7, which is read only without a pluginVersion (fieldOptions)."""
    given = options(raw)
    old: Json = given.get("fieldOptions", {})
    fields: Json = old.get("defaults", {})
    whole = {
        **_BARGAUGE,
        "legend": legend({"showLegend": False}),
        "reduceOptions": reduced(old),
        **omit(given, _BARGAUGE_OLD),
    }
    mapped = {"mappings": old["mappings"]} if old.get("mappings") else {}
    return whole, {**_BY_THRESHOLDS, **omit(fields, ("title",)), **_display_name(fields), **mapped, **defaults(raw)}


def _display_name(given: Json) -> Json:
    return {"displayName": given["title"]} if given.get("title") else {}
