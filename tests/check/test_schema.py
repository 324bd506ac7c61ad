"""The shape of dashboards and files: what passes, what fails and in which words, and the schemas themselves."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from kit.check import schemas, validator, words
from kit.check.schema import UnknownVersion, closest, dashboard_problems, file_problems, kinds, versions

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT / "tests/recorded"
DOCUMENTS = sorted(path for path in (ROOT / "schemas").rglob("*.json") if "make" not in path.parts)
GENERATED = [path for path in DOCUMENTS if "own" not in path.parts]
PANELS = [path for path in GENERATED if path.parent.name == "panels"]
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


# --- files


@pytest.mark.parametrize("path", sorted(RECORDED.glob("provisioning/*/*.yml")), ids=lambda path: path.name)
def test_what_a_real_grafana_accepted_passes(path):
    assert list(file_problems(yaml.safe_load(path.read_text()), path.parent.name)) == []


def test_an_unknown_kind_of_file():
    assert kinds() == ("alerting", "alertmanager", "dashboards", "datasources", "prometheus", "prometheus-rules")
    with pytest.raises(ValueError, match="'rules' files: choose one of alerting"):
        next(file_problems({}, "rules"))


def provisioned(name):
    return yaml.safe_load((RECORDED / f"provisioning/{name}.yml").read_text())


def changed(document, path, value):
    """`document` with `value` at a dotted `path`, or without that key when the value is ... ."""
    document = inner = deepcopy(document)
    *above, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    for key in above:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return document


RULE = "groups/0/rules/0"
RECEIVER = "contactPoints/0/receivers/0"
FILES = [
    ("alerting/rules", f"{RULE}/keep_firing_for", "2m", "is not a key of an alert rule; did you mean 'keepFiringFor'?"),
    ("alerting/rules", f"{RULE}/missingSeriesEvalsToResolve", 3, "did you mean 'missing_series_evals_to_resolve'?"),
    ("alerting/rules", f"{RULE}/dashboardUid", "x", "is not a key of an alert rule"),
    ("alerting/rules", f"{RULE}/noDataState", "No Data", "found the string 'No Data'; did you mean 'NoData'?"),
    ("alerting/rules", f"{RULE}/execErrState", "NoData", "must be 'Alerting', 'Error', 'KeepLast' or 'OK'"),
    ("alerting/rules", f"{RULE}/isPaused", "false", "must be true or false, found the string 'false'"),
    ("alerting/rules", f"{RULE}/for", 300, "must be a duration such as '5m', found the number 300"),
    ("alerting/rules", f"{RULE}/condition", ..., "condition is missing: an alert rule must have it"),
    ("alerting/rules", f"{RULE}/uid", "a b", "must be a uid of at most 40 letters, digits, _ and -"),
    ("alerting/rules", f"{RULE}/annotations/__panelId__", 2, "must be a string, found the number 2"),
    ("alerting/rules", f"{RULE}/notification_settings", {"groupBy": []}, "did you mean 'group_by'?"),
    ("alerting/rules", f"{RULE}/data/0/model/exprr", "x", "is not a key of a Prometheus query; did you mean 'expr'?"),
    ("alerting/rules", f"{RULE}/data/0/relativeTimeRange", ..., "relativeTimeRange is missing"),
    ("alerting/rules", f"{RULE}/data/1/model/type", "reducer", "did you mean 'reduce'?"),
    ("alerting/rules", f"{RULE}/data/1/model/reducer", "avg", "must be 'sum', 'mean'"),
    ("alerting/rules", f"{RULE}/data/1/model/reducer", ..., "reducer is missing: a reduce expression must have it"),
    ("alerting/rules", f"{RULE}/data/2/model/conditions/0/evaluator/type", "above", "evaluator.type must be"),
    ("alerting/rules", f"{RULE}/data/2/model/conditions/0/unloadEvaluator/params", 1, "must be a list"),
    ("alerting/rules", "groups/0/rules/1/record/target_datasource_uid", "x", "did you mean 'targetDatasourceUid'?"),
    ("alerting/rules", "groups/0/interval", 60, "must be a duration such as '5m', found the number 60"),
    ("alerting/rules", "groups/0/folder", ..., "folder is missing: a rule group must have it"),
    ("alerting/rules", "groups/0/folderUid", "x", "is not a key of a rule group; did you mean 'folder'?"),
    ("alerting/rules", "apiVersion", 2, "apiVersion must be 1, found the number 2"),
    ("alerting/rules", "group", [], "group is not a key of a provisioning file for alerting; did you mean 'groups'?"),
    ("alerting/contact-points", f"{RECEIVER}/type", "slak", "did you mean 'slack'?"),
    ("alerting/contact-points", f"{RECEIVER}/settings/channel", "x", "is not a key of slack settings"),
    ("alerting/contact-points", f"{RECEIVER}/settings/url", ..., "url is missing: slack settings must have it"),
    ("alerting/contact-points", "contactPoints/0/receivers/1/settings/addresses", ..., "addresses is missing"),
    ("alerting/contact-points", "contactPoints/0/receivers/2/settings/method", "x", "not a key of webhook settings"),
    ("alerting/policies", "policies/0/routes/0/mute_times", [], "mute_times is not a key of a route"),
    ("alerting/policies", "policies/0/routes/0/object_matchers/0/1", "==", "must be '=', '!=', '=~' or '!~'"),
    ("alerting/policies", "policies/0/routes/0/object_matchers/0", ["a"], "must have at least 3 items, found 1"),
    ("alerting/policies", "policies/0/routes/0/routes", [{"routes": [{"group_wait": 5}]}], "routes[0].group_wait must"),
    ("alerting/policies", "policies/0/receiver", ..., "receiver is missing: a notification policy must have it"),
    ("alerting/mute-timings", "muteTimes/0/time_intervals/0/times/0/start_time", "25:00", "a time such as '08:30'"),
    ("alerting/mute-timings", "muteTimes/0/time_intervals/0/week_days", [], "did you mean 'weekdays'?"),
    ("alerting/templates", "templates/0/content", "x", "is not a key of a message template"),
    ("alerting/templates", "templates/0/template", ..., "template is missing: a message template must have it"),
    ("datasources/datasources", "datasources/0/jsonData/timeinterval", "1s", "did you mean 'timeInterval'?"),
    ("datasources/datasources", "datasources/1/jsonData/derivedfields", [], "did you mean 'derivedFields'?"),
    ("datasources/datasources", "datasources/0/isdefault", True, "did you mean 'isDefault'?"),
    ("dashboards/dataflux", "providers/0/folderUID", "x", "did you mean 'folderUid'?"),
    ("dashboards/dataflux", "providers/0/options/path", ..., "path is missing: a provider's options must have it"),
]


@pytest.mark.parametrize(("file", "path", "value", "words"), FILES)
def test_one_mistake_in_a_provisioning_file(file, path, value, words):
    problems = list(file_problems(changed(provisioned(file), path, value), file.split("/")[0]))
    assert any(words in problem.message for problem in problems), problems
    assert all(problem.panel is None and problem.panel_id is None for problem in problems)


RULES = {
    "groups": [
        {
            "name": "g",
            "interval": "30s",
            "rules": [
                {"record": "job:up:sum", "expr": "sum(up)", "labels": {"a": "b"}},
                {
                    "alert": "A",
                    "expr": "up == 0",
                    "for": "5m",
                    "keep_firing_for": "1m",
                    "annotations": {"summary": "s"},
                },
            ],
        }
    ]
}
PROMETHEUS_YML = {
    "global": {"scrape_interval": "15s", "external_labels": {"cluster": "c"}},
    "rule_files": ["rules/*.yml"],
    "scrape_configs": [
        {
            "job_name": "j",
            "static_configs": [{"targets": ["localhost:9090"], "labels": {"a": "b"}}],
            "kubernetes_sd_configs": [{"role": "pod"}],
            "relabel_configs": [{"source_labels": ["a"], "action": "keep", "regex": "x"}],
        }
    ],
    "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["localhost:9093"]}]}]},
}
ALERTMANAGER_YML = {
    "global": {"resolve_timeout": "5m", "smtp_smarthost": "localhost:25"},
    "route": {"receiver": "r", "group_by": ["..."], "routes": [{"matchers": ['severity="critical"'], "receiver": "r"}]},
    "receivers": [
        {"name": "r", "slack_configs": [{"channel": "#c", "send_resolved": True}], "webhook_configs": [{"url": "u"}]}
    ],
    "inhibit_rules": [{"source_matchers": ["a=b"], "target_matchers": ["a=c"], "equal": ["x"]}],
    "time_intervals": [{"name": "n", "time_intervals": [{"weekdays": ["monday:friday"]}]}],
}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("prometheus-rules", RULES),
        ("prometheus-rules", {"groups": None}),
        ("prometheus", PROMETHEUS_YML),
        ("prometheus", {"global": None, "rule_files": None}),
        ("alertmanager", ALERTMANAGER_YML),
    ],
)
def test_files_of_prometheus_and_alertmanager_pass(kind, document):
    assert list(file_problems(document, kind)) == []


@pytest.mark.parametrize(
    ("kind", "document", "path", "value", "words"),
    [
        ("prometheus-rules", RULES, "groups/0/rules/0/for", "5m", "is not a key of a recording rule"),
        ("prometheus-rules", RULES, "groups/0/rules/0/record", "a b", "must be a metric name, found the string 'a b'"),
        ("prometheus-rules", RULES, "groups/0/rules/1/fore", "5m", "an alerting rule; did you mean 'for'?"),
        ("prometheus-rules", RULES, "groups/0/rules/1/alert", ..., "alert is missing: an alerting rule must have it"),
        ("prometheus-rules", RULES, "groups/0/rules/1/keepFiringFor", "5m", "did you mean 'keep_firing_for'?"),
        ("prometheus-rules", RULES, "groups/0/rules/1/labels", {"a-b": "x"}, "labels.a-b is not a label name"),
        ("prometheus-rules", RULES, "groups/0/query_offset", "5m", "is not a key of a rule group"),
        ("prometheus", PROMETHEUS_YML, "scrape_config", [], "did you mean 'scrape_configs'?"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/honour_labels", True, "did you mean 'honor_labels'?"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/job_name", ..., "job_name is missing: a scrape config must"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/relabel_configs/0/action", "keeps", "did you mean 'keep'?"),
        ("prometheus", PROMETHEUS_YML, "global/scrape_interval", "15 s", "must be a duration such as '5m'"),
        ("alertmanager", ALERTMANAGER_YML, "route/receiver", ..., "receiver is missing: the top route must have it"),
        ("alertmanager", ALERTMANAGER_YML, "route/routes/0/object_matchers", [], "is not a key of a route"),
        ("alertmanager", ALERTMANAGER_YML, "receivers/0/slack_configs/0/recipient", "x", "not a key of a slack_config"),
        ("alertmanager", ALERTMANAGER_YML, "receivers/0/slack", [], "did you mean 'slack_configs'?"),
        ("alertmanager", ALERTMANAGER_YML, "inhibit_rules/0/target_matcher", [], "did you mean 'target_matchers'?"),
    ],
)
def test_one_mistake_in_a_file_of_prometheus_or_alertmanager(kind, document, path, value, words):
    problems = list(file_problems(changed(document, path, value), kind))
    assert any(words in problem.message for problem in problems), problems


# --- the schemas themselves


def test_each_version_has_its_kinds():
    for version in versions():
        found = {path.stem for path in PANELS if path.parts[-3] == f"grafana-{version}"}
        assert {"timeseries", "stat", "table", "heatmap", "alertlist", "geomap", "canvas", "xychart"} <= found
        assert len(found) >= 27


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_schemas_are_schemas(path):
    document = json.loads(path.read_text())
    Draft202012Validator.check_schema(document)
    for schema in document.get("$defs", {}).values():
        Draft202012Validator.check_schema(schema)


def keywords(schema):
    """Every (keyword, value) of a schema and of those inside it, property names left out."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in ("properties", "$defs"):
            for inner in value.values():
                yield from keywords(inner)
        else:
            yield key, value
            for inner in value if isinstance(value, list) else [value]:
                yield from keywords(inner) if key not in ("enum", "const") else ()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: "/".join(path.parts[-3:]))
