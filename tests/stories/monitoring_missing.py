"""What must be there for any alert to fire: the targets, the metrics that alerts read, and the labels on them."""

from tests.stories.telling.series import GONE, held, then
from tests.stories.telling.story import Alert, Firing, Moment, story

PAGE = "df-monitoring"
EXPORTER = Alert(
    "ExporterMissing",
    "warning",
    "exporter_missing",
    "An exporter is no target of Prometheus any more.",
    (PAGE, "Exporters"),
)
METRIC = Alert(
    "MetricMissing",
    "warning",
    "metric_missing",
    "A metric that an alert needs is not exported.",
    (PAGE, "Jobs"),
)
LABEL = Alert("LabelMissing", "warning", "label_missing", "A metric lacks a label that an alert needs.", (PAGE, "Jobs"))

EXPORTERS = (
    "alertmanager", "grafana", "loki", "node", "cadvisor", "postgres", "redis", "kafka", "minio", "minio-bucket",
    "dataflux-exporter",
)  # fmt: skip


# MetricMissing holds for 30 min and looks back for 10 at most, so that where what is scraped stays as it is, no later
# evaluation has another answer. Its rule asks of dozens of metrics: each minute more costs.
SETTLED = "40m"
ELSEWHERE = ',cluster="other"'


def up(job, values="1x239", instance="i:1", service="", where=""):
    more = (f',service="{service}"' if service else "") + where
    return {f'up{{job="{job}",instance="{instance}"{more}}}': values}


def exporters(**others):
    """Every exporter is a target, but for what is said of some."""
    series = {name: values for job in EXPORTERS for name, values in up(job).items()}
    return series | {name: values for job, mine in others.items() for name, values in up(job, mine).items()}


def no_target(job):
    return {"said": f"{job} lacks targets: 1 of those that it must have are not there (level 0).", "job": job}


def redis(instance="i:1", where="", **others):
    """What Redis's exporter exports."""
    names = ("redis_up", "redis_memory_used_bytes", "redis_memory_max_bytes")
    values = {**{name: held((1, 60)) for name in names}, **others}
    return {f'{name}{{job="redis",instance="{instance}"{where}}}': mine for name, mine in values.items()}


def not_exported(metric, instance="i:1"):
    return {
        "said": f"redis answers and does not export {metric} (1, level 0).",
        "job": "redis",
        "instance": instance,
        "metric": metric,
    }


SERVICES = "dataflux-services"
INGESTION, QUERY, ANALYSIS = "ingestion-service", "query-service", "analysis-service"
DURATION = "dataflux_request_duration_seconds"
# What each request is counted by, and what people do by it.
REQUESTS = ("dataflux_requests_total", f"{DURATION}_count", f"{DURATION}_bucket")
ACTIONS = "dataflux_user_actions_total"
# A histogram without labels is there from the start.
DURATION_OF_ALL = f'{DURATION}_count{{job="{SERVICES}",service="{INGESTION}",instance="{INGESTION}:1"}}'
QUEUE, OLDEST = "dataflux_queue_size", "dataflux_queue_oldest_age_seconds"


def services(ingestion=1, query=1, analysis=1):
    """The services' targets, and whether they answer."""
    each = {INGESTION: ingestion, QUERY: query, ANALYSIS: analysis}
    found = [up(SERVICES, held((value, 60)), f"{name}:1", name) for name, value in each.items()]
    return {series: values for one in found for series, values in one.items()}


def counts(service, *names, value=1, long=60):
    labels = f'job="{SERVICES}",service="{service}",instance="{service}:1"'
    return {f"{name}{{{labels}}}": held((value, long)) for name in names}


def waiting(name, job=SERVICES, instance="analysis-service:1"):
    return {f'{name}{{job="{job}",instance="{instance}",queue="analysis"}}': held((1, 60))}


def not_counted(service, metric):
    return {
        "said": f"dataflux-services answers and does not export {metric} (1, level 0).",
        "job": SERVICES,
        "service": service,
        "metric": metric,
    }


def neither_counted(*times):
    """Two instances fire: a service counts neither requests nor their durations."""
    missing = [not_counted(INGESTION, name) for name in ("dataflux_requests_total", f"{DURATION}_bucket")]
    both = tuple(
        Firing({label: value for label, value in one.items() if label != "said"}, one["said"]) for one in missing
    )
    return tuple(Moment(METRIC, at, both) for at in times)


def no_depth():
    said = f"dataflux-services answers and does not export {QUEUE} (1, level 0)."
    return {"said": said, "job": SERVICES, "metric": QUEUE}


def dataflux_exporter(success=1, **others):
    """What the dataflux-exporter exports that alerts need, and whether its collector finds it."""
    labels = 'job="dataflux-exporter",instance="e:9400"'
    names = (QUEUE, OLDEST, "dataflux_storage_used_bytes")
    values = {**{name: held((1, 60)) for name in names}, **others}
    return {
        **up("dataflux-exporter", instance="e:9400"),
        f'dataflux_exporter_collector_success{{{labels},collector="queues"}}': held((success, 60)),
        **{f'{name}{{{labels},queue="a"}}': mine for name, mine in values.items()},
    }


