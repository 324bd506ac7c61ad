"""Courses of things that go wrong, and how each kind of alert sees them; as promtool's series.

A course is a list of (state, minutes) for each of two instances: `ok` and `bad` as the alert judges it, `gap` while
scrapes fail without anybody noticing, `gone` while it is not there.
"""

from collections.abc import Mapping

from attrs import field, frozen

STEP = 15


@frozen
class Part:
    """One series of an instance: its sample, or its growth a minute, while it is ok and while it is bad.

    None: it is not there then. `{who}` in the selector is the instance.
    """

    series: str
    ok: float | None
    bad: float | None
    counter: bool = False


@frozen
class Kind:
    """An alert, and what it looks at. `whole`: its forms tell no instances apart when nothing is there; `always`: it
    fires whatever happens; `window`: how far back, in minutes, it looks at most."""

    alert: str
    hold: float  # minutes
    parts: tuple[Part, ...]
    who: tuple[str, str] = ("a", "b")
    beside: Mapping[str, float] = field(factory=dict)
    whole: bool = False
    always: bool = False
    window: float = 5


UP = 'up{job="dataflux-services",service="{who}",instance="{who}:8002"}'
DISK = '{device="/dev/sda1",fstype="ext4",mountpoint="/",instance="{who}:9100"}'
ASKED = 'dataflux_requests_total{service="{who}",endpoint="/search",status='
ANSWERED = 'dataflux_request_duration_seconds_bucket{service="{who}",endpoint="/search",le='
ANALYSED = '{service="analysis-service",analyzer="{who}",media_type="image"}'
BUSY = 'node_cpu_seconds_total{instance="{who}:9100",cpu="0",mode='
QUEUE = 'dataflux_queue_size{queue="{who}"}'
EVALUATED = 'prometheus_rule_evaluation{what}_total{rule_group="{who}",instance="p:9090"}'
NOTIFIED = '{job="{who}",integration="slack",instance="i:1"}'
HANDED_OVER = '{job="prometheus",instance="{who}:9090"}'
RESTARTS = 'kube_pod_container_status_restarts_total{namespace="n",pod="{who}",container="c"}'

# A name says what is particular; the law in test_kinds.py holds that no alert has a shape that is not among them.
KINDS = {
    "an instance that answers": Kind("ServiceDown", 1, (Part(UP, 1, 0),), whole=True),
    "a service that is a target": Kind(
        "ServiceMissing",
        5,
        (Part(UP, 1, None),),
        who=("query-service", "ingestion-service"),
        beside={'up{job="dataflux-services",service="analysis-service",instance="c:8003"}': 1},
    ),
    "whatever all others need": Kind(
        "MonitoringDown", 2, (Part('up{job="prometheus",instance="{who}:9090"}', 1, 0),), whole=True
    ),
    "what always fires": Kind("Watchdog", 0, (Part(UP, 1, 0),), always=True),
    "a number that is too low": Kind("DatabaseDown", 1, (Part('pg_up{instance="{who}:9187"}', 1, 0),)),
    "a number": Kind("QueueDepthCritical", 5, (Part(QUEUE, 10, 1500),)),
    "a number below its critical level": Kind("QueueDepthHigh", 5, (Part(QUEUE, 10, 800),)),
    "a share": Kind(
        "DiskUsageHigh",
        15,
        (Part(f"node_filesystem_free_bytes{DISK}", 50, 10), Part(f"node_filesystem_size_bytes{DISK}", 100, 100)),
    ),
    "a share with a course": Kind(
        "LowDiskSpace",
        5,
        (
            Part(f"node_filesystem_avail_bytes{DISK}", 50, 15),
            Part(f"node_filesystem_free_bytes{DISK}", 50, 50),
            Part(f"node_filesystem_size_bytes{DISK}", 100, 100),
        ),
    ),
    "a recorded share of counters": Kind(
        "ErrorRateHigh",
        2,
        (Part(f'{ASKED}"200"}}', 600, 300, counter=True), Part(f'{ASKED}"500"}}', 0, 300, counter=True)),
    ),
    "a share of counters": Kind(
        "AnalysisFailing",
        10,
        (
            Part(f"dataflux_analysis_failures_total{ANALYSED}", 0, 50, counter=True),
            Part(f"dataflux_analysis_duration_seconds_count{ANALYSED}", 100, 100, counter=True),
        ),
    ),
    "a quantile": Kind(
        "ResponseTimeHigh",
        5,
        (
            Part(f'{ANSWERED}"1.0"}}', 100, 20, counter=True),
            Part(f'{ANSWERED}"2.5"}}', 100, 100, counter=True),
            Part(f'{ANSWERED}"+Inf"}}', 100, 100, counter=True),
        ),
    ),
    "a busy host": Kind(
        "CpuUsageHigh",
        15,
        (Part(f'{BUSY}"idle"}}', 54, 3, counter=True), Part(f'{BUSY}"user"}}', 6, 57, counter=True)),
    ),
    "a share of rates": Kind(
        "RulesFailing",
        5,
        (
            Part(EVALUATED.replace("{what}", "_failures"), 0, 2, counter=True),
            Part(EVALUATED.replace("{what}", "s"), 4, 4, counter=True),
        ),
    ),
    "a choice of shares": Kind(
        "NotificationsFailing",
        12,
        (
            Part(f"{{who}}_failed_total{NOTIFIED}", 0, 4, counter=True),
            Part(f"{{who}}_total{NOTIFIED}", 4, 4, counter=True),
        ),
        who=("alertmanager_notifications", "grafana_alerting_notifications"),
        window=10,
    ),
    "a choice": Kind(
        "ConfigurationRejected",
        5,
        (Part('{who}_config_last_reload_successful{job="{who}",instance="i:1"}', 1, 0),),
        who=("prometheus", "alertmanager"),
    ),
    "a choice, the second while somebody answers": Kind(
        "NobodyNotifies",
        10,
        (Part("{who}", 1, 0),),
        who=(
            'prometheus_notifications_alertmanagers_discovered{instance="p:9090"}',
            'grafana_alerting_rule_group_rules{rule_group="DataFlux Alerts;hosts",state="active",instance="g:3000"}',
        ),
        beside={'up{job="grafana",instance="g:3000"}': 1},
    ),
    "a number, or how many do not answer": Kind(
        "ObjectStorageNodeDown",
        2,
        (
            Part('minio_cluster_nodes_offline_total{server="{who}:9000"}', 0, None),
            Part('up{job="minio",instance="{who}:9000"}', 1, 0),
        ),
        who=("m",),  # of several, those that answer tell of the others
    ),
    "a product": Kind(
        "AlertmanagerUnreachable",
        5,
        (
            Part(f"prometheus_notifications_dropped_total{HANDED_OVER}", 0, 4, counter=True),
            Part(f"prometheus_notifications_alertmanagers_discovered{HANDED_OVER}", 1, 1),
        ),
    ),
    "an increase over long": Kind("PodRestarting", 5, (Part(RESTARTS, 0, 2, counter=True),), window=60),
    "a count of series": Kind(
        "StatusLabelMissing", 15, (Part('dataflux_requests_total{service="{who}",endpoint="/"}', None, 1),)
    ),
    "a choice of counts": Kind(
        "LabelMissing",
        15,
        (Part('{who}{instance="e:9400",job="dataflux-exporter"}', None, 1),),
        who=("dataflux_queue_size", "dataflux_queue_oldest_age_seconds"),
    ),
    "one unless the other": Kind(
        "MetricMissing",
        30,
        (Part('{who}{job="redis",instance="i:1"}', 1, None),),
        who=("redis_memory_used_bytes", "redis_memory_max_bytes"),
        beside={'up{job="redis",instance="i:1"}': 1, 'redis_up{job="redis",instance="i:1"}': 1},
    ),
}


