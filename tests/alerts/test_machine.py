"""The small model of Grafana's states does what Grafana documents."""

import pytest

from tests.alerts.machine import (
    ALERTING,
    ERROR,
    NO_DATA,
    NORMAL,
    PENDING,
    RECOVERING,
    Settings,
    advance,
)

YES, NO = {"a": True}, {"a": False}


def states(settings, *results, who="a"):
    """The state of one instance after each evaluation, every 30 s; None for one that is not there."""
    instances, seen = {}, []
    for number, result in enumerate(results):
        instances = advance(settings, instances, result, 30 * number)
        seen.append(instances[who].state if who in instances else None)
    return seen


def test_a_breach_is_pending_for_its_hold_then_alerts_and_is_normal_at_once():
    assert states(Settings(60), NO, YES, YES, YES, NO) == [NORMAL, PENDING, PENDING, ALERTING, NORMAL]


def test_without_a_hold_it_alerts_at_once():
    assert states(Settings(0), NO, YES) == [NORMAL, ALERTING]


def test_a_moment_in_order_begins_the_hold_anew():
    assert states(Settings(60), YES, YES, NO, YES, YES, YES) == [PENDING, PENDING, NORMAL, PENDING, PENDING, ALERTING]


def test_it_recovers_for_as_long_as_it_keeps_firing_and_alerts_again_without_a_hold():
    settings = Settings(30, keep=60)
    assert states(settings, YES, YES, NO, NO, NO) == [PENDING, ALERTING, RECOVERING, RECOVERING, NORMAL]
    assert states(settings, YES, YES, NO, YES) == [PENDING, ALERTING, RECOVERING, ALERTING]


def test_a_series_that_is_missing_resolves_at_the_second_evaluation_without_it():
    others = {"b": False}
    assert states(Settings(0), {**YES, **others}, others, others) == [ALERTING, ALERTING, None]
    assert states(Settings(0), {**YES, **others}, others, {**YES, **others}, others)[-1] == ALERTING
    assert states(Settings(0, missing=1), {**YES, **others}, others) == [ALERTING, None]


@pytest.mark.parametrize("nothing", [NO_DATA, {}], ids=["no data", "no series"])
def test_no_data_does_what_was_chosen(nothing):
    assert states(Settings(0, no_data=NORMAL), YES, nothing) == [ALERTING, NORMAL]
    assert states(Settings(30, no_data=ALERTING), NO, nothing, nothing) == [NORMAL, PENDING, ALERTING]
    assert states(Settings(0, no_data="KeepLast"), YES, nothing, nothing, nothing)[-1] == ALERTING
    assert states(Settings(0, no_data=NO_DATA), YES, nothing, nothing) == [ALERTING, ALERTING, None]


def test_no_data_of_a_rule_that_never_had_a_series_has_an_instance_of_its_own():
    assert states(Settings(30, no_data=ALERTING), {}, {}, who="") == [PENDING, ALERTING]
    assert states(Settings(30, no_data=NO_DATA), {}, {}, who="") == [NO_DATA, NO_DATA]
    assert states(Settings(0, no_data=ALERTING), {}, YES, YES, who="") == [ALERTING, ALERTING, None]


def test_an_error_does_what_was_chosen():
    assert states(Settings(0, on_error="KeepLast"), YES, ERROR, ERROR, ERROR)[-1] == ALERTING
    assert states(Settings(0, on_error="KeepLast"), NO, ERROR) == [NORMAL, NORMAL]
    assert states(Settings(30, on_error=ALERTING), NO, ERROR, ERROR) == [NORMAL, PENDING, ALERTING]
    assert states(Settings(0, on_error=ERROR), ERROR, who="") == [ERROR]


def test_a_hold_goes_on_while_the_last_state_is_kept():
    assert states(Settings(60, on_error="KeepLast"), YES, ERROR, ERROR) == [PENDING, PENDING, ALERTING]


def test_an_evaluation_that_fails_is_none_without_the_series():
    settings = Settings(0, on_error="KeepLast")
    both, other = {"a": True, "b": True}, {"b": True}
    assert states(settings, both, other, ERROR, other, other) == [ALERTING, ALERTING, ALERTING, ALERTING, None]
