"""What is refused in a query, in which words, and what must not be."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kit.model import promql
from kit.model.metric import Counter, Gauge, Histogram, RecordedSeries, Summary

METRICS = (
    Counter("requests_total", "service endpoint status"),
    Gauge("temperature", "room"),
    Gauge("queue_size", "queue", same_on_replicas=True),
    Gauge("build_info", "service version"),
    Histogram("duration_seconds", "service endpoint", buckets=(0.5, 1)),
    Summary("slice_seconds", "slice"),
    RecordedSeries("service:requests:rate5m", "cluster environment service"),
)
CATALOGUE = {series: metric for metric in METRICS for series in metric.series}
ROOT = Path(__file__).resolve().parents[2]

RATE = "rate(requests_total[5m])"
BUCKETS = "rate(duration_seconds_bucket[5m])"
BARE = "the counter requests_total is read bare, which says nothing; put it under rate(), increase() or irate()"
NO_LE = "histogram_quantile() needs the label 'le', which the aggregation inside it drops"
DOUBLED = "queue_size says the same on every replica, so sum() counts it several times: use max()"
SUM_RATED = "rate() of an aggregate hides counter resets: rate first, then add up"


def said(text, catalogue=CATALOGUE):
    return list(promql.problems(text, catalogue))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # a name or label that is not there
        ("rate(requests_totl[5m])", "no job exports 'requests_totl'; did you mean 'requests_total'?"),
        ('{__name__="temprature"}', "no job exports 'temprature'; did you mean 'temperature'?"),
        ('rate(requests_total{endpoit="/"}[5m])', "requests_total has no label 'endpoit'; did you mean 'endpoint'?"),
        ('temperature{queue!=""}', "temperature has no label 'queue'"),
        ('rate(duration_seconds_count{le="1"}[5m])', "duration_seconds_count has no label 'le'"),
        (f"sum by (endpoit) ({RATE})", "grouped by 'endpoit', which requests_total does not have; did you mean"),
        (f"sum without (endpoit) ({RATE})", "grouped by 'endpoit', which requests_total does not have; did you mean"),
        (f"sum by (endpoint) (sum by (service) ({RATE}))", "grouped by 'endpoint', which requests_total does not have"),
        ("sum by (le) (rate(duration_seconds_count[5m]))", "grouped by 'le', which duration_seconds does not have"),
        # a counter used bare
        ("requests_total", BARE),
        ("sum by (service) (requests_total)", BARE),
        ("requests_total > 5", BARE),
        ("max(requests_total) - 3", BARE),
        ("deriv(requests_total[5m])", BARE),
        ("duration_seconds_bucket", "the counter duration_seconds_bucket is read bare"),
        ("slice_seconds_count", "the counter slice_seconds_count is read bare"),
        # a gauge rated
        ("rate(temperature[5m])", "rate() of the gauge temperature means nothing: use delta() or deriv()"),
        ("irate(temperature[5m])", "irate() of the gauge temperature means nothing"),
        ("sum(increase(temperature[5m]))", "increase() of the gauge temperature means nothing"),
        ("rate(slice_seconds[5m])", "rate() of"),
        ("rate(service:requests:rate5m[5m])", "rate() of the recorded series service:requests:rate5m means nothing"),
        # a sum rated
        (f"rate(sum({RATE})[5m:])", SUM_RATED),
        (f"rate((sum by (service) ({RATE}))[5m:1m])", SUM_RATED),
        (f"increase((sum({RATE}) + 1)[1h:])", "increase() of an aggregate hides counter resets"),
        # le lost
        (f"histogram_quantile(0.9, sum({BUCKETS}))", NO_LE),
        (f"histogram_quantile(0.9, sum by (service) ({BUCKETS}))", NO_LE),
        (f"histogram_quantile(0.9, sum without (le) ({BUCKETS}))", NO_LE),
        ("histogram_quantile(0.9, rate(duration_seconds_count[5m]))", NO_LE),
        # replicas added up
        ("sum(queue_size)", DOUBLED),
        ("sum by (queue) (queue_size)", DOUBLED),
        ("sum(max(queue_size))", DOUBLED),
        ("sum(2 * (queue_size))", DOUBLED),
        ("sum(deriv(queue_size[5m]))", DOUBLED),
        ("sum(queue_size - on (instance) group_right temperature)", DOUBLED),
        ("sum(temperature + on (instance) group_left queue_size)", DOUBLED),
        # sides that never match
        (f"sum by (service) ({RATE}) / sum by (status) ({RATE})", "the two sides of '/' can never match"),
        (f"sum by (service) ({RATE}) / on (status) sum by (status) ({RATE})", "'/' matches on 'status', which one of"),
        # what cannot be read
        ("rate(requests_total[5m]", "PromQL cannot be read: unclosed left parenthesis"),
        ("rate(requests_total)", "PromQL cannot be read: expected type matrix in call to function 'rate', got vector"),
        ("", "PromQL cannot be read: no expression found in input"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(text, sentence):
    found = said(text)
    assert len(found) == 1
    assert found[0].startswith(sentence)
    assert "\n" not in found[0]


@pytest.mark.parametrize(
    "text",
    [
        # counters under what may read them
        *(f"{function}(requests_total[5m])" for function in ("rate", "irate", "increase", "resets", "changes")),
        *(f"{function}_over_time(requests_total[5m])" for function in ("absent", "count", "max", "last", "present")),
        "max_over_time(requests_total[1h:5m])",
        "rate(requests_total[5m:30s])",
        "rate((requests_total[5m]))",
        'absent(requests_total{service="x"})',
        "count by (service) (requests_total)",
        "group(requests_total)",
        "timestamp(requests_total)",
        # gauges and summaries as they are
        "temperature",
        "deriv(temperature[5m]) + delta(temperature[5m])",
        'max by (slice) (slice_seconds{quantile="0.9"})',
        "rate(slice_seconds_sum[5m]) / rate(slice_seconds_count[5m])",
        # le kept
        f"histogram_quantile(0.9, {BUCKETS})",
        f"histogram_quantile(0.9, sum by (le, service) ({BUCKETS}))",
        f"histogram_quantile(0.9, sum without (instance, endpoint) ({BUCKETS}))",
        f"histogram_quantile(0.9, (topk(3, sum by (le) ({BUCKETS}) > 0)))",
        f"histogram_quantile(scalar(temperature), sum by (le) ({BUCKETS}))",
        'sum by (le) (rate(duration_seconds_bucket{le=~"1(\\\\.0)?"}[5m]))',
        # replicas told apart first
        "sum(max by (queue) (queue_size))",
        "sum(max without (instance, job) (queue_size))",
        "sum((min by (cluster, queue) (queue_size)) * 2)",
        "sum by (queue) (sum by (cluster, queue) (max by (cluster, environment, queue) (queue_size)))",
        "max(queue_size) + avg(queue_size) + count(queue_size)",
        "sum(temperature)",
        # matching
        f"{RATE} * on (service) group_left (version) build_info",
        f"sum by (version) ({RATE} * on (service) group_left (version) build_info)",
        f"sum by (service, status) ({RATE}) / ignoring (status) group_left sum by (service) ({RATE})",
        f"sum by (service) ({RATE}) / on (service) sum by (service, status) ({RATE})",
        f"sum({RATE}) or vector(0)",
        f"sum by (service) ({RATE}) unless sum by (service) ({RATE}) > 5",
        f"sum by (service) ({RATE}) and on () max(temperature) > 30",
        f"sum by (endpoint) ({RATE}) or sum by (service) ({RATE})",
        'sum by (version) (count_values("version", temperature))',
        'sum by (a) (label_replace(temperature, "a", "$1", "room", "(.*)"))',
        # forms
        f"(((({RATE}))))",
        f"-{RATE}",
        f"sum({RATE}) by (service)",
        "temperature offset 5m + temperature offset -5m",
        "temperature @ end()",
        f"max_over_time(sum({RATE})[1h:5m] offset 1d)",
        f"sum by (service, job, instance, cluster, environment) ({RATE})",
        "clamp_min(sort_desc(round(temperature, 0.1)), 0) > bool 1",
        "time() - max(temperature)",
        # Grafana's variables
        "rate(requests_total[$__rate_interval])",
        "rate(requests_total[${window}])",
        "rate(requests_total[[[window]]])",
        "rate(requests_total[${window:raw}])",
        "rate(requests_total[${__range_s}s])",
        "max_over_time(temperature[$__range:$__interval])",
        "temperature offset $shift",
        "temperature offset ${shift}",
        'temperature{room="$room"} + temperature{room=~"${room:regex}"} + temperature{room=~"[[room]]|a}b"}',
        "topk($n, temperature) > ${limit} * [[factor]]",
        "temperature @ ${__from:date:seconds}",
    ],
)
def test_sense_is_not_refused(text):
    assert said(text) == []


def test_several_faults_of_one_query_are_all_told_and_each_once():
    text = f"sum(queue_size) + sum(queue_size) + histogram_quantile(0.9, sum({BUCKETS})) + sum(requests_total)"
    assert sorted(said(text)) == sorted([DOUBLED, NO_LE, BARE])


def test_without_a_catalogue_names_are_not_judged_but_what_can_be_seen_is():
    assert said("rate(anything_at_all[5m])", None) == []
    assert said("histogram_quantile(0.9, sum(rate(any_bucket[5m])))", None) == [NO_LE]
    assert said("rate(sum(any)[5m:])", None) == [SUM_RATED]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (RATE, {"service", "endpoint", "status", "cluster", "environment", "job", "instance"}),
        (f"sum by (service) ({RATE})", {"service"}),
        (f"sum({RATE})", set()),
        (f"histogram_quantile(0.9, sum by (le, service) ({BUCKETS}))", {"service"}),
        (f"{RATE} * on (service) group_left (version) build_info", {"service", "version", "endpoint", "status"}),
        ('absent(requests_total{service="x",status=~"5.."})', {"service"}),
        ("vector(1)", set()),
    ],
)
def test_the_labels_of_a_querys_series_are_known(text, labels):
    assert labels <= promql.labels(text, CATALOGUE)
    if len(labels) < 3:
        assert promql.labels(text, CATALOGUE) == labels


@pytest.mark.parametrize(("text", "filters"), [("a > 1", True), ("(a < 1) or b", True), ("a + 1", False), ("a", False)])
def test_a_filter_is_told_from_a_value(text, filters):
    assert promql.compares(text) is filters


MONSTERS = {
    "sums": "+".join(["a"] * 490),
    "powers": "^".join(["a"] * 490),
    "signs": "-" * 490 + "a",
    "sums in brackets": "(" * 99 + "+".join(["a"] * 450) + ")" * 99,
    "comparisons": ">".join(["a"] * 9_000),
    "angles": " atan2 ".join(["a"] * 2_000),
    "brackets": "(" * 9_000 + "a" + ")" * 9_000,
    "brackets after closed ones in a string": f'a{{b="{")" * 6_000}"}} + {"(" * 6_000}a{")" * 6_000}',
    "brackets after closed ones in a comment": f"#{')' * 6_000}\n{'(' * 6_000}a{')' * 6_000}",
    "subqueries": "a" + "[5m:]" * 3_900,
    "a long name": "a" * 30_000,
    "many bytes": "ä" * 12_000,
}


def test_nothing_that_is_too_long_or_too_deep_kills_the_process():
    program = (
        "import json, sys; from kit.model import promql\n"
        "for name, text in json.load(sys.stdin).items():\n"
        "    print(name, flush=True); print(*promql.problems(text), file=sys.stderr); promql.labels(text, {})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(MONSTERS),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    reached = run.stdout.splitlines()
    assert run.returncode == 0, f"'{reached[-1]}' killed it: {run.stderr[-200:]}"
    assert reached == list(MONSTERS)


@pytest.mark.parametrize("text", ["x" * 20_001, "(" * 101 + "a" + ")" * 101, "+".join(["a"] * 600)])
def test_the_refusal_says_what_to_do(text):
    assert said(text, None) == ["the query is longer or more deeply nested than can be read safely; record parts of it"]
