"""Rules that hold for every kind of panel."""

import pytest
from grafanalib import core

from kit.check import schemas
from kit.draw import stock

PROMETHEUS = {"type": "prometheus", "uid": "p"}
LOKI = {"type": "loki", "uid": "l"}
MIXED = {"type": "datasource", "uid": "-- Mixed --"}
SOURCES = {"default": PROMETHEUS, "Prometheus": PROMETHEUS, "Loki": LOKI, "sql": {"type": "mysql", "uid": "m"}}


def draw(panel, **more):
    return stock.panel(panel, datasources=SOURCES, plugin_version="13.1.0", **more)


def asked(*targets, source=None, cls=core.TimeSeries):
    drawn = draw(cls(title="T", dataSource=source, targets=list(targets)))
    return drawn["datasource"], drawn["targets"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, PROMETHEUS),
        ("Loki", LOKI),
        ("l", LOKI),
        ({"uid": "l"}, LOKI),
        ({"type": "tempo", "uid": "t"}, {"type": "tempo", "uid": "t"}),
        ("-- Dashboard --", {"type": "datasource", "uid": "-- Dashboard --"}),
    ],
)
def test_a_data_source_becomes_a_reference(given, wanted):
    source, targets = asked(core.Target(expr="up"), source=given)
    assert source == targets[0]["datasource"] == wanted


@pytest.mark.parametrize("given", ["Promehteus", {"uid": "nobody"}])
def test_an_unknown_data_source_is_refused(given):
    with pytest.raises(stock.Refused, match=r"TimeSeries 'T': data source '\w+' is unknown: use one of"):
        asked(core.Target(expr="up"), source=given)


def test_a_panel_of_several_data_sources_is_mixed():
    both = (core.Target(expr="up", datasource="Prometheus"), core.Target(expr="{}", datasource="Loki"))
    assert asked(*both)[0] == MIXED
    assert asked(*both, source="-- Mixed --")[0] == MIXED
    assert asked(both[1], source="-- Mixed --")[0] == LOKI
    expression = {"type": "math", "expression": "$A", "datasource": {"type": "__expr__", "uid": "__expr__"}}
    assert asked(both[1], expression)[0] == LOKI


def test_a_panel_whose_queries_all_say_their_source_needs_no_default():
    given = core.Stat(targets=[core.Target(expr="up", datasource="Loki")])
    drawn = stock.panel(given, datasources={"Loki": LOKI}, plugin_version="13.1.0")
    assert drawn["datasource"] == LOKI


def test_panels_in_a_row_are_judged_as_the_objects_they_are():
    def row(inner):
        return core.RowPanel(title="R", collapsed=True, panels=[inner])

    with pytest.raises(stock.Refused, match="^Svg 'x'"):
        draw(row(core.Svg(title="x", svgFilePath="/no/such/file")))
    with pytest.raises(stock.Refused, match="^GaugePanel 'x': .*rangeMaps"):
        draw(row(core.GaugePanel(title="x", rangeMaps=[core.RangeMap(1, 2, "x")])))


@pytest.mark.parametrize("cls", [core.GaugePanel, core.Stat, core.DashboardList, core.Table, core.BarGauge])
def test_what_comes_out_belongs_to_the_caller(cls):
    def spoil(value):
        for inner in list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []:
            spoil(inner)
        if isinstance(value, dict | list):
            value.clear()

    before = draw(cls(title="T"))
    spoil(draw(cls(title="T")))
    assert draw(cls(title="T")) == before


def test_every_query_gets_a_ref_id():
    targets = [core.Target(expr="a"), core.Target(expr="b", refId="A"), *(core.Target(expr="c") for _ in range(26))]
    names = [each["refId"] for each in asked(*targets)[1]]
    assert names[:3] == ["B", "A", "C"]
    assert names[-1] == "AB"
    assert len(set(names)) == 28
    with pytest.raises(stock.Refused, match="one refId"):
        asked(core.Target(refId="A"), core.Target(refId="A"))


def test_a_query_of_prometheus_has_only_its_own_keys():
    _, [first, second] = asked(
        core.Target(expr="up"), core.Target(expr="up", instant=True, hide=True, interval="1m", intervalFactor=4)
    )
    base = {"datasource": PROMETHEUS, "editorMode": "code", "expr": "up", "format": "time_series"}
    assert first == base | {"instant": False, "legendFormat": "__auto", "range": True, "refId": "A"}
    assert second == base | {"instant": True, "legendFormat": "__auto", "range": False, "refId": "B"} | {
        "hide": True,
        "interval": "1m",
        "intervalFactor": 4,
    }


