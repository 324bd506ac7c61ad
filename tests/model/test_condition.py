"""Conditions in words."""

import pytest
from attrs import evolve

from kit.model import condition
from kit.model.signal import Level

WORDS = {
    "ErrorRateHigh": "Errors (5xx) of any service above 5 % over 5m, of at least 20",
    "ServiceDown": "Service health of any service and instance: Down",
    "ConfigurationRejected": "Configuration read of any job and instance: Rejected",
    "QueueDepthCritical": "Queue depth of any queue but reindex above 1000",
    "QueueDepthCriticalReindex": "Queue depth of the queue reindex above 50000",
    "QueueOldestHigh": "Oldest waiting of any queue but reindex above 900 s",
    "LowDiskSpace": (
        "Disk usage (free) of any instance and any mountpoint but /backup below 20 %, or free in 24 h below 0 %"
    ),
    "ResponseTimeHighUploadVideo": (
        "Response time (P95) of any service and the endpoint /upload/video above 30 s over 5m"
    ),
    "PodRestarting": "Pod restarts of any namespace, pod and container above 3 over 1h",
    "MonitoringDown": "Prometheus below 1",
}


@pytest.fixture(scope="module")
def ruled(compiled):
    return {rule.name: rule for rules in compiled.product.rules.values() for rule in rules}


@pytest.mark.parametrize("name", WORDS)
def test_a_condition_names_what_is_watched_of_what_and_the_level(ruled, name):
    assert condition.words(ruled[name]) == WORDS[name]


def test_every_rule_has_words_of_its_own(ruled):
    assert len({condition.words(rule) for rule in ruled.values()}) == len(ruled)


def test_another_level_another_sentence(ruled):
    rule = ruled["ErrorRateHigh"]
    other = evolve(rule, alert=evolve(rule.alert, level=evolve(rule.alert.level, value=0.1, at_least=None)))
    assert condition.words(other) == "Errors (5xx) of any service above 10 % over 5m"


def test_a_rate_tells_how_far_it_looks_back_and_a_gauge_nothing(ruled):
    assert condition.over(ruled["ErrorRateHigh"]) == ("5m",)
    assert condition.over(ruled["PodRestarting"]) == ("1h",)
    assert condition.over(ruled["QueueDepthHigh"]) == ()
    # What a counter has come to is read as it is now.
    assert "last_over_time(" in ruled["MetricMissing"].query and condition.over(ruled["MetricMissing"]) == ()


def test_what_is_just_the_level_is_not_beyond_it():
    above, below = Level(5, above=True), Level(5, above=False)
    assert [condition.crosses(above, value) for value in (4, 5, 6)] == [False, False, True]
    assert [condition.crosses(below, value) for value in (4, 5, 6)] == [True, False, False]


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_listed(names, text):
    assert condition.listed(names) == text
