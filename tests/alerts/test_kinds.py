"""Every alert is played: by its own courses, or by those of another alert whose condition has the same shape."""

import pytest

from tests.alerts.courses import KINDS
from tests.alerts.pruned import pruned
from tests.alerts.shapes import shape_of


@pytest.fixture(scope="session")
def shapes(prometheus_rules, grafana_rules):
    """Alert's name → the shape of its condition."""
    return {name: shape_of(rule, grafana_rules[name]) for name, rule in prometheus_rules.items()}


def unplayed(shapes, kinds):
    """What is missing, in sentences."""
    played = {shapes[kind.alert] for kind in kinds if kind.alert in shapes}
    return [
        f"{name}: no kind has courses for its condition, `{shape}`: add one to KINDS in tests/alerts/courses.py"
        " (the alert, its hold, what is scraped of an instance while it is in order and while it is bad)"
        for name, shape in shapes.items()
        if shape not in played
    ]


def test_every_alert_belongs_to_a_kind_that_is_played(shapes):
    assert unplayed(shapes, KINDS.values()) == []


def test_every_kind_is_of_an_alert_that_there_is_with_its_hold(prometheus_rules):
    holds = {name: rule.get("for", "0s") for name, rule in prometheus_rules.items()}
    told = {kind.alert: f"{kind.hold}m" if kind.hold else "0s" for kind in KINDS.values()}
    assert told == {name: holds.get(name) for name in told}


def test_an_alert_whose_kind_is_not_played_is_found_whichever_it_is(shapes):
    for kind in KINDS.values():
        wrong = unplayed(shapes, [other for other in KINDS.values() if other is not kind])
        alike = [name for name, shape in shapes.items() if shape == shapes[kind.alert]]
        assert [sentence.split(":")[0] for sentence in wrong] == alike


def test_a_new_way_to_ask_is_found(shapes, prometheus_rules, grafana_rules):
    asked = {**prometheus_rules["DatabaseDown"], "expr": "stddev_over_time(pg_up[5m]) < 1"}
    new = shape_of(asked, grafana_rules["DatabaseDown"])
    [sentence] = unplayed({**shapes, "DatabaseShaky": new}, KINDS.values())
    assert sentence.startswith("DatabaseShaky: no kind has courses for its condition, `stddev_over_time(number) < n`")


SAME = [
    ("sum by (a) (x) > 1", "max by (b, c) (y{d='e'}) > 2.5"),
    ("rate(x[5m]) > 1", "sum(rate(y[10m])) > 0"),
    ("(a - b) / (c > 0) > 1", "1 - (a / (b > 0)) > 1"),
    ("label_replace(absent(x), 'a', 'b', '', '') > 0", "absent(y) > 0"),
]
OTHERS = [
    ("x > 1", "x < 1"),
    ("sum(x) > 1", "count(x) > 1"),
    ("rate(x[5m]) > 1", "increase(x[5m]) > 1"),
    ("x > 1", "x:y:z > 1"),
    ("a or b > 1", "a > 1"),
    ("(a unless b) > 1", "(a and b) > 1"),
    ("a * b > 1", "a > 1"),
    ("(absent(x) or absent(y)) > 1", "absent(x) > 1"),
]


def looked(expr, **grafana):
    rule = {"noDataState": "OK", "execErrState": "KeepLast", "data": []} | grafana
    return shape_of({"expr": expr, "for": "1m"}, rule)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_numbers_and_windows_make_no_other_shape(one, other):
    assert looked(one) == looked(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_behaves_otherwise_has_another_shape(one, other):
    assert looked(one) != looked(other)


def test_what_no_data_and_errors_do_is_part_of_the_shape():
    assert looked("x > 1", noDataState="Alerting") == "number > n, no data alerts"
    assert looked("x > 1", execErrState="Alerting") == "number > n, an error alerts"


# --- what has no answer is not asked


def test_what_reads_nothing_that_is_scraped_is_left_out():
    scraped = ['up{job="redis",instance="i:1"}', "redis_up"]
    assert pruned('(up{job="redis"} == 1 or up{job="kafka"} == 1) > 0', scraped) == '((up{job="redis"} == 1)) > 0'
    assert pruned('up{job=~"re.*"} or up{job!="redis"} or other', scraped) == '(up{job=~"re.*"})'
    assert pruned("other or another", scraped) == "(other)"


@pytest.mark.parametrize("query", ["absent(other)", "vector(1)", "a:b:c", 'redis_up{job=""}', 'redis_up{job!~"x"}'])
def test_what_may_have_an_answer_stays(query):
    assert pruned(f"redis_up or {query}", ["redis_up"]) == f"(redis_up) or ({query})"


def test_what_is_no_choice_is_asked_as_it_is():
    assert pruned("sum(a or b)", ["a"]) == "sum(a or b)"
