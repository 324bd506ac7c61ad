"""The shape of dashboards: what passes, what fails, and in which words."""

import json
from pathlib import Path

import pytest
import yaml

from kit.check.schema import UnknownVersion, closest, dashboard_problems, file_problems, versions

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests/recorded"
PANELS = sorted((ROOT / "schemas").glob("grafana-*/panels/*.json"))
OPEN = ("flamegraph", "traces")
PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}


def recorded(name, form="v1"):
    answer = json.loads((RECORDED / f"canonical/{name}.json").read_text())[form]
    return answer if form == "sent" else answer["spec"]


def said(board, version="13.1.3", **more):
    return [problem.message for problem in dashboard_problems(board, version, **more)]


def panel(**parts):
    return {"id": 1, "type": "timeseries", "title": "T", "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0}, **parts}


def of_panel(**parts):
    return said({"panels": [panel(**parts)]})


def defaults(**parts):
    return {"fieldConfig": {"defaults": parts, "overrides": []}}


def override(name, *value):
    item = {"id": name, **({"value": value[0]} if value else {})}
    return {"fieldConfig": {"defaults": {}, "overrides": [{"matcher": {"id": "byName"}, "properties": [item]}]}}


# --- what real Grafanas made


@pytest.mark.parametrize("version", versions())
def test_what_grafana_itself_made_of_a_clean_dashboard_passes(version):
    assert said(recorded("every-class-cleaned"), version) == []
    assert said(recorded("every-class-cleaned", "sent"), version) == []


def test_the_clean_dashboard_has_something_of_everything():
    board = recorded("every-class-cleaned")
    assert {"timeseries", "stat", "gauge", "bargauge", "table", "heatmap", "logs", "text", "row"} <= {
        panel["type"] for panel in board["panels"]
    }
    assert {variable["type"] for variable in board["templating"]["list"]} >= {"query", "custom", "interval", "adhoc"}


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("TS", ["editable is not a key of a panel", "error is not a key of a panel"]),
        ("BarGauge", ["options.fieldOptions is not a key of bargauge options; did you mean 'reduceOptions'?"]),
        ("BarGauge", ["options.showThresholdLabels is not a key of bargauge options"]),
        ("Gauge", ["fieldConfig.showThresholdMarkers is not a key of a panel"]),
        ("Gauge", ["fieldConfig.defaults.thresholds.steps[0].value must be a number or null, found the string 'null'"]),
        (
            "Gauge",
            [f"fieldConfig.defaults.thresholds.steps[0].{key} is not a key of a panel" for key in ("op", "yaxis")],
        ),
        ("Heatmap", ["options must be an object, found a list", "highlightCards is not a key of a panel"]),
        ("Stat", ["fieldConfig.defaults.thresholds.steps must be a list, found the string ''"]),
        ("Table", [f"{key} is not a key of a panel" for key in ("columns", "color", "mappings")]),
        ("Text", ["options.mode must be 'code', 'html' or 'markdown', found the string 'text'"]),
        ("News", ["options.useProxy is not a key of news options"]),
        ("DL", [f"{key} is not a key of a panel" for key in ("headings", "limit", "recent", "search", "starred")]),
        (
            "AL",
            [f"{key} is not a key of a panel" for key in ("show", "limit", "sortOrder", "stateFilter", "nameFilter")],
        ),
        ("Row", [f"{key} is not a key of a row" for key in ("fieldConfig", "targets", "maxDataPoints")]),
        ("Graph", [f"{key} is not a key of a panel" for key in ("aliasColors", "nullPointMode", "xaxis", "yaxes")]),
        ("SS", [f"{key} is not a key of a panel" for key in ("colorBackground", "gauge", "mappingType", "sparkline")]),
        ("WM", [f"{key} is not a key of a panel" for key in ("circleMaxSize", "esGeoPoint", "mapCenter")]),
        (None, ["timepicker.nowDelay must be a string, found null"]),
        (None, ["templating.list[0].useTags is not a key of a query variable"]),
        (None, ["templating.list[0].current.tags is not a key of a query variable"]),
        (None, ["templating.list[0].datasource.type is missing: a query variable must have it"]),
    ],
)
def test_what_grafanalib_emits_fails(title, words):
    problems = list(dashboard_problems(recorded("every-class-as-grafanalib-emits-it"), "13.1.0"))
    assert set(words) <= {problem.message for problem in problems if problem.panel == title}


