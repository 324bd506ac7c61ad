"""Whole dashboards, annotations and links."""

import copy

import pytest
from grafanalib import core

from kit.draw import stock

PROMETHEUS = {"type": "prometheus", "uid": "p"}
SOURCES = {"default": PROMETHEUS}
LINK = {
    "asDropdown": False,
    "icon": "external link",
    "includeVars": False,
    "keepTime": False,
    "tags": [],
    "targetBlank": False,
    "title": "",
    "tooltip": "",
    "type": "link",
    "url": "",
}


def text(y=0, *, title="T", **more):
    return core.Text(title=title, gridPos=core.GridPos(h=2, w=24, x=0, y=y), **more)


def make(*panels, title="D", uid="d", **more):
    return stock.dashboard(
        core.Dashboard(title, uid=uid, panels=list(panels), **more), datasources=SOURCES, plugin_version="13.1.0"
    )


def test_a_dashboard_without_arguments():
    make()["time"].clear()
    stock.dashboard({"title": "D", "uid": "d"}, datasources=SOURCES, plugin_version="13.1.0")["time"].clear()
    board = make()
    assert board == {
        "annotations": {"list": [board["annotations"]["list"][0]]},
        "editable": True,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 0,
        "links": [],
        "panels": [],
        "preload": False,
        "refresh": "10s",
        "schemaVersion": 42,
        "tags": [],
        "templating": {"list": []},
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {"refresh_intervals": ["5s", "10s", "30s", "1m", "5m", "15m", "30m", "1h", "2h", "1d"]},
        "timezone": "utc",
        "title": "D",
        "uid": "d",
        "weekStart": "",
    }
    assert board["annotations"]["list"][0]["builtIn"] == 1


def test_what_a_dashboard_can_say():
    picker = core.TimePicker(["1m"], ["1h"], nowDelay="1m", hidden=True)
    board = make(
        description="d", gnetId=7, id=9, refresh=False, sharedCrosshair=True, tags=["x"], timePicker=picker, version=3
    )
    assert board["timepicker"] == {"hidden": True, "nowDelay": "1m", "refresh_intervals": ["1m"]}
    assert (board["graphTooltip"], board["refresh"], board["description"], board["gnetId"]) == (1, "", "d", 7)
    assert {"id", "version", "style", "__inputs", "rows", "hideControls", "sharedCrosshair"}.isdisjoint(board)


def test_panels_are_numbered_and_sorted():
    row = core.RowPanel(title="R", collapsed=True, gridPos=core.GridPos(1, 24, 0, 4), panels=[text(9, title="in")])
    given = [row, text(2, title="second", id=2), text(0, title="first")]
    board = make(*given)
    assert [(each["title"], each["id"]) for each in board["panels"]] == [("first", 4), ("second", 2), ("R", 1)]
    assert board["panels"][2]["panels"][0]["id"] == 3


def test_nothing_that_is_given_is_changed():
    board = core.Dashboard("D", uid="d", panels=[text()], templating=core.Templating([core.Template("v", "up")]))
    before = copy.deepcopy(board)
    stock.dashboard(board, datasources=SOURCES, plugin_version="13.1.0")
    assert board == before


def test_variables_stay_objects_until_they_are_drawn():
    several = core.Template("v", "a,b,c", type="custom", multi=True, default=["b", "c"])
    board = make(templating=core.Templating([several]))
    assert board["templating"]["list"][0]["current"]["value"] == ["b", "c"]


def test_annotations():
    board = make(
        annotations=core.Annotations(
            [
                {"name": "deploys", "datasource": "-- Grafana --", "tags": ["x"], "type": "tags", "iconColor": "blue"},
                {"name": "restarts", "expr": "changes(x[1m])", "hide": None},
            ]
        )
    )
    built_in, deploys, restarts = board["annotations"]["list"]
    assert built_in == {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }
    assert deploys == {
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "iconColor": "blue",
        "name": "deploys",
        "target": {"limit": 100, "matchAny": False, "tags": ["x"], "type": "tags"},
    }
    expected = {"enable": True, "iconColor": "red", "name": "restarts", "datasource": PROMETHEUS}
    assert restarts == expected | {"target": {"expr": "changes(x[1m])", "refId": "Anno"}}
    listed = [built_in, deploys, restarts]
    assert [stock.annotation(each, datasources=SOURCES) for each in listed] == listed
    assert make(annotations=core.Annotations([built_in]))["annotations"]["list"] == [built_in]


