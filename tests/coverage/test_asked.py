"""What a compiled dashboard asks."""

from types import SimpleNamespace

import pytest

from kit.check.build import Build, Dashboard
from kit.coverage.asked import questions
from kit.coverage.span import Span
from kit.model.fault import Where

BUILD = Build({}, {}, SimpleNamespace(site=SimpleNamespace(pages=())))
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}


def asked(*panels, marks=()):
    json = {"title": "Board", "uid": "b", "panels": list(panels), "annotations": {"list": list(marks)}}
    board = Dashboard("b.json", json, Where("b.py", 1), {7: Where("b.py", 7)})
    return list(questions(board, BUILD, Span(0, 6 * 3600)))


def panel(*targets, **more):
    return {"title": "Panel", "type": "timeseries", "id": 7, "datasource": PROMETHEUS, "targets": list(targets), **more}


def one(**target):
    [found] = asked(panel({"expr": "up", "refId": "A", **target}))
    return found


def test_a_panels_query_knows_who_asks_and_where_it_was_written():
    found = one(legendFormat="{{service}} {{ code }}")
    assert (found.board, found.name, found.kind, found.ref) == ("Board", "Panel", "panel", "A")
    assert (found.where, found.labels) == (Where("b.py", 7), ("service", "code"))


def test_panels_in_closed_rows_are_asked_too():
    row = {"type": "row", "title": "Row", "collapsed": True, "panels": [panel({"expr": "up"})]}
    assert [found.name for found in asked(row)] == ["Panel"]


def test_hidden_and_empty_targets_are_not_asked():
    assert asked(panel({"expr": "up", "hide": True}, {"expr": ""}, {})) == []


@pytest.mark.parametrize(
    ("target", "of_panel", "source"),
    [
        ({}, {"datasource": PROMETHEUS}, "prometheus"),
        ({}, {"datasource": {"type": "loki", "uid": "x"}}, "loki"),
        ({"datasource": PROMETHEUS}, {"datasource": {"type": "mixed", "uid": "-- Mixed --"}}, "prometheus"),
        ({}, {"datasource": "Prometheus"}, "prometheus"),
        ({}, {"datasource": None}, "prometheus"),
        ({"datasource": {"type": "loki"}}, {"datasource": PROMETHEUS}, "loki"),
    ],
)
def test_whose_query_it_is(target, of_panel, source):
    [found] = asked({**panel({"expr": "up", **target}), **of_panel})
    assert found.source == source


@pytest.mark.parametrize("source", ["-- Grafana --", {"type": "__expr__", "uid": "__expr__"}, {"uid": "grafana"}])
def test_grafanas_own_sources_are_nobodys(source):
    assert asked(panel({"expr": "$A > 1", "datasource": source})) == []


def config(defaults=None, overrides=()):
    return {"fieldConfig": {"defaults": defaults or {}, "overrides": list(overrides)}}


def override(matcher, option, unit):
    return {"matcher": {"id": matcher, "options": option}, "properties": [{"id": "unit", "value": unit}]}


@pytest.mark.parametrize(
    ("made", "unit"),
    [
        (override("byFrameRefID", "A", "s"), "s"),
        (override("byFrameRefID", "B", "s"), "reqps"),
        (override("byName", "Value #A", "s"), "s"),
        (override("byName", "up", "s"), "s"),
        (override("byName", "Time", "s"), "s"),
        (override("byRegexp", ".*", "s"), "reqps"),
    ],
)
def test_the_unit_of_a_column_is_the_overrides(made, unit):
    renamed = {"transformations": [{"id": "organize", "options": {"renameByName": {"Value #A": "Time"}}}]}
    target = {"expr": "up", "refId": "A", "legendFormat": "up"}
    [found] = asked(panel(target, **config({"unit": "reqps"}, [made]), **renamed))
    assert found.unit == unit


def named(**options):
    return {"type": "value", "options": {value: {"text": text} for value, text in options.items()}}


@pytest.mark.parametrize(
    ("mappings", "unit", "states"),
    [
        ([{"type": "value", "options": {"0": {}, "1": {}}}], "none", {0, 1}),
        ([{"type": "value", "options": {"0": {}, "1": {}}}, {"type": "special", "options": {}}], "none", {0, 1}),
        ([{"type": "value", "options": {"0": {}}}], "none", set()),
        ([{"type": "value", "options": {"0": {}, "1": {}}}], "locale", set()),
        ([{"type": "value", "options": {"0": {}, "1": {}}}, {"type": "range", "options": {}}], "none", set()),
        ([{"type": "value", "options": {"up": {}, "1": {}}}], "none", set()),
        ([], "none", set()),
    ],
)
def test_the_states_of_a_panel(mappings, unit, states):
    [found] = asked(panel({"expr": "up"}, **config({"unit": unit, "mappings": mappings})))
    assert found.states == states


def test_what_is_said_of_nothing():
    [found] = asked(panel({"expr": "up"}, **config({"noValue": "no requests"})))
    assert (found.nothing, found.quiet) == ("no requests", True)
    assert not one().quiet


def test_the_step_is_the_querys_the_panels_or_the_ranges():
    assert (one().step, one().least) == (20, 0)
    assert (one(interval="1m").step, one(interval="1m").least) == (60, 60)
    [found] = asked(panel({"expr": "up"}, interval="5m", maxDataPoints=100))
    assert (found.step, found.least) == (300, 0)


def test_annotations_are_asked_each_minute_or_as_they_say():
    mark = {"name": "Deploy", "expr": "changes(x[1m])", "datasource": PROMETHEUS, "titleFormat": "{{service}}"}
    built_in = {"builtIn": 1, "name": "Annotations & Alerts"}
    off = {**mark, "enable": False}
    [first, second] = asked(marks=[built_in, mark, {**mark, "step": "5m", "textFormat": "{{version}}"}, off])
    assert (first.kind, first.name, first.step, first.labels) == ("annotation", "Deploy", 60, ("service",))
    assert (second.step, second.labels) == (300, ("service", "version"))