def test_what_grafanalib_emits_before_any_migration_fails_too():
    messages = said(recorded("every-class-as-grafanalib-emits-it", "sent"))
    for key in ("__inputs", "hideControls", "rows", "sharedCrosshair", "style", "timepicker.time_options"):
        assert f"{key} is not a key of a dashboard" in messages
    assert "templating.list[0].datasource must be an object, found the string '${datasource}'" in messages
    assert any(message.startswith("type 'graph' is no panel kind of Grafana 13.1.3") for message in messages)


# --- each kind of failure, in words


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            {"options": {"legend": {"displayMod": "list"}}},
            "options.legend.displayMod is not a key of timeseries options; did you mean 'displayMode'?",
        ),
        (defaults(min="0"), "fieldConfig.defaults.min must be a number, found the string '0'"),
        (defaults(min=True), "fieldConfig.defaults.min must be a number, found true"),
        (
            defaults(custom={"drawStyle": "lines"}),
            "fieldConfig.defaults.custom.drawStyle must be 'bars', 'line' or 'points', found the string 'lines'; "
            "did you mean 'line'?",
        ),
        (
            defaults(custom={"lineWdth": 1}),
            "fieldConfig.defaults.custom.lineWdth is not a key of timeseries field options; did you mean 'lineWidth'?",
        ),
        (
            {"type": "stat", **defaults(custom={"lineWidth": 1})},
            "fieldConfig.defaults.custom must be empty: stat has no field options of its own",
        ),
        (
            defaults(thresholds={"mode": "absolute"}),
            "fieldConfig.defaults.thresholds.steps is missing: a panel must have it",
        ),
        ({"gridPos": {"h": 8, "w": 12, "x": 0}}, "gridPos.y is missing: a panel must have it"),
        (
            {"gridPos": {"h": 8, "w": 1.5, "x": 0, "y": 0}},
            "gridPos.w must be a whole number, found the number 1.5",
        ),
        ({"datasource": "prometheus"}, "datasource must be an object, found the string 'prometheus'"),
        ({"datasource": {"uid": "x"}}, "datasource.type is missing: a panel must have it"),
        (
            {"transformations": [{"id": "organise", "options": {}}]},
            "transformations[0].id must be one of 43 words ('append', 'calculateField', 'concatenate', "
            "'configFromData', 'convertFieldType', 'convertFrameType', 'ensureColumns', 'extractFields', …), "
            "found the string 'organise'; did you mean 'organize'?",
        ),
        ({"transformations": [{"id": "reduce"}]}, "transformations[0].options is missing: a panel must have it"),
        (
            {"type": "table", **defaults(custom={"cellOptions": {"type": "color-background", "mod": "gradient"}})},
            "fieldConfig.defaults.custom.cellOptions.mod is not a key of table field options; did you mean 'mode'?",
        ),
        (
            {"type": "table", **defaults(custom={"cellOptions": {"type": "colour-text"}})},
            "fieldConfig.defaults.custom.cellOptions.type must be 'auto', 'sparkline', 'gauge', 'color-background', "
            "'color-text', 'image', 'pill', 'data-links', 'actions', 'json-view', 'markdown' or 'geo', "
            "found the string 'colour-text'; did you mean 'color-text'?",
        ),
        (
            {"type": "table", **defaults(custom={"cellOptions": "auto"})},
            "fieldConfig.defaults.custom.cellOptions must be an object, found the string 'auto'",
        ),
        (
            defaults(mappings=[{"type": "vale", "options": {}}]),
            "fieldConfig.defaults.mappings[0].type is the string 'vale': a mapping is of type range, regex, special, "
            "value; did you mean 'value'?",
        ),
        (
            defaults(mappings=[{"type": "value", "options": {"0": {"colour": "red"}}}]),
            "fieldConfig.defaults.mappings[0].options.0.colour is not a key of a value mapping; did you mean 'color'?",
        ),
        (
            defaults(links=[{"title": "t", "ur": "/"}]),
            "fieldConfig.defaults.links[0].ur is not a key of a panel; did you mean 'url'?",
        ),
        ({"links": [{"title": "t", "kind": "link"}]}, "links[0].kind is not a key of a panel"),
        (
            override("custom.lineWidth", "2"),
            "fieldConfig.overrides[0].properties[0].value must be a number, found the string '2'",
        ),
        (
            override("custom.hideFrom", {"viz": 1}),
            "fieldConfig.overrides[0].properties[0].value.viz must be true or false, found the number 1",
        ),
        (
            override("custom.linewidth", 2),
            "fieldConfig.overrides[0].properties[0].id 'custom.linewidth' is no field option of timeseries; "
            "did you mean 'custom.lineWidth'?",
        ),
        (
            override("units", "s"),
            "fieldConfig.overrides[0].properties[0].id 'units' is no field option of timeseries; did you mean 'unit'?",
        ),
        (
            override("mappings", [{"type": "value", "opts": {}, "options": {}}]),
            "fieldConfig.overrides[0].properties[0].value[0].opts is not a key of a value mapping; "
            "did you mean 'options'?",
        ),
        (
            {"targets": [{"datasource": PROMETHEUS, "refId": "A", "expression": "up"}]},
            "targets[0].expression is not a key of a Prometheus query",
        ),
        (
            {"datasource": PROMETHEUS, "targets": [{"refId": "A", "expr": "up", "legendformat": "x"}]},
            "targets[0].legendformat is not a key of a Prometheus query; did you mean 'legendFormat'?",
        ),
        (
            {"targets": [{"datasource": {"type": "loki", "uid": "l"}, "queryType": "rang"}]},
            "targets[0].queryType must be 'instant', 'range' or 'stream', found the string 'rang'; "
            "did you mean 'range'?",
        ),
        (
            {"targets": [{"datasource": {"type": "__expr__", "uid": "__expr__"}, "type": "math"}]},
            "targets[0].expression is missing: a math expression must have it",
        ),
        ({"type": "timeserie"}, "type 'timeserie' is no panel kind of Grafana 13.1.3; did you mean 'timeseries'?"),
        ({"type": 3}, "type must be a string, found the number 3"),
        ({"libraryPanel": {"uid": "x"}}, "libraryPanel.name is missing: a panel must have it"),
    ],
)
def test_one_mistake_one_sentence(parts, message):
    assert of_panel(**parts) == [message]


