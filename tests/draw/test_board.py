"""A drawn page: legends, queries and titles follow its panels, and its JSON is what Grafana would return."""

import json
from pathlib import Path

import pytest
from grafanalib import core

from kit.check.schema import dashboard_problems
from kit.draw.board import draw, legend
from kit.draw.page import Annotation, Everywhere, choice
from kit.draw.panel import (
    alerts_firing,
    bargauge,
    gauge,
    heatmap,
    logs,
    pie,
    stat,
    states,
    table,
    text,
    timeseries,
)
from kit.model.alert import critical, warning
from kit.model.expr import Recorded
from kit.model.fault import collecting

RECORDED = Path(__file__).resolve().parents[1] / "recorded/canonical/every-class-cleaned.json"
CANONICAL = json.loads(RECORDED.read_text())["v1"]["spec"]
VERSION = "13.1.3"


def every_kind(known):
    return {
        "Graphs": [timeseries(known.rate, stacked=True), timeseries(known.errors), heatmap(known.spread)],
        "Numbers": [stat(known.health), gauge(known.errors), bargauge(known.depth), pie(known.rate)],
        "More": [states(known.health), alerts_firing(), text("Words", "*so*"), table(known.rate, known.errors)],
        "Closed (collapsed)": [logs(known.logs), timeseries(known.levels, repeat="service")],
    }


@pytest.fixture
def full(page, site, known):
    """A page with a panel of every kind, a variable of every sort, alerts, and annotations."""
    variables = (choice("service", "Service", known.up), choice("endpoint", "Endpoint", known.requests, multi=False))
    made = page(every_kind(known), variables=variables)
    alerts = (
        critical(known.errors, summary="Errors.", description="{service} {value}"),
        warning(known.latency, summary="Slow.", description="{service} {value}"),
    )
    marks = Everywhere(
        variables=(choice("cluster", "Cluster", known.up),),
        annotations=(
            Annotation("Up", known.up.value("max"), per="service", title="{service}", text="{service} is up"),
        ),
    )
    return draw(made, site(made, alerts=alerts, everywhere=marks))


# --- what is asked


@pytest.mark.parametrize(
    ("view", "legends"),
    [
        (lambda s: s.rate, ["{{service}}"]),
        (lambda s: s.rate.by(), ["Rate"]),
        (lambda s: s.rate.by("endpoint", "status"), ["{{endpoint}} {{status}}"]),
        (lambda s: s.latency, ["{{service}} P50", "{{service}} P95", "{{service}} P99"]),
        (lambda s: s.latency.by("endpoint"), ["{{endpoint}} P50", "{{endpoint}} P95", "{{endpoint}} P99"]),
        (lambda s: s.latency.by(), ["P50", "P95", "P99"]),
        (lambda s: s.latency.only("P95"), ["{{service}}"]),
        (lambda s: s.latency.only("P95").by(), ["P95"]),
        (lambda s: s.levels, ["{{level}}"]),
    ],
)
def test_legends_follow_the_grouping(view, legends, known, drawn, panels):
    shown = view(known).view()
    assert [legend(shown, name) for name in shown.lines] == legends
    (panel,) = panels(drawn([timeseries(shown)]))
    assert [target["legendFormat"] for target in panel["targets"]] == legends


def test_a_heatmaps_legend_is_the_bucket(known, drawn, panels):
    (panel,) = panels(drawn([heatmap(known.spread)]))
    assert [(t["legendFormat"], t["format"]) for t in panel["targets"]] == [("{{le}}", "heatmap")]


def test_queries_are_grouped_filtered_by_the_pages_variables_and_named(known, drawn, panels):
    variables = [choice("service", "Service", known.up)]
    board = drawn([timeseries(known.latency.only("P95", "P99").by("endpoint"))], variables=variables)
    (panel,) = panels(board)
    inner = 'sum by (endpoint, le) (rate(duration_seconds_bucket{service=~"$service"}[$__rate_interval]))'
    assert [(t["refId"], t["expr"]) for t in panel["targets"]] == [
        ("A", f"histogram_quantile(0.95, {inner})"),
        ("B", f"histogram_quantile(0.99, {inner})"),
    ]


def test_a_table_of_many_columns_names_its_queries_beyond_z(known, drawn, panels):
    (panel,) = panels(drawn([table(*[known.latency] * 10)]))
    assert [t["refId"] for t in panel["targets"]][25:] == ["Z", "AA", "AB", "AC", "AD"]
    assert "Value #AD" in panel["transformations"][-1]["options"]["renameByName"]


