"""Every class of grafanalib's core that draws a panel or a variable: right, or refused by name.

The classes are found by looking, so a class that is in core and in neither table fails here.
"""

import copy
import inspect
import json

import attr
import pytest
from grafanalib import core

from kit.draw import stock

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
LOKI = {"type": "loki", "uid": "loki"}
SOURCES = {"default": PROMETHEUS, "${datasource}": PROMETHEUS, "Prometheus": PROMETHEUS, "Loki": LOKI}
PLACE = core.GridPos(h=8, w=12, x=0, y=0)
ABSENT = object()

# Grafana's conversion to v2 takes any other key at the root for Angular data (v1_to_v2alpha1.go).
ROOT = {
    *("type", "id", "pluginVersion", "targets", "title", "description", "transparent", "datasource", "gridPos"),
    *("links", "repeat", "repeatDirection", "maxPerRow", "maxDataPoints", "transformations", "interval", "timeFrom"),
    *("timeShift", "hideTimeOverride", "timeCompare", "libraryPanel", "cacheTimeout", "queryCachingTTL", "options"),
    "fieldConfig",
}
ROW = {"type", "id", "title", "collapsed", "gridPos", "panels", "repeat"}

LEVELS = [core.Threshold("green", 0, 0.0), core.Threshold("red", 1, 80.0)]
STEPS = [{"color": "green"}, {"color": "red", "value": 80}]
MAPPINGS = [
    core.StatValueMappings(core.StatValueMappingItem("Down", "0", "red"), core.StatValueMappingItem("Up", "1")),
    core.StatRangeMappings("low", 2, 10, "blue"),
]
MAPPED = [
    {"type": "value", "options": {"0": {"color": "red", "index": 0, "text": "Down"}, "1": {"index": 1, "text": "Up"}}},
    {"type": "range", "options": {"from": 2, "to": 10, "result": {"color": "blue", "index": 2, "text": "low"}}},
]
OVERRIDES = [{"matcher": {"id": "byName", "options": "5xx"}, "properties": [{"id": "unit", "value": "s"}]}]
COMMON = {
    "gridPos": PLACE,
    "dataSource": "${datasource}",
    "targets": [core.Target(expr="up")],
    "title": "T",
    "description": "d",
}
LEGEND = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
TOOLTIP = {"hideZeros": False, "mode": "single", "sort": "none"}
HIDDEN = {**LEGEND, "showLegend": False}