@pytest.mark.parametrize(
    ("board", "message"),
    [
        ({"titel": "x"}, "titel is not a key of a dashboard; did you mean 'title'?"),
        ({"refresh": False}, "refresh must be a string, found false"),
        ({"graphTooltip": 3}, "graphTooltip must be 0, 1 or 2, found the number 3"),
        (
            {"templating": {"list": [{"type": "query", "name": "a", "multy": True}]}},
            "templating.list[0].multy is not a key of a query variable; did you mean 'multi'?",
        ),
        (
            {"templating": {"list": [{"type": "interval", "name": "a", "regex": ""}]}},
            "templating.list[0].regex is not a key of an interval variable",
        ),
        (
            {"templating": {"list": [{"type": "bogus", "name": "a"}]}},
            "templating.list[0].type is the string 'bogus': a variable is of type adhoc, constant, custom, datasource, "
            "groupby, interval, query, snapshot, switch, system, textbox",
        ),
        (
            {"templating": {"list": [{"name": "a"}]}},
            "templating.list[0].type is missing: a variable is of type adhoc, constant, custom, datasource, groupby, "
            "interval, query, snapshot, switch, system, textbox",
        ),
        (
            {"templating": {"list": [{"type": "query", "name": "a", "datasource": PROMETHEUS, "query": {"qry": "x"}}]}},
            "templating.list[0].query.qry is not a key of the query of a Prometheus variable; did you mean 'query'?",
        ),
        (
            {"annotations": {"list": [{"datasource": {"type": "grafana", "uid": "-- Grafana --"}, "tags": []}]}},
            "annotations.list[0].tags is not a key of a Grafana annotation",
        ),
        (
            {"annotations": {"list": [{"datasource": PROMETHEUS, "target": {"exp": "x"}}]}},
            "annotations.list[0].target.exp is not a key of a Prometheus query; did you mean 'expr'?",
        ),
        ({"timepicker": {"nowDelay": None}}, "timepicker.nowDelay must be a string, found null"),
    ],
)
def test_one_mistake_outside_the_panels(board, message):
    assert said(board) == [message]


def test_a_problem_knows_its_panel_and_place():
    inner = panel(id=7, title="Errors", options={"legend": {"showLegnd": True}})
    row = {"type": "row", "id": 3, "title": "Service", "gridPos": panel()["gridPos"], "panels": [inner]}
    (problem,) = dashboard_problems({"panels": [panel(), row]}, "13.1.3")
    assert (problem.panel_id, problem.panel) == (7, "Errors")
    assert problem.path == ("panels", 1, "panels", 0, "options", "legend", "showLegnd")