def test_generated_schemas_are_sorted_and_carry_no_prose(path):
    text = path.read_text()
    document = json.loads(text)
    assert text == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert "@grafana/schema" in document["$comment"]
    assert not {"description", "default", "examples", "$ref"} & {key for key, _ in keywords(document)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_keyword_has_its_words(path):
    structure = {
        *("$schema", "$comment", "$defs", "$ref", "title", "properties", "items", "prefixItems", "allOf", "if", "then"),
        *("else", "additionalProperties", "required", "anyOf", "propertyNames"),
    }
    used = {key for key, _ in keywords(json.loads(path.read_text()))}
    assert used <= structure | set(words._SAY), "a keyword that jsonschema checks and nobody words"


@pytest.mark.parametrize("path", PANELS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_kind_rejects_an_unknown_key(path):
    kind, version = path.stem, path.parts[-3].removeprefix("grafana-")
    board = {"panels": [panel(type=kind, options={"zzz": 1}, **defaults(custom={"zzz": 1}))]}
    messages = said(board, version)
    if kind not in OPEN:
        assert f"options.zzz is not a key of {kind} options" in messages
    assert any(message.startswith("fieldConfig.defaults.custom") for message in messages)


def test_the_sizes_stay_modest():
    assert sum(path.stat().st_size for path in DOCUMENTS) < 1_500_000


def test_the_patches_name_their_reasons():
    patches = json.loads((ROOT / "schemas/make/patches.json").read_text())["patches"]
    assert all(patch["why"] and patch["in"] in ("grafana", "queries") for patch in patches)
    lock = json.loads((ROOT / "schemas/make/package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
    wanted = json.loads((ROOT / "schemas/make/package.json").read_text())["dependencies"]
    assert {f"npm:@grafana/schema@{version}" for version in versions()} <= set(wanted.values())


# --- the quick way past jsonschema gives the same answers

VALUES = [None, True, False, 0, 1, -1, 1.0, 1.5, "", "a", "b", [], ["a"], {}, {"a": 1}, float("inf")]
SCHEMAS = [
    True,
    False,
    {},
    {"type": "string"},
    {"type": "number"},
    {"type": "integer"},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "array"},
    {"type": ["string", "null"]},
    {"type": ["integer", "boolean"]},
    {"enum": ["a", "b"]},
    {"enum": [0, 1]},
    {"enum": [True]},
    {"const": "a"},
    {"const": 1},
    {"type": "string", "minLength": 1, "title": "t"},
    {"type": "number", "enum": [1]},
    {"type": "number", "minimum": 1},
    {"minLength": 1},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_the_quick_validator_agrees_with_jsonschema(schema):
    whole = {"type": "object", "properties": {"x": schema}}
    for value in VALUES:
        plain = Draft202012Validator(whole).is_valid({"x": value})
        assert validator.validator(whole).is_valid({"x": value}) == plain, value


def test_schemas_are_read_once():
    assert schemas.part("queries/loki", "query") is schemas.part("queries/loki", "query")