def test_a_query_of_another_data_source_loses_what_target_adds():
    _, [query] = asked(core.SqlTarget(rawSql="select 1", format="table"), source="sql")
    assert query == {
        "datasource": SOURCES["sql"],
        "format": "table",
        "rawQuery": True,
        "rawSql": "select 1",
        "refId": "A",
    }
    _, [graphite] = asked(core.Target(target="a.b.c"), source={"type": "graphite", "uid": "g"})
    assert graphite["target"] == "a.b.c"
    assert graphite.keys() == {"datasource", "format", "refId", "target"}


@pytest.mark.parametrize(
    ("repeat", "wanted"),
    [
        (core.Repeat("h", None, 4), {}),
        (core.Repeat(None, "x", None), {"repeat": "x", "repeatDirection": "h"}),
        (core.Repeat("v", "x", 4), {"repeat": "x", "repeatDirection": "v"}),
        (core.Repeat("h", "x", 4), {"repeat": "x", "repeatDirection": "h", "maxPerRow": 4}),
    ],
)
def test_repeating_is_all_or_nothing(repeat, wanted):
    drawn = draw(core.TimeSeries(repeat=repeat))
    assert {key: value for key, value in drawn.items() if key in {"repeat", "repeatDirection", "maxPerRow"}} == wanted


@pytest.mark.parametrize("steps", [[], ""])
def test_empty_thresholds_go_but_for_what_would_be_grey(steps):
    base = {"mode": "absolute", "steps": [{"color": "green"}]}
    assert "thresholds" not in draw(core.TimeSeries(thresholds=steps))["fieldConfig"]["defaults"]
    for cls in (core.Stat, core.GaugePanel, core.BarGauge):
        given = [] if cls is core.BarGauge or cls is core.GaugePanel else steps
        assert draw(cls(thresholds=given))["fieldConfig"]["defaults"]["thresholds"] == base


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        ("auto", {"type": "auto"}),
        ("basic", {"mode": "basic", "type": "gauge"}),
        ("gradient-gauge", {"mode": "gradient", "type": "gauge"}),
        ("lcd-gauge", {"mode": "lcd", "type": "gauge"}),
        ("color-text", {"type": "color-text"}),
        ("color-background", {"mode": "gradient", "type": "color-background"}),
        ("color-background-solid", {"mode": "basic", "type": "color-background"}),
        ("json-view", {"type": "json-view"}),
    ],
)
def test_every_display_mode_of_a_table(mode, wanted):
    assert draw(core.Table(displayMode=mode))["fieldConfig"]["defaults"]["custom"]["cellOptions"] == wanted


def test_what_is_said_at_the_root_is_kept():
    said = {"cacheTimeout": "60", "hideTimeOverride": True, "interval": "1m", "timeFrom": "1h", "timeShift": "1d"}
    drawn = draw(core.Stat(**said, extraJson={"queryCachingTTL": 5, "timeCompare": "1d"}))
    assert {**said, "queryCachingTTL": 5, "timeCompare": "1d"}.items() <= drawn.items()
    silent = draw(core.Stat(**dict.fromkeys(("description", "interval", "timeFrom", "timeShift"), "")))
    assert silent.keys() == {"fieldConfig", "options", "pluginVersion", "type"}