def test_every_unknown_key_and_every_missing_one_is_told_once():
    assert of_panel(one=1, two=2) == ["one is not a key of a panel", "two is not a key of a panel"]
    assert of_panel(gridPos={"h": 1}) == [f"gridPos.{key} is missing: a panel must have it" for key in "wxy"]


def test_what_is_left_open_is_left_open():
    assert of_panel(type="traces", options={"anything": 1}) == []
    assert of_panel(targets=[{"datasource": {"type": "tempo", "uid": "t"}, "whatever": 1}]) == []
    assert said({"annotations": {"list": [{"datasource": {"type": "tempo", "uid": "t"}, "whatever": 1}]}}) == []
    assert said({"panels": [panel(type="acme-panel", options={"x": 1})]}, plugins=["acme-panel"]) == []


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize(
    "parts",
    [
        defaults(fieldMinMax=True, links=[{"title": "t", "url": "/", "targetBlank": True}]),
        {"type": "state-timeline", **defaults(custom={"insertNulls": 60000, "spanNulls": True})},
        {"type": "canvas", "options": {"root": {"type": "frame", "elements": [], "background": {}, "placement": {}}}},
        {"type": "geomap", "options": {"layers": [{"type": "heatmap", "config": {"radius": 5}}]}},
        {"type": "gauge", "options": {"shape": "gauge", "barShape": "flat", "sparkline": True, "neutral": 0}},
        {"type": "table", **defaults(custom={"wrapText": True, "footer": {"reducers": ["sum"]}})},
        {"type": "alertlist", "options": {"viewMode": "list", "sortOrder": 3, "stateFilter": {"firing": True}}},
        {"targets": [{"datasource": PROMETHEUS, "refId": "A", "expr": "up", "interval": "1m", "editorMode": "code"}]},
        {"targets": [{"datasource": {"type": "loki", "uid": "l"}, "expr": "{a=`b`}", "direction": "backward"}]},
        override("unit", "s"),
        override("custom.hideFrom"),
        override("custom.stacking", {"mode": "normal", "group": "A"}),
    ],
    ids=str,
)
def test_the_gaps_of_the_published_types_are_patched(version, parts):
    assert said({"panels": [panel(**parts)]}, version) == []


@pytest.mark.parametrize(
    "variable",
    [
        {"type": "query", "definition": "up", "query": {"query": "up", "refId": "A", "qryType": 1}, "sort": 1},
        {"type": "query", "current": {"isNone": True, "text": "None", "value": ""}, "staticOptions": []},
        {"type": "custom", "query": "a,b", "multi": True, "includeAll": True, "allValue": ".*", "valuesFormat": "csv"},
        {"type": "datasource", "query": "prometheus", "regex": "", "refresh": 1},
        {"type": "interval", "auto": True, "auto_count": 30, "auto_min": "10s", "query": "1m,5m", "refresh": 2},
        {"type": "constant", "query": "x", "hide": 2, "skipUrlSync": True},
        {"type": "textbox", "query": "x", "current": {"text": "x", "value": "x"}, "description": "d"},
        {
            "type": "adhoc",
            "filters": [{"key": "a", "operator": "=", "value": "b"}],
            "baseFilters": [],
            "defaultKeys": [],
        },
        {"type": "groupby", "datasource": PROMETHEUS, "defaultValue": {"text": [], "value": []}},
        {"type": "switch", "current": {"text": "true", "value": "true"}},
        {"type": "snapshot", "query": "x", "options": []},
    ],
    ids=lambda variable: variable["type"],
)
def test_variables_of_each_type_pass(variable):
    if variable["type"] == "query":
        variable = {**variable, "datasource": PROMETHEUS}
    assert said({"templating": {"list": [{"name": "v", "label": "V", **variable}]}}) == []


def test_a_library_panel_needs_no_kind_but_any_other_does():
    bare = {key: value for key, value in panel().items() if key != "type"}
    assert said({"panels": [{**bare, "libraryPanel": {"name": "n", "uid": "u"}}]}) == []
    assert said({"panels": [bare]}) == ["type is missing: a panel needs its kind"]


def test_a_row_in_a_row():
    row = {"type": "row", "id": 3, "title": "R", "gridPos": panel()["gridPos"], "panels": []}
    (problem,) = dashboard_problems({"panels": [{**row, "panels": [row]}]}, "13.1.3")
    assert problem.path == ("panels", 0, "panels", 0)
    assert "row inside a row" in problem.message