WITHOUT = f'{OLDEST}{{instance="e:9400",job="dataflux-exporter"'
NO_QUEUE = {
    "said": f"e:9400 exports 1 series of {OLDEST} without the label queue (level 0).",
    "instance": "e:9400",
    "metric": OLDEST,
    "label": "queue",
}


STORIES = (
    story(
        "ExporterMissing fires 5 min after an exporter has left the targets, not before",
        exporters(postgres=then(held((1, 10)), GONE)),
        EXPORTER.quiet("9m", "14m45s"),
        EXPORTER.fires("15m", "29m", **no_target("postgres")),
    ),
    story("ExporterMissing is quiet about an exporter that is down", exporters(redis="0x239"), EXPORTER.quiet("59m")),
    story(
        "ExporterMissing recovers when the exporter is back",
        exporters(redis=then(held(("_", 10)), held((1, 20)))),
        EXPORTER.quiet("4m45s", "10m", "20m"),
        EXPORTER.fires("5m", "9m45s", **no_target("redis")),
    ),
    story(
        "ExporterMissing fires for an exporter that another cluster has",
        {**exporters(loki=GONE), **up("loki", where=ELSEWHERE)},
        EXPORTER.quiet("4m45s"),
        EXPORTER.fires("5m", "29m", **no_target("loki")),
    ),
    story(
        "ExporterMissing is quiet about what another cluster lacks",
        {**exporters(), **up("node", where=ELSEWHERE)},
        EXPORTER.quiet("5m", "59m"),
    ),
    story(
        "MetricMissing fires 30 min after an exporter no longer exports a metric",
        {**up("redis"), **redis(redis_memory_used_bytes=then(held((1, 10)), GONE))},
        METRIC.quiet("9m", "39m45s"),
        METRIC.fires("40m", "59m", **not_exported("redis_memory_used_bytes")),
    ),
    story(
        "MetricMissing recovers when the metric is back",
        {**up("redis"), **redis(redis_up=held(("_", 40), (1, 20)))},
        METRIC.quiet("29m45s", "40m"),
        METRIC.fires("30m", "39m45s", **not_exported("redis_up")),
    ),
    story("MetricMissing is quiet where all are there", {**up("redis"), **redis()}, METRIC.quiet("30m", SETTLED)),
    story(
        "MetricMissing is quiet about an exporter that is down, for that is told already",
        up("redis", held((0, 60))),
        METRIC.quiet("30m", SETTLED),
    ),
    story("MetricMissing is quiet about another job", up("nobody"), METRIC.quiet("30m", SETTLED)),
    story(
        "MetricMissing fires for the one of two exporters that no longer exports it",
        {**up("redis"), **redis(), **up("redis", instance="i:2"), **redis("i:2", redis_memory_max_bytes=GONE)},
        METRIC.quiet("29m45s"),
        METRIC.fires("30m", SETTLED, **not_exported("redis_memory_max_bytes", "i:2")),
    ),
    story(
        "MetricMissing fires for a metric that another cluster exports",
        {**up("redis"), **redis(redis_memory_max_bytes=GONE), **up("redis", where=ELSEWHERE), **redis(where=ELSEWHERE)},
        METRIC.quiet("29m45s"),
        METRIC.fires("30m", SETTLED, **not_exported("redis_memory_max_bytes")),
    ),
    story(
        "MetricMissing fires in whichever cluster it is missing",
        {**up("redis"), **redis(), **up("redis", where=ELSEWHERE), **redis(where=ELSEWHERE, redis_up=GONE)},
        METRIC.quiet("29m45s"),
        METRIC.fires("30m", SETTLED, **not_exported("redis_up"), cluster="other"),
    ),
    *(
        story(
            f"MetricMissing is quiet about {store} that does not answer its exporter, for that is told already",
            {**up(job), f'{reached}{{job="{job}",instance="i:1"}}': held((0, 60))},
            METRIC.quiet("30m", SETTLED),
        )
        for store, job, reached in (
            ("a Redis", "redis", "redis_up"),
            ("a PostgreSQL", "postgres", "pg_up"),
            ("a Kafka", "kafka", "kafka_brokers"),
        )
    ),
    story(
        "MetricMissing is quiet about services that were just started, and asked nothing yet",
        {**services(), **waiting(QUEUE)},
        METRIC.quiet("30m", SETTLED),
    ),
    story(
        "MetricMissing is quiet about services whose counters are there, and stand at 0",
        {**services(), **waiting(QUEUE), **counts(QUERY, *REQUESTS, value=0), DURATION_OF_ALL: held((0, 60))},
        METRIC.quiet("30m", SETTLED),
    ),
    story(
        "MetricMissing is quiet about a service that was started anew, and is asked nothing since",
        {
            **services(),
            **waiting(QUEUE),
            **counts(QUERY, *REQUESTS),
            **{one: then(values, GONE) for one, values in counts(INGESTION, *REQUESTS, value=1, long=10).items()},
        },
        METRIC.quiet("40m", "59m"),
    ),
    story(
        "MetricMissing is quiet about a service that people used before it was started anew, and have not since",
        {
            **services(),
            **waiting(QUEUE),
            **{one: then(values, GONE) for one, values in counts(INGESTION, ACTIONS, long=10).items()},
        },
        METRIC.quiet("30m", "39m"),
    ),
    story(
        "MetricMissing is quiet about a service that is down, and a service that serves nobody",
        {**services(ingestion=0), **waiting(QUEUE), **counts(QUERY, *REQUESTS)},
        METRIC.quiet("30m", SETTLED),
    ),
    *(
        story(
            f"MetricMissing fires for the one of several services that is asked and counts no {missing}",
            {
                **services(),
                **waiting(QUEUE),
                **counts(INGESTION, *REQUESTS),
                **counts(QUERY, *(one for one in REQUESTS if missing not in one)),
            },
            METRIC.quiet("29m45s"),
            METRIC.fires("30m", SETTLED, **not_counted(QUERY, series)),
        )
        for missing, series in (("requests", "dataflux_requests_total"), ("duration", f"{DURATION}_bucket"))
    ),
    story(
        "MetricMissing fires for a service that people use, and that counts nothing of its requests any more",
        {**services(), **waiting(QUEUE), **counts(QUERY, *REQUESTS, ACTIONS), **counts(INGESTION, ACTIONS)},
        METRIC.quiet("29m45s"),
        neither_counted("30m", SETTLED),
    ),
    story(
        "MetricMissing is quiet about a service of which an instance is down, for the other may not be asked",
        {
            **services(),
            **waiting(QUEUE),
            **up(SERVICES, "0x239", "b:8002", QUERY),
            **counts(QUERY, ACTIONS),
        },
        METRIC.quiet("30m", SETTLED),
    ),
    story(
        "MetricMissing fires for an analysis that fails and is not timed",
        {**services(), **waiting(QUEUE), **counts(ANALYSIS, "dataflux_analysis_failures_total")},
        METRIC.quiet("29m45s"),
        METRIC.fires("30m", SETTLED, **not_counted(ANALYSIS, "dataflux_analysis_duration_seconds_count")),
    ),
    story(
        "MetricMissing fires for the depth of queues that nobody exports though all services answer",
        services(),
        METRIC.quiet("29m45s"),
        METRIC.fires("30m", SETTLED, **no_depth()),
    ),
    story(
        "MetricMissing is quiet about the depth of queues while a service is down",
        services(analysis=0),
        METRIC.quiet("30m", SETTLED),
    ),
    story(
        "MetricMissing is quiet where the dataflux-exporter exports the depth of queues",
        {**services(), **dataflux_exporter()},
        METRIC.quiet("30m", SETTLED),
    ),
    story(
        "MetricMissing fires for what two exporters that are for different things both lack, once",
        {
            **services(),
            **dataflux_exporter(dataflux_queue_oldest_age_seconds=GONE),
            **up("dataflux-exporter", instance="e:2"),
            'dataflux_exporter_collector_success{job="dataflux-exporter",collector="b",instance="e:2"}': held((1, 60)),
        },
        METRIC.quiet("29m45s"),
        METRIC.fires(
            "30m",
            SETTLED,
            said=f"dataflux-exporter answers and does not export {OLDEST} (1, level 0).",
            job="dataflux-exporter",
            metric=OLDEST,
        ),
    ),
    *(
        story(
            f"MetricMissing is quiet about the depth of queues while {what}, for that is told already",
            {**services(), **up("dataflux-exporter", answers, "e:9400"), **others},
            METRIC.quiet("30m", SETTLED),
        )
        for what, answers, others in (
            ("the dataflux-exporter that may export it is down", "0x239", {}),
            ("a collector fails", "1x239", dataflux_exporter(0, dataflux_queue_size=GONE)),
        )
    ),
    story(
        "LabelMissing fires 15 min after a series lacks the label that its alert tells apart by",
        {WITHOUT + "}": held((1, 40))},
        LABEL.quiet("14m45s"),
        LABEL.fires("15m", "39m", **NO_QUEUE),
    ),
    story(
        "LabelMissing recovers when the series has its label",
        {WITHOUT + "}": then(held((1, 20)), GONE), WITHOUT + ',queue="a"}': held(("_", 20), (1, 20))},
        LABEL.quiet("14m45s", "20m15s", "39m"),
        LABEL.fires("15m", "19m45s", **NO_QUEUE),
    ),
    story(
        "LabelMissing is quiet about a series with its label",
        {WITHOUT + ',queue="a"}': held((1, 40))},
        LABEL.quiet("15m", "39m"),
    ),
)