def test_json_of_gauges_is_made_whole():
    gauge = draw({"type": "gauge", "fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "red"}]}}}})
    options = gauge["options"]
    assert (options["showThresholdLabels"], options["showThresholdMarkers"]) == (False, True)
    assert options["reduceOptions"] == {"calcs": ["mean"], "fields": "", "values": False}
    assert gauge["fieldConfig"]["defaults"]["thresholds"] == {"mode": "absolute", "steps": [{"color": "red"}]}
    bars = draw({"type": "bargauge"})["options"]
    assert (bars["displayMode"], bars["orientation"], bars["legend"]["showLegend"]) == ("gradient", "horizontal", False)


def test_percentage_thresholds_stay_so():
    drawn = draw(core.TimeSeries(thresholds=[core.Threshold("green", 0, 0.0)], thresholdType="percentage"))
    assert drawn["fieldConfig"]["defaults"]["thresholds"] == {"mode": "percentage", "steps": [{"color": "green"}]}


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        (core.TimeSeries(thresholds=[core.GraphThreshold(1.0)]), "use Threshold"),
        (core.Stat(thresholds=[core.Threshold("a", 0, 0.0), core.Threshold("b", 0, 9.0)]), "'b' is lost"),
        (core.Stat(mappings=[core.StatRangeMapping("x", "one", "2")]), "'one' ends no range"),
        (core.GaugePanel(rangeMaps=[core.RangeMap(1, 2, "x")]), "StatRangeMappings in valueMaps"),
        (core.BarGauge(rangeMaps=[core.RangeMap(1, 2, "x")]), "StatRangeMappings in valueMaps"),
        (core.BarChart(thresholds=[core.Threshold("a", 0, 0.0)]), "thresholdSteps"),
        (core.Table(columns=[core.Column()]), "transformation 'reduce'"),
        (core.Table(fontSize="80%"), "cellHeight"),
        (core.Table(extraJson={"options": {"footer": {"show": True}}}), "footer.reducers"),
        (core.News(useProxy=True), "feedUrl"),
        (core.AlertList(show="changes"), "annolist"),
        (core.AlertList(dashboardTags=["x"]), "onlyAlertsOnDashboard"),
        (core.AlertList(stateFilter=["paused"]), "'paused' is no state"),
        (core.AlertList(nameFilter="a", alertName="b"), "alertName"),
        (core.Heatmap(color=core.HeatmapColor(colorScheme="interpolateGnYlRd")), "GnYlRd"),
        (core.Heatmap(color=core.HeatmapColor(colorScale="log")), "colorScale 'log'"),
        (core.RowPanel(panels=[core.Text()]), "collapsed=True"),
    ],
)
def test_what_would_be_lost_is_refused(panel, words):
    panel.title = "T"
    with pytest.raises(stock.Refused, match=f"^{type(panel).__name__} 'T': .*{words}"):
        draw(panel)


@pytest.mark.parametrize(
    ("kind", "instead"),
    [
        ("graph", "use TimeSeries, and an alert rule for its alert"),
        ("singlestat", "use Stat"),
        ("grafana-singlestat-panel", "use Stat"),
        ("table-old", "use Table"),
        ("datagrid", "use Table"),
        ("grafana-piechart-panel", "use PieChartv2"),
        ("grafana-worldmap-panel", "use a panel of type 'geomap'"),
        ("natel-discrete-panel", "use StateTimeline"),
        ("flant-statusmap-panel", "use StateTimeline, or a panel of type 'status-history'"),
        ("marcuscalidus-svg-panel", "use a panel of type 'canvas'"),
        ("larona-epict-panel", "use a panel of type 'canvas', or name the plugin in plugins"),
        ("ae3e-plotly-panel", "use TimeSeries, or a panel of type 'xychart', or name the plugin in plugins"),
        ("bogus", "use one that Grafana ships, or name the plugin in plugins"),
        ("", "use one that Grafana ships, or name the plugin in plugins"),
    ],
)
def test_json_of_a_kind_that_is_gone_or_unknown_is_refused(kind, instead):
    with pytest.raises(stock.Refused, match=f"^panel 'T': .*: {instead}[.]$"):
        draw({"type": kind, "title": "T"})


@pytest.mark.parametrize("kind", schemas.names("grafana-13.1.3/panels"))
def test_every_kind_that_grafana_ships_is_drawn(kind):
    drawn = draw({"type": kind, "title": "T", "span": 6, "id": 3, "links": []})
    assert (drawn["type"], drawn["pluginVersion"]) == (kind, "13.1.0")
    assert {"span", "links"}.isdisjoint(drawn)


# Grafana's heatmap/palettes.ts.
PALETTES = """
BrBG PiYG PRGn PuOr RdBu RdGy RdYlBu RdYlGn Spectral Blues Greens Greys Oranges Purples Reds Turbo Cividis Viridis
Magma Inferno Plasma Warm Cool Cubehelix BuGn BuPu GnBu OrRd PuBuGn PuBu PuRd RdPu YlGnBu YlGn YlOrBr YlOrRd Rainbow
Sinebow
"""


@pytest.mark.parametrize("scheme", PALETTES.split())
def test_colour_schemes_of_a_heatmap_lose_the_word_in_front(scheme):
    given = core.Heatmap(color=core.HeatmapColor(colorScheme=f"interpolate{scheme}", mode="opacity"))
    colour = draw(given)["options"]["color"]
    assert (colour["scheme"], colour["mode"]) == (scheme, "opacity")


