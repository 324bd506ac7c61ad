"""Metrics: what can be asked of them, and what is refused where it is asked."""

import inspect

import pytest

from kit.model.expr import Scope
from kit.model.fault import DefinitionError, collecting
from kit.model.matcher import Match, no, re
from kit.model.metric import Counter, Gauge, Histogram, RecordedSeries, Summary

REQUESTS = Counter("requests_total", "service endpoint status")
TEMPERATURE = Gauge("temperature", "room")
DEPTH = Gauge("queue_size", "queue", same_on_replicas=True)
TIME = Histogram("duration_seconds", "service", buckets=(0.5, 1, 2.5))
SLICES = Summary("slice_seconds", "slice")


def line():
    return inspect.currentframe().f_back.f_lineno


def faults_of(make):
    with collecting() as faults:
        make()
    return [fault.message for fault in faults]


def test_an_unknown_label_is_a_fault_with_file_line_and_the_nearest_label():
    with pytest.raises(DefinitionError) as caught:
        REQUESTS.rate(endpoit="/")
    fault, here = caught.value.fault, line() - 1
    assert (fault.where.file, fault.where.line) == (__file__, here)
    assert fault.message == (
        "requests_total has no label 'endpoit'; did you mean 'endpoint'? (it has endpoint, service, status)"
    )
    assert str(caught.value).startswith(f"{__file__}:{here}: ")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: REQUESTS.rate(rome="x"),
        lambda: REQUESTS.increase(rome="x"),
        lambda: REQUESTS.count(rome="x"),
        lambda: REQUESTS.absent(rome="x"),
        lambda: TEMPERATURE.value(rome="x"),
        lambda: TEMPERATURE.over("avg", rome="x"),
        lambda: TEMPERATURE.change(rome="x"),
        lambda: TEMPERATURE.ahead(60, "1h", rome="x"),
        lambda: TIME.quantile(0.5, rome="x"),
        lambda: TIME.rate(rome="x"),
        lambda: TIME.total(rome="x"),
        lambda: TIME.heat(rome="x"),
        lambda: TIME.below(1, rome="x"),
        lambda: SLICES.quantile_now("0.9", rome="x"),
        lambda: SLICES.rate(rome="x"),
    ],
)
def test_every_reading_refuses_an_unknown_label(ask):
    assert len(faults_of(ask)) == 1
    assert "has no label 'rome'" in faults_of(ask)[0]


def test_a_metric_without_labels_says_so():
    assert faults_of(lambda: Gauge("x").value(room="a")) == ["x has no label 'room' (it has only those of its target)"]


@pytest.mark.parametrize("label", ["cluster", "environment", "job", "instance"])
def test_labels_of_the_target_are_everybodys(label):
    assert faults_of(lambda: TEMPERATURE.value(**{label: "x"})) == []


def test_a_recorded_series_has_the_labels_of_its_grouping_and_no_others():
    recorded = RecordedSeries("service:requests:rate5m", "service")
    assert recorded.labels_all == {"service"}
    assert faults_of(lambda: recorded.count(instance="x")) != []


@pytest.mark.parametrize(
    ("metric", "kind", "series"),
    [
        (REQUESTS, "counter", ("requests_total",)),
        (TEMPERATURE, "gauge", ("temperature",)),
        (TIME, "histogram", ("duration_seconds_bucket", "duration_seconds_count", "duration_seconds_sum")),
        (SLICES, "summary", ("slice_seconds", "slice_seconds_count", "slice_seconds_sum")),
        (RecordedSeries("a:b:c"), "recorded", ("a:b:c",)),
    ],
)
def test_each_kind_knows_the_names_of_its_samples(metric, kind, series):
    assert (metric.type, metric.series) == (kind, series)


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        (REQUESTS.rate(status=re("5..")), 'sum(rate(requests_total{status=~"5.."}[5m]))'),
        (REQUESTS.increase("1h"), "sum(increase(requests_total[1h]))"),
        (REQUESTS.count(status=""), 'count(requests_total{status=""})'),
        (REQUESTS.absent(service="a"), 'absent(requests_total{service="a"})'),
        (TEMPERATURE.value("min", room=no("hall")), 'min(temperature{room!="hall"})'),
        (TEMPERATURE.value().ago("1d"), "sum(temperature offset 1d)"),
        (TEMPERATURE.over("avg", how="max"), "max(avg_over_time(temperature[5m]))"),
        (TEMPERATURE.change("changes", "1h"), "sum(changes(temperature[1h]))"),
        (TEMPERATURE.ahead(86_400, "6h"), "sum(predict_linear(temperature[6h], 86400))"),
        (TIME.quantile(0.95), "histogram_quantile(0.95, sum by (le) (rate(duration_seconds_bucket[5m])))"),
        (TIME.heat(), "sum by (le) (rate(duration_seconds_bucket[5m]))"),
        (TIME.rate(), "sum(rate(duration_seconds_count[5m]))"),
        (
            TIME.mean(),
            "sum(rate(duration_seconds_sum[5m])) / (sum(rate(duration_seconds_count[5m])) > 0)",
        ),
        (SLICES.quantile_now("0.9"), 'max(slice_seconds{quantile="0.9"})'),
    ],
)
def test_readings_are_rendered(reading, text):
    assert reading.text(Scope(window="5m")) == text


def test_below_selects_the_bucket_as_go_and_as_python_write_it():
    assert TIME.below(1).text(Scope(window="5m")) == 'sum(rate(duration_seconds_bucket{le=~"1(\\\\.0)?"}[5m]))'
    assert TIME.below(2.5).text(Scope(window="5m")) == 'sum(rate(duration_seconds_bucket{le="2.5"}[5m]))'


def test_a_level_off_the_buckets_is_a_fault():
    assert faults_of(lambda: TIME.below(1)) == []
    assert faults_of(lambda: TIME.below(2)) == [
        "duration_seconds has no bucket at 2, so a level there would be a guess between its neighbours; "
        "add 2 to its buckets"
    ]


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ((), "sum(max by (cluster, environment, queue) (queue_size))"),
        (("queue",), "sum by (queue) (max by (cluster, environment, queue) (queue_size))"),
        (("cluster", "environment", "queue"), "max by (cluster, environment, queue) (queue_size)"),
        (("instance",), "sum by (instance) (max by (cluster, environment, queue, instance) (queue_size))"),
    ],
)
def test_replicas_that_say_the_same_are_a_maximum_before_they_are_added_up(by, text):
    assert DEPTH.value().text(Scope(by=by)) == text
    assert DEPTH.value("avg").text(Scope(by=("queue",))) == "avg by (queue) (queue_size)"


def test_what_every_reading_needs_is_on_every_reading():
    real = Gauge("memory_bytes", "image", only=(Match("image", "!=", ""),))
    assert real.value().text(Scope()) == 'sum(memory_bytes{image!=""})'
    assert real.absent().text(Scope()) == 'absent(memory_bytes{image!=""})'


def test_a_metric_is_frozen():
    with pytest.raises(AttributeError):
        TEMPERATURE.name = "y"