def test_only_a_landing_page_reads_what_is_recorded(known, page, site, panels):
    rows = [timeseries(known.rate)]
    recorded = {"requests_total": Recorded("service:requests:rate5m", ("service",), "", "5m")}
    landing, other = page(rows, landing=True), page(rows)
    put_together = site(landing)
    for made, expr in (
        (landing, "sum by (service) (service:requests:rate5m)"),
        (other, "sum by (service) (rate(requests_total[$__rate_interval]))"),
    ):
        board = draw(made, type(put_together)(put_together.settings, put_together.sets, (made,), recorded=recorded))
        assert [t["expr"] for p in panels(board) for t in p["targets"]] == [expr]


# --- what is said


def test_titles_units_descriptions_and_nothing(known, full, panels):
    drawn = {(p["type"], p["title"]): p for p in panels(full)}
    errors = drawn["timeseries", "Errors"]
    assert errors["fieldConfig"]["defaults"]["unit"] == "percentunit"
    assert errors["fieldConfig"]["defaults"]["noValue"] == known.errors.nothing
    assert errors["description"].startswith("errors? Critical above 5 % for 2m")
    assert errors["description"].endswith("When it is bad: look.")
    assert all(p["title"] and p["description"] for p in drawn.values())


def test_a_panel_may_say_its_own_title_and_description(known, drawn, panels):
    (panel,) = panels(drawn([stat(known.rate, title="T", description="D")]))
    assert (panel["title"], panel["description"]) == ("T", "D")


def test_a_regrouped_panel_says_so(known, drawn, panels):
    row = [
        timeseries(known.rate),
        timeseries(known.rate.by(), key="2"),
        timeseries(known.errors.only("5xx").by("endpoint")),
    ]
    assert [p["title"] for p in panels(drawn(row))] == ["Rate", "Rate, overall", "Errors (5xx) by endpoint"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda s: timeseries(s.rate, stackd=True), "timeseries has no option 'stackd'; did you mean 'stacked'?"),
        (lambda s: stat(s.rate, colour="red"), "stat has no option 'colour'"),
        (lambda s: gauge("service_rate"), "gauge shows signals, and 'service_rate' is none"),
        (lambda s: gauge("service_rate", title="T"), "gauge shows signals, and 'service_rate' is none"),
        (lambda s: table(s.rate, s.depth), "table joins by service, and depth is grouped otherwise; use .by()"),
        (lambda s: stat(s.rate.only("P50")), "signal rate has no line 'P50'"),
        (lambda s: s.rate, ""),
        (lambda s: "rate", ""),
    ],
)
def test_a_mistake_in_a_row_is_a_fault_with_its_line(make, sentence, known, faults):
    found = faults(lambda: [make(known)])
    assert found
    assert found[0].message.startswith(sentence)
    assert found[0].where.file in (__file__, str(Path(__file__).parent / "conftest.py"))


# --- the shape


def every(value, path=()):
    yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from every(inner, (*path, key))


def forbidden(board):
    """What Grafana would drop or add when it returns the page."""
    for path, value in every(board):
        if value is None:
            yield path, "null"
        if path and path[-1] == "transparent" and value is False:
            yield path, "transparent: false"
        if path[-2:] == ("steps", 0) and "value" in value:
            yield path, "a value in the first threshold step"
        if path and path[-1] == "fieldConfig" and value in ({}, {"defaults": {}, "overrides": []}):
            yield path, "an empty fieldConfig"
        if path and path[-1] == "panels":
            places = [(p["gridPos"]["y"], p["gridPos"]["x"]) for p in value]
            if places != sorted(places):
                yield path, "panels that are not sorted by y and x"


def test_nothing_is_left_over(full, known):
    assert {p["type"] for p in full.json["panels"]} > {"timeseries", "stat", "gauge", "table", "row"}
    assert list(forbidden(full.json)) == []


def test_nothing_is_left_over_on_any_page(compiled):
    for board in compiled.product.boards:
        assert list(forbidden(board.json)) == [], board.page.title


