"""What the rendered queries really answer, told by Prometheus itself (promtool)."""

import pytest

from kit.model.expr import Scope, either, or_zero, ratio, share
from kit.model.matcher import re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.recording import recordings

REQUESTS = Counter("requests_total", "service status")
DEPTH = Gauge("queue_size", "queue", same_on_replicas=True)
USED = Gauge("used_bytes", "service")
LIMIT = Gauge("limit_bytes", "service")
TIME = Histogram("duration_seconds", "service", buckets=(0.5, 1, 2.5))
SERVICES = Scope(by=("service",), window="5m")
OVERALL = Scope(window="5m")


def labelled(*pairs):
    return {f'{{service="{service}"}}': value for service, value in pairs}


def test_a_share_of_no_part_is_0_and_a_share_of_nothing_is_no_series(promtool):
    errors = share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())
    series = {
        'requests_total{service="half",status="200"}': "0+30x20",
        'requests_total{service="half",status="500"}': "0+30x20",
        'requests_total{service="never",status="200"}': "0+30x20",
        'requests_total{service="idle",status="200"}': "7+0x20",
        'requests_total{service="idle",status="500"}': "7+0x20",
    }
    promtool.check(
        series,
        {
            (errors.text(SERVICES), 10): labelled(("half", 0.5), ("never", 0)),
            (errors.text(OVERALL), 10): {"{}": 1 / 3},
            (errors.text(SERVICES), 60): {},
        },
    )


def test_a_share_of_a_sum_counts_both(promtool):
    hits = share(REQUESTS.rate(status="200"), of=REQUESTS.rate(status="200") + REQUESTS.rate(status="404"))
    series = {
        'requests_total{service="a",status="200"}': "0+30x20",
        'requests_total{service="a",status="404"}': "0+90x20",
    }
    promtool.check(series, {(hits.text(SERVICES), 10): labelled(("a", 0.25))})


def test_a_ratio_of_nothing_is_no_series(promtool):
    memory = ratio(USED.value(), of=LIMIT.value())
    series = {
        'used_bytes{service="bounded"}': "50x20",
        'limit_bytes{service="bounded"}': "200x20",
        'used_bytes{service="unbounded"}': "50x20",
        'limit_bytes{service="unbounded"}': "0x20",
    }
    promtool.check(
        series,
        {
            (memory.text(SERVICES), 5): labelled(("bounded", 0.25)),
            ((1 - memory).text(SERVICES), 5): labelled(("bounded", 0.75)),
        },
    )


def test_a_quantile_lies_in_the_bucket_of_its_rank(promtool):
    series = {
        'duration_seconds_bucket{service="a",le="0.5"}': "0+90x20",
        'duration_seconds_bucket{service="a",le="1"}': "0+95x20",
        'duration_seconds_bucket{service="a",le="2.5"}': "0+100x20",
        'duration_seconds_bucket{service="a",le="+Inf"}': "0+100x20",
    }
    promtool.check(
        series,
        {
            (TIME.quantile(0.45).text(SERVICES), 10): labelled(("a", 0.25)),
            (f"round({TIME.quantile(0.95).text(SERVICES)}, 0.01)", 10): labelled(("a", 1)),
            (f"round({TIME.quantile(0.96).text(SERVICES)}, 0.1)", 10): labelled(("a", 1.3)),
        },
    )


def test_a_bucket_counts_whether_go_or_python_wrote_its_bound(promtool):
    objective = share(TIME.below(1), of=TIME.rate())
    series = {
        'duration_seconds_bucket{service="go",le="1"}': "0+60x20",
        'duration_seconds_count{service="go"}': "0+80x20",
        'duration_seconds_bucket{service="python",le="1.0"}': "0+40x20",
        'duration_seconds_count{service="python"}': "0+80x20",
        'duration_seconds_bucket{service="python",le="10"}': "0+80x20",
    }
    promtool.check(
        series,
        {
            (f"round({objective.text(SERVICES)}, 0.001)", 10): labelled(("go", 0.75), ("python", 0.5)),
            (f"round({objective.text(OVERALL)}, 0.001)", 10): {"{}": 0.625},
        },
    )


def test_a_mean_of_no_observation_is_no_series(promtool):
    series = {
        'duration_seconds_sum{service="a"}': "0+30x20",
        'duration_seconds_count{service="a"}': "0+60x20",
        'duration_seconds_sum{service="idle"}': "5x20",
        'duration_seconds_count{service="idle"}': "5x20",
    }
    promtool.check(series, {(TIME.mean().text(SERVICES), 10): labelled(("a", 0.5))})


@pytest.mark.parametrize(
    ("by", "samples"),
    [
        ((), {"{}": 9}),
        (("queue",), {'{queue="a"}': 8, '{queue="b"}': 1}),
        (("cluster",), {'{cluster="x"}': 6, '{cluster="y"}': 3}),
        (("cluster", "environment", "queue"), {
            '{cluster="x",queue="a"}': 5, '{cluster="x",queue="b"}': 1, '{cluster="y",queue="a"}': 3,
        }),
    ],
)  # fmt: skip
def test_replicas_of_one_fact_count_once_and_different_facts_add_up(promtool, by, samples):
    series = {
        'queue_size{cluster="x",instance="1",queue="a"}': "5x20",
        'queue_size{cluster="x",instance="2",queue="a"}': "4x20",
        'queue_size{cluster="x",instance="1",queue="b"}': "1x20",
        'queue_size{cluster="y",instance="3",queue="a"}': "3x20",
    }
    promtool.check(series, {(DEPTH.value().text(Scope(by=by)), 5): samples})


def test_absence_is_told_for_each_by_name(promtool):
    missing = either(*(USED.absent(service=name) for name in ("a", "b", "c")))
    promtool.check({'used_bytes{service="b"}': "1x20"}, {(missing.text(SERVICES), 5): labelled(("a", 1), ("c", 1))})


def test_a_count_of_nothing_is_0_and_stays_0_in_arithmetic(promtool):
    count, two = or_zero(USED.count(service="gone")), or_zero(USED.count())
    promtool.check(
        {'used_bytes{service="a"}': "1x20", 'used_bytes{service="b"}': "1x20"},
        {
            (count.text(OVERALL), 5): {"{}": 0},
            (count.text(SERVICES), 5): {},
            ((count * 2 + 3).text(OVERALL), 5): {"{}": 3},
            ((two * 5).text(OVERALL), 5): {"{}": 10},
            (ratio(count, of=USED.count()).text(OVERALL), 5): {"{}": 0},
            (share(count, of=USED.count()).text(OVERALL), 5): {"{}": 0},
        },
    )


def test_what_is_recorded_answers_the_same_as_what_is_not(promtool):
    errors = share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate())
    recorded = recordings((name, leaf, SERVICES) for name in ("rule", "page") for leaf in errors.leaves())
    rules = [{"record": one.name, "expr": one.query} for one in recorded.values()]
    standing_in = errors.text(Scope(by=("service",), window="5m", recorded=recorded))
    series = {
        'requests_total{service="a",status="200",instance="1"}': "0+90x20",
        'requests_total{service="a",status="500",instance="2"}': "0+30x20",
    }
    samples = labelled(("a", 0.25))
    assert "requests_total" not in standing_in
    promtool.check(series, {(standing_in, 9): samples, (errors.text(SERVICES), 9): samples}, rules=rules)