# class: (what it is made with, {path in the JSON: value}); at least all that grafanalib gets wrong for the class.
DRAWN = {
    core.TimeSeries: (
        COMMON
        | {
            "axisSoftMax": 7,
            "extraJson": {"fieldConfig": {"defaults": {"custom": {"stacking": {"group": "B"}}}}},
            "legendDisplayMode": "hidden",
            "links": [core.DataLink("runbook", "https://e/", True)],
            "mappings": MAPPINGS,
            "overrides": OVERRIDES,
            "repeat": core.Repeat("h", "instance", 3),
            "scaleDistributionType": "log",
            "stacking": {"mode": "normal"},
            "thresholds": LEVELS,
            "tooltipMode": "multi",
            "unit": "s",
            "valueMin": 0,
        },
        {
            "datasource": PROMETHEUS,
            "fieldConfig.defaults.custom.axisSoftMax": 7,
            "fieldConfig.defaults.custom.axisSoftMin": ABSENT,
            "fieldConfig.defaults.custom.scaleDistribution": {"log": 2, "type": "log"},
            "fieldConfig.defaults.custom.stacking": {"group": "B", "mode": "normal"},
            "fieldConfig.defaults.mappings": MAPPED,
            "fieldConfig.defaults.max": ABSENT,
            "fieldConfig.defaults.min": 0,
            "fieldConfig.defaults.thresholds": {"mode": "absolute", "steps": STEPS},
            "fieldConfig.overrides": OVERRIDES,
            "links.0.type": "link",
            "maxDataPoints": ABSENT,
            "maxPerRow": 3,
            "options.legend": HIDDEN,
            "options.tooltip": TOOLTIP | {"mode": "multi"},
            "pluginVersion": "13.1.0",
            "repeat": "instance",
            "repeatDirection": "h",
            "targets.0.datasource": PROMETHEUS,
            "targets.0.refId": "A",
            "transparent": ABSENT,
        },
    ),
    core.Stat: (
        COMMON
        | {"color": "red", "format": "percentunit", "reduceCalc": "lastNotNull"}
        | {"mappings": [core.StatMapping("Down", mapValue="0"), core.StatRangeMapping("low", "1", "2.5")]}
        | {"extraJson": {"maxDataPoints": 500}},
        {
            "fieldConfig.defaults.color": {"fixedColor": "red", "mode": "fixed"},
            "fieldConfig.defaults.custom": ABSENT,
            "fieldConfig.defaults.mappings": [
                {"type": "value", "options": {"0": {"index": 0, "text": "Down"}}},
                {"type": "range", "options": {"from": 1, "to": 2.5, "result": {"index": 1, "text": "low"}}},
            ],
            # Neither of them injected by the migration that a missing pluginVersion starts.
            "fieldConfig.defaults.max": ABSENT,
            "fieldConfig.defaults.min": ABSENT,
            "fieldConfig.defaults.noValue": ABSENT,
            "fieldConfig.defaults.thresholds": {"mode": "absolute", "steps": [{"color": "green"}]},
            "maxDataPoints": 500,
            "options.percentChangeColorMode": "standard",
            "options.reduceOptions.calcs": ["lastNotNull"],
            "options.wideLayout": True,
        },
    ),
    core.GaugePanel: (
        COMMON
        | {"allValues": True, "calc": "max", "decimals": 1, "format": "percent", "label": "share", "limit": 5}
        | {"dataLinks": [core.DataLink("logs", "https://l/")], "max": 50, "thresholdLabels": True}
        | {"thresholdMarkers": False, "valueMaps": MAPPINGS},
        {
            "fieldConfig.defaults.calcs": ABSENT,
            "fieldConfig.defaults.color": {"mode": "thresholds"},
            "fieldConfig.defaults.decimals": 1,
            "fieldConfig.defaults.displayName": "share",
            "fieldConfig.defaults.limit": ABSENT,
            "fieldConfig.defaults.links": [{"targetBlank": False, "title": "logs", "url": "https://l/"}],
            "fieldConfig.defaults.mappings": MAPPED,
            "fieldConfig.defaults.max": 50,
            "fieldConfig.defaults.min": 0,
            "fieldConfig.defaults.override": ABSENT,
            "fieldConfig.defaults.thresholds.steps": STEPS,
            "fieldConfig.defaults.title": ABSENT,
            "fieldConfig.defaults.values": ABSENT,
            "fieldConfig.overrides": [],
            "fieldConfig.showThresholdLabels": ABSENT,
            "options.reduceOptions": {"calcs": ["max"], "fields": "", "limit": 5, "values": True},
            "options.shape": "gauge",
            "options.showThresholdLabels": True,
            "options.showThresholdMarkers": False,
        },
    ),
    core.BarGauge: (
        COMMON
        | {"allValues": True, "calc": "max", "decimals": 0, "displayMode": "basic", "format": "s", "label": "age"}
        | {"dataLinks": [core.DataLink("logs", "https://l/")], "limit": 3, "max": None, "orientation": "vertical"}
        | {"valueMaps": [core.ValueMap("Down", 0), core.RangeMap(1, 2, "low")]},
        {
            "fieldConfig.defaults.color": {"mode": "thresholds"},
            "fieldConfig.defaults.decimals": 0,
            "fieldConfig.defaults.displayName": "age",
            "fieldConfig.defaults.links.0.title": "logs",
            "fieldConfig.defaults.mappings": [
                {"type": "value", "options": {"0": {"index": 0, "text": "Down"}}},
                {"type": "range", "options": {"from": 1, "to": 2, "result": {"index": 1, "text": "low"}}},
            ],
            "fieldConfig.defaults.max": ABSENT,
            "fieldConfig.defaults.min": 0,
            "fieldConfig.defaults.thresholds": {"mode": "absolute", "steps": STEPS},
            "fieldConfig.defaults.unit": "s",
            "fieldConfig.overrides": [],
            "options.displayMode": "basic",
            "options.fieldOptions": ABSENT,
            "options.orientation": "vertical",
            "options.reduceOptions": {"calcs": ["max"], "fields": "", "limit": 3, "values": True},
            "options.showThresholdMarkers": ABSENT,
            "options.valueMode": "color",
        },
    ),
    core.Table: (
        COMMON
        | {"align": "left", "colorMode": "continuous-GrYlRd", "displayMode": "lcd-gauge", "filterable": True}
        | {"mappings": MAPPINGS, "sortBy": [core.TableSortByField("Value", True)], "unit": "s"}
        | {"targets": [core.Target(expr="up", instant=True)]}
        | {
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": "Value"},
                    "properties": [
                        {"id": "custom.displayMode", "value": "color-background-solid"},
                        {"id": "custom.hidden", "value": True},
                        {"id": "thresholds", "value": {"mode": "absolute", "steps": LEVELS}},
                        {"id": "mappings", "value": [core.StatValueMapping("Down", "0")]},
                    ],
                }
            ]
        },
        {
            "color": ABSENT,
            "columns": ABSENT,
            "fontSize": ABSENT,
            "mappings": ABSENT,
            "fieldConfig.defaults.color": {"mode": "continuous-GrYlRd"},
            "fieldConfig.defaults.custom": {
                "align": "left",
                "cellOptions": {"mode": "lcd", "type": "gauge"},
                "filterable": True,
                "inspect": False,
            },
            "fieldConfig.defaults.mappings": MAPPED,
            "fieldConfig.defaults.thresholds": ABSENT,
            "fieldConfig.overrides.0.properties": [
                {"id": "custom.cellOptions", "value": {"mode": "basic", "type": "color-background"}},
                {"id": "custom.hideFrom.viz", "value": True},
                {"id": "thresholds", "value": {"mode": "absolute", "steps": STEPS}},
                {"id": "mappings", "value": [{"type": "value", "options": {"0": {"index": 0, "text": "Down"}}}]},
            ],
            "options.cellHeight": "sm",
            "options.sortBy": [{"desc": True, "displayName": "Value"}],
            "targets.0.format": "table",
            "targets.0.instant": True,
            "targets.0.range": False,
        },
    ),
    core.Heatmap: (
        COMMON
        | {
            "cards": {"cardPadding": 3, "cardRound": 2},
            "color": core.HeatmapColor(colorScale="linear", colorScheme="interpolateYlOrRd", min=9, max=1),
            "dataFormat": "timeseries",
            "legend": {"show": True},
            "reverseYBuckets": True,
            "xBucketNumber": 30,
            "yAxis": core.YAxis(decimals=1, format="s", label="time", min=0, show=False),
            "yBucketBound": "upper",
            "yBucketSize": 5,
        },
        {
            "cards": ABSENT,
            "fieldConfig": ABSENT,
            "options.calculate": True,
            "options.calculation": {
                "xBuckets": {"mode": "count", "value": "30"},
                "yBuckets": {"mode": "size", "value": "5"},
            },
            "options.cellGap": 3,
            "options.cellRadius": 2,
            "options.color": {
                "exponent": 0.5,
                "fill": "#b4ff00",
                "max": 9,
                "min": 1,
                "mode": "scheme",
                "reverse": True,
                "scale": "linear",
                "scheme": "YlOrRd",
                "steps": 64,
            },
            "options.legend.show": True,
            "options.rowsFrame.layout": "ge",
            "options.tooltip.mode": "single",
            "options.yAxis": {
                "axisLabel": "time",
                "axisPlacement": "hidden",
                "decimals": 1,
                "min": 0,
                "reverse": True,
                "unit": "s",
            },
        },
    ),
    core.Logs: (
        COMMON
        | {"dataSource": "Loki", "showTime": True, "wrapLogMessages": True}
        | {"targets": [core.Target(expr='{job="x"}', legendFormat="")]},
        {
            "fieldConfig": ABSENT,
            "options.showLogContextToggle": False,
            "options.wrapLogMessage": True,
            "targets": [
                {"datasource": LOKI, "editorMode": "code", "expr": '{job="x"}', "queryType": "range", "refId": "A"}
            ],
        },
    ),
    core.Text: (
        COMMON | {"content": "# hi", "mode": "text", "transparent": True},
        {
            "datasource": ABSENT,
            "error": ABSENT,
            "fieldConfig": ABSENT,
            "options": {"content": "# hi", "mode": "markdown"},
            "targets": ABSENT,
            "transparent": True,
        },
    ),
    core.News: (
        COMMON | {"feedUrl": "https://x/rss", "showImage": False},
        {"datasource": ABSENT, "fieldConfig": ABSENT, "options": {"feedUrl": "https://x/rss", "showImage": False}},
    ),
    core.RowPanel: (
        {"collapsed": True, "gridPos": core.GridPos(1, 24, 0, 0), "repeat": core.Repeat("h", "instance"), "title": "R"}
        | {"panels": [core.Text(gridPos=PLACE, content="x")]},
        {
            "collapsed": True,
            "panels": [
                {
                    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
                    "options": {"content": "x", "mode": "markdown"},
                    "pluginVersion": "13.1.0",
                    "type": "text",
                }
            ],
            "repeat": "instance",
            "title": "R",
        },
    ),
    core.StateTimeline: (
        COMMON | {"legendDisplayMode": "hidden", "mappings": MAPPINGS, "rowHeight": 1.0},
        {
            "fieldConfig.defaults.mappings": MAPPED,
            # Any step would hide the texts of the mappings.
            "fieldConfig.defaults.thresholds": {"mode": "absolute", "steps": []},
            "options.legend": HIDDEN,
            "options.rowHeight": 1,
            "options.tooltip": TOOLTIP,
        },
    ),
    core.PieChartv2: (
        COMMON | {"legendDisplayMode": "table", "legendValues": ["percent"], "pieType": "donut", "unit": "short"},
        {
            "fieldConfig.defaults.custom": {"hideFrom": {"legend": False, "tooltip": False, "viz": False}},
            "options.displayLabels": [],
            "options.legend": LEGEND | {"displayMode": "table", "values": ["percent"]},
            "options.reduceOptions.calcs": ["lastNotNull"],
            "options.sort": "desc",
            "options.tooltip": TOOLTIP,
        },
    ),
    core.Histogram: (
        COMMON | {"bucketSize": 5, "combine": True},
        {"options": {"bucketOffset": 0, "bucketSize": 5, "combine": True, "legend": LEGEND, "tooltip": TOOLTIP}},
    ),
    core.BarChart: (
        COMMON | {"colorMode": "palette-classic", "showLegend": False, "legendDisplayMode": "table"},
        {
            "fieldConfig.defaults.color": {"mode": "palette-classic"},
            "fieldConfig.defaults.thresholds.steps": STEPS,
            "options.barRadius": 0,
            "options.fullHighlight": False,
            "options.legend": LEGEND | {"displayMode": "table", "showLegend": False},
            "options.tooltip": TOOLTIP,
            "options.xTickLabelMaxLength": 0,
        },
    ),
    core.AlertList: (
        {"gridPos": PLACE, "title": "T", "limit": 5, "nameFilter": "disk", "onlyAlertsOnDashboard": False}
        | {"sortOrder": 3, "stateFilter": ["alerting", "pending"], "links": [core.DataLink("x", "https://e/")]},
        {
            "description": ABSENT,
            "limit": ABSENT,
            "options.alertName": "disk",
            "options.dashboardAlerts": False,
            "options.maxItems": 5,
            "options.sortOrder": 3,
            "options.stateFilter": {
                "error": False,
                "firing": True,
                "noData": False,
                "normal": False,
                "pending": True,
                "recovering": True,
            },
            "show": ABSENT,
            "stateFilter": ABSENT,
        },
    ),
    core.DashboardList: (
        COMMON
        | {"maxItems": 7, "searchQuery": "q", "searchTags": ["a"], "showHeadings": False, "showRecent": True}
        | {"showSearch": True, "showStarred": False},
        {
            "datasource": ABSENT,
            "headings": ABSENT,
            "options": {
                "includeVars": False,
                "keepTime": False,
                "maxItems": 7,
                "query": "q",
                "showFolderNames": True,
                "showHeadings": False,
                "showRecentlyViewed": True,
                "showSearch": True,
                "showStarred": False,
                "tags": ["a"],
            },
            "tags": ABSENT,
        },
    ),
}

