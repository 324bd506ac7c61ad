"""The variables of a dashboard in a run, chained."""

import pytest
from attrs import evolve

from kit.check.build import Dashboard
from kit.coverage.choices import choices, named, read
from kit.coverage.options import chosen_by_regex, parts_of, sorted_as
from kit.coverage.span import Span
from kit.coverage.values import by_default
from kit.live.answers import QueryFailed
from kit.model.fault import Where

SPAN = Span(0, 3600)


def board(*variables):
    return Dashboard("x.json", {"title": "Board", "templating": {"list": list(variables)}}, Where("x.py"))


def query(name, text, **more):
    return {"name": name, "type": "query", "query": {"query": text}, **more}


def several(name, text, **more):
    return query(name, text, multi=True, includeAll=True, **more)


def chosen(run, *variables, known=None, **fixed):
    """Name → what stands in a query."""
    made = choices(board(*variables), run, SPAN, lambda text: (known or {}).get(text, ()), fixed)
    return {name: value.literal or by_default(value) for name, value in made.values.items()}


SERVICES = {"label_values(up, service)": ("b", "a.x")}


@pytest.mark.parametrize(
    ("variable", "defaults", "everything"),
    [
        # As our own pages have it: All, with a literal.
        (several("s", "label_values(up, service)", allValue=".*", current={"value": ["$__all"]}), ".*", ".*"),
        # All without a literal is every value.
        (several("s", "label_values(up, service)", current={"value": ["$__all"]}), "(b|a\\\\.x)", "(b|a\\\\.x)"),
        (several("s", "label_values(up, service)", current={"value": ["b"]}), "b", "(b|a\\\\.x)"),
        # Grafana takes All where nothing is chosen and there is All, and the first value where there is none.
        (several("s", "label_values(up, service)"), "(b|a\\\\.x)", "(b|a\\\\.x)"),
        (query("s", "label_values(up, service)", sort=1), "a.x", "a.x"),
        (query("s", "label_values(up, service)", sort=2), "b", "b"),
        (query("s", "label_values(up, service)"), "b", "b"),
        (query("s", "label_values(up, service)", current={"value": "a.x"}), "a.x", "a.x"),
        (query("s", "label_values(up, service)", current={"value": "gone"}), "b", "b"),
        (query("s", "label_values(up, service)", multi=True, current={"value": ["b", "gone"]}), "b", "b"),
        (query("s", "label_values(up, service)", regex="/^(a)/"), "a", "a"),
        (query("s", "label_values(nothing, service)"), "", ""),
        ({"name": "s", "type": "query", "query": "label_values(up, service)"}, "b", "b"),
        # Variables that ask nobody.
        ({"name": "s", "type": "custom", "query": "one : 1, two : 2"}, "1", "1"),
        ({"name": "s", "type": "custom", "query": "1,2", "includeAll": True, "current": {"value": "2"}}, "2", "(1|2)"),
        ({"name": "s", "type": "constant", "query": "c"}, "c", "c"),
        ({"name": "s", "type": "textbox", "query": "t", "current": {"value": "typed"}}, "typed", "typed"),
        ({"name": "s", "type": "interval", "query": "1m,5m", "current": {"value": "5m"}}, "5m", "5m"),
        ({"name": "s", "type": "interval", "query": "1m", "current": {"value": "$__auto_interval_s"}}, "15s", "15s"),
        ({"name": "s", "type": "datasource", "query": "prometheus"}, "", ""),
        # Loki is not asked; All of it is anything.
        (several("s", "label_values(service)", datasource={"type": "loki"}), ".*", ".*"),
    ],
)
def test_what_is_chosen(variable, defaults, everything):
    assert chosen("defaults", variable, known=SERVICES)["s"] == defaults
    assert chosen("all", variable, known=SERVICES)["s"] == everything


def test_each_variable_is_asked_with_the_values_of_those_before_it():
    found = chosen(
        "all",
        several("cluster", "label_values(up, cluster)"),
        query("service", 'label_values(up{cluster=~"$cluster"}, service)'),
        known={"label_values(up, cluster)": ("x", "y"), 'label_values(up{cluster=~"(x|y)"}, service)': ("api",)},
    )
    assert found == {"cluster": "(x|y)", "service": "api"}


def test_a_fixed_value_holds_in_every_run_and_for_those_after_it():
    variables = (
        several("cluster", "label_values(up, cluster)", allValue=".*"),
        query("service", 'label_values(up{cluster=~"$cluster"}, service)'),
    )
    known = {'label_values(up{cluster=~"(x|y)"}, service)': ("api",)}
    for run in ("defaults", "all"):
        assert chosen(run, *variables, known=known, cluster=("x", "y")) == {"cluster": "(x|y)", "service": "api"}


def test_a_query_that_fails_is_told_and_the_others_go_on():
    def ask(text):
        if "broken" in text:
            raise QueryFailed("parse error")
        return ("v",)

    made = choices(board(query("a", "label_values(broken{, x)"), query("b", "label_values(x)")), "all", SPAN, ask, {})
    assert [(found.failed, found.options) for found in made.found] == [("parse error", ()), ("", ("v",))]


def test_the_names_of_variables():
    assert named([board(query("a", ""), query("b", "")), evolve(board(query("c", "")))]) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('label_values(up{a=~"x,y"}, service)', ("label_values", 'up{a=~"x,y"}', "service")),
        ("label_values(service)", ("label_values", "", "service")),
        ("label_names()", ("label_names", "", "")),
        ("metrics(node_.*)", ("metrics", "node_.*", "")),
        ("query_result(max(up) by (job))", ("query_result", "max(up) by (job)", "")),
        ('up{job="a"}', ("series", 'up{job="a"}', "")),
    ],
)
def test_a_variables_query_is_read(text, parts):
    assert read(text) == parts


@pytest.mark.parametrize(
    ("pattern", "result"),
    [
        ("", ["node-1", "Node-2", "x"]),
        ("/node/", ["node-1"]),
        ("/node/i", ["node-1", "Node-2"]),
        (r"/-(\d)/", ["1", "2"]),
        (r"/(?<text>.ode)-(?<value>\d)/", ["1", "2"]),
        ("x", ["x"]),
        ("/(/", ["node-1", "Node-2", "x"]),
    ],
)
def test_a_regex_chooses_among_the_values(pattern, result):
    assert list(chosen_by_regex(["node-1", "Node-2", "x"], pattern)) == result


@pytest.mark.parametrize(
    ("sort", "result"),
    [
        (0, ("b10", "a", "B9")),
        (1, ("B9", "a", "b10")),
        (2, ("b10", "a", "B9")),
        (3, ("a", "B9", "b10")),
        (4, ("b10", "B9", "a")),
        (5, ("a", "b10", "B9")),
        (6, ("B9", "b10", "a")),
        (7, ("a", "B9", "b10")),
        (8, ("b10", "B9", "a")),
        (99, ("b10", "a", "B9")),
    ],
)
def test_values_are_sorted_as_the_variable_says(sort, result):
    assert sorted_as(("b10", "a", "B9"), sort) == result


def test_a_written_list_has_commas_of_its_own():
    assert list(parts_of(r"a, b\,c , ,d")) == ["a", "b,c", "d"]