@pytest.mark.parametrize(
    ("bound", "layout"), [("upper", "ge"), ("lower", "le"), ("middle", "unknown"), ("auto", "auto"), (None, "auto")]
)
def test_the_bound_of_a_bucket_is_its_layout(bound, layout):
    assert draw(core.Heatmap(yBucketBound=bound))["options"]["rowsFrame"] == {"layout": layout}


def test_lists_of_json_are_made_whole():
    assert draw({"type": "dashlist"})["options"]["showFolderNames"] is True
    assert draw({"type": "text", "options": {"content": "x"}})["options"] == {"content": "x", "mode": "markdown"}
    hidden = {"type": "table", "fieldConfig": {"defaults": {"custom": {"hidden": True}}}}
    assert draw(hidden)["fieldConfig"]["defaults"]["custom"] == {
        "hideFrom": {"legend": False, "tooltip": False, "viz": True},
        "inspect": False,
    }


def test_a_plugin_that_is_installed_is_allowed():
    picture = core.ePict(title="T", bgURL="https://e/x.png", targets=[core.Target(expr="up")])
    drawn = draw(picture, plugins=["larona-epict-panel"])
    assert drawn["options"] == {"autoScale": True, "bgURL": "https://e/x.png", "boxes": []}
    # A plugin has a version of its own, which nobody here knows.
    assert "pluginVersion" not in drawn
    plotly = core.Ae3ePlotly(title="T", layout={"x": 1})
    assert draw(plotly, plugins=["ae3e-plotly-panel"])["options"]["layout"] == {"x": 1}
    mine = {"type": "mine-panel", "pluginVersion": "2.1.0", "repeat": "x", "repeatDirection": "h", "maxPerRow": 2}
    assert draw({**mine, "datasource": "Loki", "span": 1}, plugins=["mine-panel"]) == {**mine, "datasource": LOKI}
    with pytest.raises(stock.Refused, match="flows at the root"):
        draw({"type": "mine-panel", "title": "T", "flows": 1}, plugins=["mine-panel"])
    with pytest.raises(stock.Refused, match="StateTimeline"):
        draw(core.Statusmap(title="T"), plugins=["flant-statusmap-panel"])


def test_json_of_a_kind_without_a_class_stays_as_it_is():
    options = {"legend": {"displayMode": "hidden", "placement": "right"}, "xField": "Time"}
    drawn = draw({"type": "trend", "title": "T", "options": options, "id": 3})
    assert drawn["options"]["legend"] == {
        "calcs": [],
        "displayMode": "list",
        "placement": "right",
        "showLegend": False,
    }
    assert drawn["options"]["xField"] == "Time"
    assert drawn["id"] == 3


def test_a_library_panel_keeps_four_keys():
    position = {"h": 1, "w": 1, "x": 0, "y": 0}
    library = {"id": 1, "title": "T", "gridPos": position, "libraryPanel": {"name": "n", "uid": "u"}}
    assert draw(library | {"type": "stat", "options": {"x": 1}}) == library


def test_a_heatmap_of_ready_buckets_calculates_nothing():
    options = draw(core.Heatmap(dataFormat="tsbuckets", xBucketNumber=3))["options"]
    assert options["calculate"] is False
    assert "calculation" not in options
    logarithmic = draw(core.Heatmap(yAxis=core.YAxis(logBase=2)))["options"]
    assert logarithmic["calculation"] == {"yBuckets": {"mode": "count", "scale": {"log": 2, "type": "log"}}}


def test_an_alert_list_without_states_shows_all():
    assert set(draw(core.AlertList())["options"]["stateFilter"].values()) == {True}


def test_the_shared_default_of_the_pie_is_never_changed():
    draw(core.PieChartv2())["options"]["reduceOptions"]["calcs"].append("max")
    assert draw(core.PieChartv2())["options"]["reduceOptions"]["calcs"] == ["lastNotNull"]
    assert core.PieChartv2().reduceOptionsCalcs == ["lastNotNull"]


def test_what_is_neither_json_nor_grafanalib_is_an_error():
    with pytest.raises(TypeError, match="object"):
        draw(core.TimeSeries(title="T", targets=[object()]))
    with pytest.raises(ValueError):
        draw(core.Stat(decimals=float("nan")))