# class: (what it is made with, what the refusal names).
REFUSED = {
    core.Panel: ({}, "a class of its own"),
    core.Graph: ({}, "TimeSeries"),
    core.SingleStat: ({}, "Stat"),
    core.PieChart: ({}, "PieChartv2"),
    core.Worldmap: ({}, "geomap"),
    core.Discrete: ({}, "StateTimeline"),
    core.Statusmap: ({}, "status-history"),
    core.Svg: ({"svgFilePath": "/no/such/file"}, "canvas"),
    core.ePict: ({}, "plugins"),
    core.Ae3ePlotly: ({}, "plugins"),
    core.Row: ({}, "RowPanel"),
}
# No panel of its own; plugins that still load.
LOADABLE = {core.Panel, core.ePict, core.Ae3ePlotly}
VARIABLES = {core.Template}


def draw(panel, **more):
    return stock.panel(panel, datasources=SOURCES, plugin_version="13.1.0", **more)


def at(value, path):
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)]
        elif key in value:
            value = value[key]
        else:
            return ABSENT
    return value


def nulls(value):
    if isinstance(value, dict):
        return any(nulls(inner) for inner in value.values())
    return value is None or (isinstance(value, list) and any(nulls(inner) for inner in value))


def classes():
    return {cls for _, cls in inspect.getmembers(core, inspect.isclass) if cls.__module__ == core.__name__}