def test_what_is_forbidden_is_found():
    bad = {
        "panels": [{"gridPos": {"x": 0, "y": y}, "transparent": False, "fieldConfig": {}, "x": None} for y in (1, 0)]
    }
    steps = {"steps": [{"color": "green", "value": None}]}
    assert len(list(forbidden(bad))) == 7
    assert len(list(forbidden(steps))) == 2


def test_every_kind_has_the_shape_of_grafanas_own_types(full):
    assert [str(problem) for problem in dashboard_problems(full.json, VERSION)] == []


def test_every_kind_has_the_options_that_grafana_returned(full, panels):
    # No panel of the recording asks for an interval; Grafana's types know it.
    anywhere = {key for panel in CANONICAL["panels"] for key in panel} | {"interval"}
    options = {panel["type"]: set(panel["options"]) for panel in CANONICAL["panels"] if panel["type"] != "row"}
    assert {panel["type"] for panel in panels(full)} <= set(options)
    for panel in panels(full):
        assert set(panel) <= anywhere, panel["type"]
        # The recording's bar gauge sets no sizes of its own; Grafana's types know them.
        assert set(panel["options"]) - {"text"} == options[panel["type"]], panel["type"]


def test_the_page_itself_has_the_keys_that_grafana_returned_and_no_id_or_version(full):
    assert set(full.json) - {"uid"} == set(CANONICAL)
    assert full.json["schemaVersion"] == CANONICAL["schemaVersion"]
    assert full.json["annotations"]["list"][0] == CANONICAL["annotations"]["list"][0]
    query = next(v for v in full.json["templating"]["list"] if v["type"] == "query")
    recorded = next(v for v in CANONICAL["templating"]["list"] if v["type"] == "query")
    assert set(query) == set(recorded)


def test_a_page_is_drawn_the_same_twice(page, site, known):
    made = page(every_kind(known))
    assert json.dumps(draw(made, site(made)).json) == json.dumps(draw(made, site(made)).json)


# --- stock classes of grafanalib in a row

STOCK = {
    "timeseries": core.TimeSeries(title="S", dataSource="${datasource}", targets=[core.Target(expr="up")]),
    "stat": core.Stat(title="S", dataSource="default", targets=[core.Target(expr="up")], thresholds=[]),
    "gauge": core.GaugePanel(title="S", targets=[core.Target(expr="up", refId="A")], gridPos=core.GridPos(5, 6, 3, 99)),
    "table": core.Table(title="S", targets=[core.Target(expr="up")]),
    "text": core.Text(title="S", content="words"),
    "logs": core.Logs(title="S", dataSource="${logs}", targets=[core.Target(expr='{service="a"}')]),
}


def named_sources(board):
    return {
        value["uid"].strip("${}")
        for path, value in every(board.json)
        if path and path[-1] == "datasource" and isinstance(value, dict) and value["uid"].startswith("${")
    }


@pytest.mark.parametrize("kind", STOCK)
def test_a_stock_class_comes_out_in_its_place_and_in_shape(kind, drawn, known):
    board = drawn([timeseries(known.rate), STOCK[kind], stat(known.rate)])
    panel = next(p for p in board.json["panels"] if p["title"] == "S")
    assert panel["type"] == kind
    assert panel["gridPos"]["y"] < 99
    assert panel["id"] in board.lines
    assert list(forbidden(board.json)) == []
    assert [str(problem) for problem in dashboard_problems(board.json, VERSION)] == []


@pytest.mark.parametrize("kind", STOCK)
def test_every_data_source_that_a_page_names_can_be_chosen_on_it(kind, drawn):
    board = drawn([STOCK[kind]])
    assert named_sources(board) <= {variable["name"] for variable in board.json["templating"]["list"]}


@pytest.mark.parametrize(
    ("panel", "words"),
    [
        (core.Graph(title="S"), "Graph 'S': "),
        (core.SingleStat(title="S"), "SingleStat 'S': "),
        (core.TimeSeries(title="S", dataSource="Nobody", targets=[core.Target(expr="up")]), "TimeSeries 'S': "),
        (core.RowPanel(title="S", collapsed=True, panels=[core.Text(title="x")]), ""),
        (core.Target(expr="up"), ""),
    ],
)
def test_a_stock_class_that_cannot_be_drawn_is_a_fault_on_the_pages_line(panel, words, page, site):
    made = page([panel])
    with collecting() as found:
        draw(made, site(made))
    assert [fault.where for fault in found] == [made.where]
    assert found[0].message.startswith(words)
