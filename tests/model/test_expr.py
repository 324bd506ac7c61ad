"""Any tree of nodes, rendered for any scope, is PromQL that parses, means the tree, and says nothing wrong."""

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.model import promql
from kit.model.expr import Beside, Binary, Labelled, Number, OrZero, Scope, Share, either, or_zero, ratio, share
from kit.model.matcher import Match, no, no_re, re
from kit.model.metric import Counter, Gauge, Histogram, Summary

REQUESTS = Counter("requests_total", "service endpoint status")
ERRORS = Counter("errors_total", "service endpoint")
OPEN = Gauge("open_connections", "service endpoint")
DEPTH = Gauge("queue_size", "service endpoint queue", same_on_replicas=True)
DISK = Gauge("disk_bytes", "service endpoint", only=(Match("instance", "!=", ""),))
TIME = Histogram("duration_seconds", "service endpoint", buckets=(0.5, 1, 2.5))
SLICES = Summary("slice_seconds", "service endpoint slice")
CATALOGUE = {s: m for m in (REQUESTS, ERRORS, OPEN, DEPTH, DISK, TIME, SLICES) for s in m.series}
ROOT = Path(__file__).resolve().parents[2]

words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)
asked = st.dictionaries(
    st.sampled_from(("service", "endpoint", "instance")),
    st.one_of(words, words.map(no), st.sampled_from((re("5.."), no_re("a|b"), re(".+\\.x")))),
    max_size=2,
)
counters = st.sampled_from((REQUESTS, ERRORS))
gauges = st.sampled_from((OPEN, DEPTH, DISK))
leaves = st.one_of(
    st.builds(lambda metric, m: metric.rate(**m), counters, asked),
    st.builds(lambda metric, m: metric.increase("1h", **m), counters, asked),
    st.builds(lambda metric, how, m: metric.value(how, **m), gauges, st.sampled_from(("sum", "max", "avg")), asked),
    st.builds(lambda metric, name, m: metric.over(name, "10m", **m), gauges, st.sampled_from(("avg", "max")), asked),
    st.builds(lambda metric, m: metric.change("deriv", **m), gauges, asked),
    st.builds(lambda metric, m: metric.ahead(3600, "6h", **m), gauges, asked),
    st.builds(lambda metric, m: metric.count(**m), st.one_of(counters, gauges), asked),
    st.builds(lambda metric, m: metric.value(**m).ago("1d"), gauges, asked),
    st.builds(lambda q, m: TIME.quantile(q, **m), st.sampled_from((0, 0.5, 0.95, 1)), asked),
    st.builds(lambda bound, m: TIME.below(bound, **m), st.sampled_from((0.5, 1, 2.5)), asked),
    st.builds(lambda m: TIME.mean(**m), asked),
    st.builds(lambda m: SLICES.quantile_now("0.9", **m), asked),
)
numbers = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False, width=32))
operators = st.sampled_from(("+", "-", "*", "/", "or", "and", "unless", ">"))
trees = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.builds(Binary, operators, below, below),
        st.builds(lambda a, n: a * n + 1, below, numbers),
        st.builds(lambda a, n: n - a, below, numbers),
        st.builds(lambda a, b: share(a, of=b), below, below),
        st.builds(lambda a, b: ratio(a, of=b), below, below),
        st.builds(either, below, below, below),
        st.builds(or_zero, below),
    ),
    max_leaves=5,
)
labels = st.lists(st.sampled_from(("service", "endpoint", "cluster", "environment", "instance", "job")), unique=True)
matches = st.builds(
    Match,
    st.sampled_from(("service", "cluster", "unknown")),
    st.sampled_from(("=", "!=", "=~", "!~")),
    st.sampled_from(("$service", ".+", 'a"b\\.c', "")),
)
scopes = st.builds(
    Scope,
    by=labels.map(tuple),
    where=st.lists(matches, max_size=2).map(tuple),
    window=st.sampled_from(("$__rate_interval", "5m", "1h30m")),
)


@given(trees, scopes)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_in_any_scope_is_promql_without_fault(tree, scope):
    text = tree.text(scope)
    assert "\n" not in text
    promql.parse(text)
    assert list(promql.problems(text, CATALOGUE)) == []
    assert tree.text(replace(scope)) == text
    assert promql.labels(text, CATALOGUE) == set(scope.by)