def drawing():
    """A panel of a dashboard is what dashboards can walk over (auto_panel_ids), the dashboard itself aside."""
    return {cls for cls in classes() if hasattr(cls, "_map_panels")} - {core.Dashboard}


def choosing():
    """A variable is what has a name, a query and a default."""
    needed = {"name", "query", "default"}
    return {cls for cls in classes() if attr.has(cls) and needed <= {field.name for field in attr.fields(cls)}}


def test_every_class_that_draws_a_panel_is_drawn_or_refused():
    assert drawing() == DRAWN.keys() | REFUSED.keys()
    assert not DRAWN.keys() & REFUSED.keys()


def test_every_class_that_is_a_variable_is_known():
    assert choosing() == VARIABLES


def test_looking_for_classes_finds_them():
    assert {core.TimeSeries, core.AlertList, core.Row} <= drawing()


CASES = [pytest.param(cls, *case, id=cls.__name__) for cls, case in DRAWN.items()]
BARE = [pytest.param(cls, id=cls.__name__) for cls in DRAWN]


@pytest.mark.parametrize(("cls", "given", "wanted"), CASES)
def test_a_stock_class_comes_out_right(cls, given, wanted):
    drawn = draw(cls(**given))
    assert {path: at(drawn, path) for path in wanted} == wanted