def test_annotations_of_other_forms():
    def make_one(**given):
        return stock.annotation({"name": "x", **given}, datasources=SOURCES | {"Loki": {"type": "loki", "uid": "l"}})

    tagged = make_one(tags=["a"], matchAny=True, limit=7, type="tags", enable=False)
    assert tagged["target"] == {"limit": 100, "matchAny": True, "tags": ["a"], "type": "tags"}
    assert (tagged["datasource"]["uid"], tagged["enable"]) == ("-- Grafana --", False)
    assert {"tags", "type", "matchAny", "limit"}.isdisjoint(tagged)
    assert make_one(expr="up", step="1m")["target"] == {"expr": "up", "interval": "1m", "refId": "Anno"}
    assert make_one(expr="{}", datasource="Loki")["expr"] == "{}"
    assert make_one(builtIn=1, datasource="-- Grafana --", hide=False)["hide"] is False
    assert make_one(builtIn=1)["type"] == "dashboard"


def test_a_dashboard_of_json():
    said = {"editable": False, "fiscalYearStartMonth": 3, "liveNow": True, "preload": True, "weekStart": "monday"}
    given = {"title": "D", "uid": "d", **said}
    board = stock.dashboard(given, datasources=SOURCES, plugin_version="13.1.0")
    assert said.items() <= board.items()
    assert (board["time"], board["timezone"], board["refresh"]) == ({"from": "now-6h", "to": "now"}, "", "")
    assert (board["timepicker"], board["panels"], board["templating"]) == ({}, [], {"list": []})
    with pytest.raises(stock.Refused, match="^dashboard 'D': it has no uid"):
        stock.dashboard({"title": "D"}, datasources=SOURCES, plugin_version="13.1.0")
    with pytest.raises(stock.Refused, match="^dashboard '': it has no title"):
        stock.dashboard({}, datasources=SOURCES, plugin_version="13.1.0")


def test_a_link_says_where_it_is_shown():
    assert stock.link({"title": "x", "placement": "inControlsMenu"})["placement"] == "inControlsMenu"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (core.DataLink("x", "https://e/", True), {"title": "x", "url": "https://e/", "targetBlank": True}),
        (core.ExternalLink("https://e/", "x", True), {"title": "x", "url": "https://e/", "keepTime": True}),
        (
            core.DashboardLink(tags=["a"], title="x"),
            {"keepTime": True, "tags": ["a"], "title": "x", "type": "dashboards"},
        ),
    ],
)
def test_links_are_whole(given, said):
    assert stock.link(given) == LINK | said
    assert make(links=[given])["links"] == [LINK | said]
    stock.link(given)["tags"].append("changed")
    assert stock.link(core.DataLink("x"))["tags"] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rows": [core.Row(title="R")]}, "use RowPanel"),
        ({"uid": None}, "no uid"),
        ({"uid": "x" * 41}, "no uid"),
        ({"uid": "a b"}, "no uid"),
        ({"title": ""}, "no title"),
        ({"panels": [core.Text(title="CPU")]}, "panel 'CPU' has no gridPos"),
        ({"panels": [core.Text(title="CPU", gridPos=core.GridPos("8", 1, 0, 0))]}, "panel 'CPU' .*whole numbers"),
        ({"panels": [core.Text(title="CPU", gridPos=core.GridPos(1, 13, 12, 0))]}, "panel 'CPU' leaves"),
        ({"panels": [core.Text(title="CPU", gridPos=core.GridPos(3, 6, 0, 0))]}, "does not store"),
        ({"panels": [text(0, title="a"), text(1, title="b")]}, "'a' and 'b' overlap"),
        ({"panels": [text(0, id=1), text(2, id=1)]}, "panel id 1 is used twice"),
        ({"templating": core.Templating([core.Template("v", "up"), core.Template("v", "up")])}, "variable 'v'"),
    ],
)
def test_what_is_wrong_is_refused(given, words):
    with pytest.raises(stock.Refused, match=f"^Dashboard '.*': .*{words}"):
        make(*given.get("panels", []), **{key: value for key, value in given.items() if key != "panels"})


def test_a_refusal_within_names_the_panel():
    with pytest.raises(stock.Refused, match=r"^Graph 'CPU': .*TimeSeries"):
        make(core.Graph(title="CPU"))
    row = core.RowPanel(collapsed=True, gridPos=core.GridPos(1, 24, 0, 0), panels=[core.Stat(title="x")])
    with pytest.raises(stock.Refused, match="panel 'x' has no gridPos"):
        make(row)
    with pytest.raises(stock.Refused, match="^annotation '': it has no name"):
        make(annotations=core.Annotations([{"datasource": "default"}]))