def meant(node, scope):
    """The tree's query with every node in brackets."""
    if isinstance(node, Binary):
        return f"({meant(node.left, scope)}) {node.op} ({meant(node.right, scope)})"
    if isinstance(node, Share):
        part, whole = meant(node.part, scope), meant(node.of, scope)
        return f"(({part}) or (({whole}) * 0)) / (({whole}) > 0)"
    if isinstance(node, OrZero) and not scope.by:
        return f"({meant(node.of, scope)}) or vector(0)"
    return meant(node.of, scope) if isinstance(node, OrZero) else node.text(scope)


def shape(node):
    """A syntax tree without its brackets; what can be regrouped is one list."""
    kind = type(node).__name__
    if kind == "ParenExpr":
        return shape(node.expr)
    if kind != "BinaryExpr":
        return node.prettify()
    op, left, right = str(node.op), shape(node.lhs), shape(node.rhs)
    if op not in ("+", "or", "and"):
        return (op, left, right)
    parts = (side[1:] if isinstance(side, tuple) and side[0] == op else (side,) for side in (left, right))
    return (op, *(part for side in parts for part in side))


@given(trees, scopes)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_text_means_what_the_tree_says(tree, scope):
    assert shape(promql.parse(tree.text(scope))) == shape(promql.parse(meant(tree, scope)))


@given(words)
@settings(deadline=None)
def test_any_text_can_be_asked_for(word):
    text = OPEN.value(service=word).text(Scope())
    assert [(m[0], m[2]) for _, found in promql.selectors(text) for m in found] == [("service", word)]


def test_rendering_is_the_same_in_every_process():
    program = (
        "from kit.model.expr import *; from kit.model.metric import *; r = Counter('r_total', 'a b c');"
        "where = tuple(Match(l, '=~', f'${l}') for l in 'abc');"
        "print(share(r.rate(c='1', a='2'), of=r.rate()).text(Scope(by=('b', 'a'), where=where)))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(texts) == 1


def test_a_tree_is_frozen_and_equal_to_one_that_was_made_alike():
    tree = share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())
    assert tree == share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())
    assert tree != share(REQUESTS.rate(status=re("4..")), of=REQUESTS.rate())
    assert len({tree, share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())}) == 1
    with pytest.raises(FrozenInstanceError):
        tree.part = Number(1)
    with pytest.raises(FrozenInstanceError):
        tree.part.where = ()


def test_matchers_of_the_scope_are_laid_only_on_metrics_that_have_their_label():
    scope = Scope(where=(Match("status", "=~", "$status"),))
    assert (REQUESTS.rate() + OPEN.value()).text(scope) == (
        'sum(rate(requests_total{status=~"$status"}[$__rate_interval])) + sum(open_connections)'
    )


def test_the_same_matcher_twice_is_written_once():
    scope = Scope(where=(Match("service", "=", "a"),))
    assert OPEN.value(service="a").text(scope) == 'sum(open_connections{service="a"})'


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (OPEN.value() - (OPEN.value() - 1), "sum(open_connections) - (sum(open_connections) - 1)"),
        ((OPEN.value() - 1) - 1, "(sum(open_connections) - 1) - 1"),
        (OPEN.value() + OPEN.value() + 1, "sum(open_connections) + sum(open_connections) + 1"),
        (1 - OPEN.value() / 2, "1 - (sum(open_connections) / 2)"),
        (OPEN.value() * 0.05, "sum(open_connections) * 0.05"),
    ],
)
def test_brackets_stand_where_they_are_needed(tree, text):
    assert tree.text(Scope()) == text


# --- what is grouped otherwise than the whole


def test_what_is_added_from_everywhere_is_neither_grouped_nor_chosen():
    scope = Scope(by=("service",), where=(Match("service", "=~", "$service"),))
    found = Beside(OPEN.value(), DISK.value() + 1).text(scope)
    assert found == (
        'sum by (service) (open_connections{service=~"$service"}) + on () group_left () '
        '(sum(disk_bytes{instance!=""}) + 1)'
    )
    assert list(promql.problems(found, CATALOGUE)) == []
    assert promql.labels(found, CATALOGUE) == {"service"}


def test_labels_that_do_not_tell_apart_are_left_out_of_the_grouping_where_that_is_said():
    scope = Scope(by=("service", "endpoint", "told"))
    part = Labelled(OPEN.value(), (("told", "x"),), without=("endpoint",))
    assert part.text(scope) == 'label_replace(sum by (service) (open_connections), "told", "x", "", "")'
    assert part.given() == {"told", "endpoint"}
    assert (
        either(part, OPEN.count())
        .text(Scope(by=("service", "endpoint")))
        .endswith("or count by (service, endpoint) (open_connections)")
    )