@pytest.mark.parametrize(("cls", "given", "_"), CASES)
def test_what_comes_out_is_canonical(cls, given, _):
    drawn = draw(cls(**given))
    assert drawn.keys() <= (ROW if cls is core.RowPanel else ROOT)
    assert not nulls(drawn)
    assert draw(drawn) == drawn
    assert json.loads(json.dumps(drawn)) == drawn


@pytest.mark.parametrize("cls", BARE)
def test_a_stock_class_without_arguments_is_canonical_too(cls):
    drawn = draw(cls())
    assert drawn.keys() <= (ROW if cls is core.RowPanel else ROOT)
    assert not nulls(drawn)
    assert drawn.keys().isdisjoint({"id", "gridPos", "title"})
    assert draw(drawn) == drawn


@pytest.mark.parametrize(("cls", "given", "_"), CASES)
def test_nothing_that_is_given_is_changed(cls, given, _):
    panel = cls(**copy.deepcopy(given))
    before = copy.deepcopy(panel)
    first = draw(panel)
    assert panel == before
    first.setdefault("options", {})["changed"] = True
    assert "changed" not in draw(panel).get("options", {})


@pytest.mark.parametrize(("cls", "given", "words"), [pytest.param(c, *v, id=c.__name__) for c, v in REFUSED.items()])
def test_a_class_that_cannot_be_drawn_is_refused_by_name(cls, given, words):
    with pytest.raises(stock.Refused) as refused:
        draw(cls(title="CPU", **given))
    sentence = str(refused.value)
    assert sentence.startswith(f"{cls.__name__} 'CPU': ")
    assert words in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("cls", [cls for cls in REFUSED if cls not in LOADABLE], ids=lambda cls: cls.__name__)
def test_a_class_that_is_gone_is_refused_before_it_is_asked_for_its_json(cls):
    def fails(self):
        raise AssertionError("asked")

    with pytest.raises(stock.Refused, match="^Mine 'x': Grafana 13 does not draw it: use"):
        draw(type("Mine", (cls,), {"to_json_data": fails})(title="x"))


@pytest.mark.parametrize("cls", [cls for cls in DRAWN if cls is not core.RowPanel], ids=lambda cls: cls.__name__)
def test_a_refused_parent_refuses_its_children(cls):
    child = type("Mine", (core.Graph,), {})
    with pytest.raises(stock.Refused, match=r"Mine 'x'.*TimeSeries"):
        draw(child(title="x"))
    assert draw(type("Mine", (cls,), {})(title="x"))["title"] == "x"