def courses(hold, window=5):
    """Name → the course of either instance; the second is in order all the time where nothing is said of it.

    `window`: what is in order lasts long enough to leave it. No minute is negative where there is no hold.
    """
    well, fires, tail, between = ("ok", 3), ("bad", hold + 4), ("ok", window + 5), ("ok", window + 3)
    return {
        "is in order": ([("ok", hold + 10)],),
        "crosses and recovers": ([well, fires, tail],),
        "crosses for less than its hold": ([well, ("bad", max(0, hold - 0.75)), tail],),
        "is bad from the first moment": ([fires, tail],),
        "comes late, and is bad": ([("gone", 4), fires, tail],),
        "flaps": ([well, fires, between, fires, between, fires, tail],),
        "flaps too fast to fire": ([well, *[("bad", hold / 2), ("ok", 1)] * 4, tail],),
        "misses scrapes while it fires": ([fires, ("gap", 4), ("bad", 2), tail],),
        "misses scrapes for longer than Prometheus looks back": ([fires, ("gap", 8), fires, tail],),
        "vanishes while it fires": ([fires, ("gone", window + 5)],),
        "restarts while it fires": ([fires, ("gone", 1), fires, tail],),
        "vanishes while it fires, and another stays": ([fires, ("gone", window + 5)], [("ok", hold + window + 9)]),
        "two cross one after the other": (
            [well, fires, ("ok", window + 7)],
            [("ok", 6), fires, ("ok", window + 4)],
        ),
    }


def states(course):
    """The state at each sample."""
    return [state for state, length in course for _ in range(round(length * 60 / STEP))]


def series(kind, course):
    """What is scraped: selector → values; and for how many seconds. An instance without a course is not there, or in
    order where being there is what is judged."""
    until = max(len(states(mine)) for mine in course) * STEP
    scraped = {
        part.series.replace("{who}", who): " ".join(samples(part, states(mine)))
        for who, mine in zip(kind.who, course, strict=False)
        for part in kind.parts
    }
    rest = [(part, who) for who in kind.who[len(course) :] for part in kind.parts if part.bad is None]
    still = {**kind.beside, **{part.series.replace("{who}", who): part.ok for part, who in rest}}
    return {**scraped, **{name: f"{value}x{until // STEP}" for name, value in still.items()}}, until


def samples(part, course):
    """The samples of one series, as promtool writes them; a counter begins anew when it was gone."""
    total, there = 0.0, False
    for state in course:
        value = {"ok": part.ok, "bad": part.bad, "gap": 0, "gone": None}[state]
        if value is None:
            yield "stale" if there else "_"
            total, there = 0.0, False
            continue
        total += value * STEP / 60
        there = True
        yield "_" if state == "gap" else f"{total if part.counter else value:.10g}"