@pytest.mark.parametrize("path", PANELS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_kind_rejects_an_unknown_key(path):
    kind, version = path.stem, path.parts[-3].removeprefix("grafana-")
    board = {"panels": [panel(type=kind, options={"zzz": 1}, **defaults(custom={"zzz": 1}))]}
    messages = said(board, version)
    if kind not in OPEN:
        assert f"options.zzz is not a key of {kind} options" in messages
    assert any(message.startswith("fieldConfig.defaults.custom") for message in messages)


# --- versions


def test_versions():
    assert versions() == ("12.4.11", "13.1.3", "13.2.3")


@pytest.mark.parametrize(("asked", "got"), [("13.1.0", "13.1.3"), ("13.2.3", "13.2.3"), ("12.4.0", "12.4.11")])
def test_the_closest_version_has_the_same_minor(asked, got):
    assert closest(asked) == got


@pytest.mark.parametrize("asked", ["13.0.0", "11.6.0", "13", "1", "", "latest", "14.1.3"])
def test_no_version_is_a_sentence(asked):
    with pytest.raises(UnknownVersion, match=r"13\.1\.3.*\.$"):
        closest(asked)


def test_versions_differ():
    steps = [{"color": "red", "valueExpr": "$limit"}]
    board = {"panels": [panel(**defaults(thresholds={"mode": "absolute", "steps": steps}))]}
    assert said(board, "13.2.0") == []
    (message,) = said(board, "13.1.0")
    assert message.startswith("fieldConfig.defaults.thresholds.steps[0].valueExpr is not a key of a panel")


# --- bad input is a problem, never an exception


@pytest.mark.parametrize("board", [None, [], "x", 3, True, 1.5])
def test_no_dashboard(board):
    (message,) = said(board)
    assert message.startswith("a dashboard must be an object, found ")


@pytest.mark.parametrize("value", [None, "none", 3, {"a": 1}, [None], ["x"], [[]], [3]])
@pytest.mark.parametrize(
    "path",
    ["panels", "templating", "templating.list", "annotations", "annotations.list", "links", "time", "timepicker"],
)
def test_wrong_shapes_are_problems(path, value):
    board = {}
    *above, last = path.split(".")
    inner = board
    for key in above:
        inner = inner.setdefault(key, {})
    inner[last] = value
    assert said(board), (path, value)


@pytest.mark.parametrize("value", [None, "none", 3, [None], [[]], [3]])
@pytest.mark.parametrize(
    "key", ["fieldConfig", "options", "targets", "gridPos", "links", "transformations", "libraryPanel", "id", "title"]
)
def test_wrong_shapes_in_a_panel_are_problems(key, value):
    if (key, value) not in [("id", 3), ("title", "none")]:
        assert of_panel(**{key: value})


@pytest.mark.parametrize("value", [None, "none", 3, [None], {"a": 1}])
@pytest.mark.parametrize("key", ["custom", "thresholds", "mappings", "color", "links", "unit"])
def test_wrong_shapes_in_field_config_are_problems(key, value):
    if (key, value) != ("unit", "none"):
        assert of_panel(**defaults(**{key: value}))


def test_deep_nesting_ends():
    deep = nested = {}
    for _ in range(20_000):
        nested["routes"] = [{}]
        nested = nested["routes"][0]
    document = {"apiVersion": 1, "policies": [{"receiver": "x", **deep}]}
    assert [problem.message for problem in file_problems(document, "alerting")] == [
        "the file is nested too deeply to be checked; flatten what it nests"
    ]
    assert of_panel(options=deep) == ["options.routes is not a key of timeseries options"]
    assert said({"panels": [{"type": "row", "panels": deep["routes"]}]})


def test_long_things_are_cut():
    for board in ({"panels": [panel(title=["x" * 10_000])]}, {"x" * 10_000: 1}, {"refresh": "y" * 10_000}):
        assert all(len(message) < 200 for message in said(board))
    assert all(len(message) < 400 for message in said({"panels": [panel(type="z" * 10_000)]}))
    assert said({"version": 1.5e300, "panels": [panel(maxPerRow="9" * 5000)]})
    assert said({"title": 10**4000}) == ["title must be a string, found an enormous number"]


def test_what_only_yaml_makes():
    document = yaml.safe_load("groups: [{name: a, interval: 2024-01-01, 3: x, on: y, null: z, rules: [{1: 2}]}]")
    messages = [problem.message for problem in file_problems(document, "prometheus-rules")]
    assert "groups[0].interval must be a duration such as '5m', found the date 2024-01-01" in messages
    assert "groups[0][3] is not a key of a rule group" in messages
    assert file_problems({1: 2, None: 3}, "datasources")
