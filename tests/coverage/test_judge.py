"""What an answer says of its question."""

import math

import pytest
from attrs import evolve

from kit.coverage import signs
from kit.coverage.asked import Question
from kit.coverage.judge import judged
from kit.coverage.result import Outcome
from kit.model.fault import Where

PANEL = Question("Board", "Panel", "panel", Where("x.py"), "")
SHARE = evolve(PANEL, unit="percentunit")
STATE = evolve(PANEL, unit="none", states=frozenset({0.0, 1.0}))


def verdict(one, question, *values, query="m", optional=()):
    found = judged(question, query, [one(value) for value in values], optional)
    return found.outcome, found.words


def test_data_is_ok(one):
    assert verdict(one, PANEL, 0, 5) == (Outcome.OK, "")


def test_nothing_is_empty_and_quiet_where_the_panel_has_a_word_for_it(one):
    assert verdict(one, PANEL) == (Outcome.EMPTY, "")
    assert verdict(one, evolve(PANEL, nothing="no requests")) == (Outcome.QUIET, "no requests")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.3, "a share is 1.3, above its whole"),
        (-0.2, "a share is -0.2, below zero"),
        (1.009, ""),
        (-0.009, ""),
        (1.011, "a share is 1.011, above its whole"),
    ],
)
def test_a_share_lies_between_nothing_and_its_whole(one, value, words):
    assert verdict(one, SHARE, 0.5, value) == (Outcome.CONTRADICTS if words else Outcome.OK, words)


def test_whose_value_it_is_is_said(one):
    found = judged(SHARE, "m", [one(0.5, service="a"), one(1.5, service="b", __name__="m")], ())
    assert found.words == 'a share is 1.5, above its whole (service="b")'


@pytest.mark.parametrize(
    ("value", "words"), [(-1, "a value is -1, below zero"), (math.inf, "a value is infinite"), (-1e-12, "")]
)
def test_a_rate_is_not_below_zero(one, value, words):
    assert verdict(one, evolve(PANEL, unit="reqps"), 1, value)[1] == words


def test_a_state_has_a_name(one):
    assert verdict(one, STATE, 0, 1) == (Outcome.OK, "")
    assert verdict(one, STATE, 2)[1] == "a state is 2, which has no name (there are names for 0, 1)"


def test_only_nan_is_nothing(one):
    assert verdict(one, PANEL, math.nan) == (Outcome.CONTRADICTS, "every value is NaN, which draws nothing")
    assert verdict(one, evolve(PANEL, nothing="no requests"), math.nan) == (Outcome.QUIET, "no requests")
    assert verdict(one, PANEL, math.nan, 1) == (Outcome.OK, "")
    words = verdict(one, PANEL, math.nan, query="histogram_quantile(0.9, rate(m[5m]))")[1]
    assert words.endswith("within the window of histogram_quantile() there was no observation")


def test_every_label_of_the_legend_is_on_every_series(one):
    question = evolve(PANEL, labels=("service", "status"))
    found = judged(question, "m", [one(service="a", status="200"), one(service="b", status="")], ())
    assert (found.outcome, found.lacking) == (Outcome.LABEL_MISSING, ("status",))
    assert found.words == "1 of 2 series have no label 'status', which the legend names"
    assert judged(question, "m", [one(service="b")], ("status",)).outcome is Outcome.OK


def test_a_label_and_a_value_are_both_told(one):
    found = judged(evolve(SHARE, labels=("service",)), "m", [one(2)], ())
    assert found.outcome is Outcome.LABEL_MISSING
    assert found.words.endswith("names; a share is 2, above its whole")


@pytest.mark.parametrize("unit", ["reqps", "bytes", "s", "locale", "none", "short", ""])
@pytest.mark.parametrize("query", ["m", "rate(m[5m])", "sum(m) / sum(n)", "max_over_time(m[1h])", "m and n", "m * 2"])
def test_below_zero_makes_no_sense(unit, query):
    assert signs.least(query, unit) == 0


@pytest.mark.parametrize(
    "query",
    ["deriv(m[1h])", "delta(m[1h])", "idelta(m[1h])", "predict_linear(m[1h], 60)", "a - b", "m - m offset 1h", "-m",
     "time() - m", "sum(a - b)", "m * -1", "ln(m)", "1 - m", "this is no promql"],
)  # fmt: skip
def test_a_difference_or_a_course_may_be_below_zero(query):
    assert signs.least(query, "bytes") is None


@pytest.mark.parametrize("unit", ["celsius", "dBm", "currencyUSD"])
def test_some_units_have_values_below_zero(unit):
    assert signs.least("m", unit) is None


@pytest.mark.parametrize("query", ["a / b", "1 - a / b", "(a - b) / a", "1 - (a - b) / a", "avg(m)", "(1 - a) * b"])
def test_a_share_is_held_to_its_whole(query):
    assert (signs.least(query, "percentunit"), signs.most(query, "percentunit")) == (0, 1)


@pytest.mark.parametrize("query", ["a - b", "(m - m offset 1h) / m", "deriv(m[1h])", "sum(a / c - b / c)"])
def test_the_difference_of_shares_or_of_times_is_none(query):
    assert (signs.least(query, "percentunit"), signs.most(query, "percentunit")) == (None, None)


def test_percent_may_be_above_a_hundred_and_what_is_no_share_has_no_whole():
    assert (signs.least("m", "percent"), signs.most("m", "percent"), signs.most("m", "s")) == (0, None, None)
