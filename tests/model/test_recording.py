"""Recorded rates stand in for raw ones without losing a label or a matcher."""

from dataclasses import replace

import pytest

from kit.model import promql
from kit.model.expr import Scope, share
from kit.model.matcher import Match, re
from kit.model.metric import Counter, Gauge, Histogram, RecordedSeries
from kit.model.recording import recordings

REQUESTS = Counter("requests_total", "service endpoint status", only=(Match("instance", "!=", ""),))
TIME = Histogram("duration_seconds", "service endpoint")
DEPTH = Gauge("queue_size", "queue")
QUEUED = Counter("queued_total", "queue", same_on_replicas=True)

RULE = Scope(by=("cluster", "environment", "service"), window="5m")
PAGE = Scope(by=("endpoint",), where=(Match("service", "=~", "$service"), Match("unknown", "=", "x")))


def recorded_for(expr, *scopes):
    uses = [(f"reader {n}", leaf, scope) for n, scope in enumerate(scopes) for leaf in expr.leaves()]
    return recordings(uses)


def text_in(expr, scope, recorded):
    return expr.text(Scope(scope.by, scope.where, scope.window, recorded))


def test_what_one_alone_reads_is_not_recorded():
    assert recorded_for(REQUESTS.rate(), RULE) == {}
    uses = [("one", REQUESTS.rate(), RULE), ("one", REQUESTS.rate(), PAGE)]
    assert recordings(uses) == {}


def test_what_several_read_is_recorded_once_with_every_label_that_they_need():
    errors = share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())
    found = recorded_for(errors, RULE, PAGE)
    assert set(found) == {"requests_total"}
    one = found["requests_total"]
    assert one.labels == ("cluster", "environment", "endpoint", "service", "status")
    assert one.name == "endpoint_service_status:requests:rate5m"
    assert one.query == (
        'sum by (cluster, environment, endpoint, service, status) (rate(requests_total{instance!=""}[5m]))'
    )


def test_the_stand_in_keeps_matchers_and_grouping_and_no_window():
    errors = REQUESTS.rate(status=re("5.."))
    found = recorded_for(errors, RULE, PAGE)
    assert text_in(errors, PAGE, found) == (
        'sum by (endpoint) (endpoint_service_status:requests:rate5m{service=~"$service",status=~"5.."})'
    )


def test_a_rule_of_another_window_reads_the_metric_itself():
    found = recorded_for(REQUESTS.rate(), RULE, PAGE)
    longer = text_in(REQUESTS.rate(), replace(RULE, window="30m"), found)
    assert "requests_total{" in longer and "[30m]" in longer
    assert ":rate5m" in text_in(REQUESTS.rate(), RULE, found)


def test_a_recording_is_of_all_series_whatever_its_readers_ask_for():
    (one,) = recorded_for(REQUESTS.rate(status=re("5..")), RULE, PAGE).values()
    assert "5.." not in one.query
    assert "status" in one.labels


def test_a_quantile_of_recorded_buckets_keeps_le():
    quantile = TIME.quantile(0.95)
    found = recorded_for(quantile, RULE, PAGE)
    assert "le" in found["duration_seconds_bucket"].labels
    name = found["duration_seconds_bucket"].name
    assert text_in(quantile, PAGE, found) == (
        f'histogram_quantile(0.95, sum by (endpoint, le) ({name}{{service=~"$service"}}))'
    )


@pytest.mark.parametrize(
    "leaf",
    [
        DEPTH.value(),
        DEPTH.change("deriv"),
        REQUESTS.increase(),
        REQUESTS.count(),
        REQUESTS.rate().ago("1d"),
        REQUESTS.increase("1h"),
        replace(REQUESTS.rate(), window="1h"),
    ],
)
def test_only_a_plain_rate_is_recorded(leaf):
    assert recorded_for(leaf, RULE, PAGE) == {}
    standing_in = recorded_for(REQUESTS.rate(), RULE, PAGE)
    assert text_in(leaf, RULE, standing_in) == leaf.text(RULE)


@pytest.mark.parametrize("expr", [REQUESTS.rate(), REQUESTS.rate(status="500"), TIME.quantile(0.9), QUEUED.rate()])
@pytest.mark.parametrize("scope", [RULE, Scope(window="5m")])
def test_rules_and_readers_of_a_recording_are_without_fault(expr, scope):
    found = recorded_for(expr, scope, scope)
    metrics = (REQUESTS, TIME, QUEUED)
    catalogue = {series: metric for metric in metrics for series in metric.series}
    catalogue |= {one.name: RecordedSeries(one.name, one.labels) for one in found.values()}
    assert found
    for query in (*(one.query for one in found.values()), text_in(expr, scope, found)):
        assert list(promql.problems(query, catalogue)) == []


@pytest.mark.parametrize("quotient", [lambda part, whole: share(part, of=whole), lambda part, whole: part / whole])
def test_a_quotient_of_which_only_one_side_is_recorded_reads_both_over_one_window(quotient):
    """A recorded rate of 5 min lags behind one of the panel's window: part of it would be above its whole."""
    lost = Counter("lost_total", "service endpoint")
    found = recorded_for(REQUESTS.rate(), RULE, PAGE)
    both = quotient(lost.rate(), REQUESTS.rate())
    assert ":rate5m" not in text_in(both, PAGE, found)
    assert text_in(both, PAGE, found) == both.text(PAGE)
    assert ":rate5m" in text_in(quotient(REQUESTS.rate(status="5"), REQUESTS.rate()), PAGE, found)
    assert ":rate5m" in text_in(both, RULE, found)  # a rule's window is the recording's
