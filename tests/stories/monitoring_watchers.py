"""Who watches the watchers: the deadman's switch, what must be there, and whether anybody is notified."""

from tests.stories.telling.series import GONE, counting, held, then
from tests.stories.telling.story import Alert, story

PAGE = "df-monitoring"
WATCHDOG = Alert(
    "Watchdog",
    "none",
    "watchdog",
    "The monitoring can wake people: this always fires, and silence is the alarm.",
    (PAGE, "Notifications"),
)
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
    "A metric that an alert needs is exported by nobody.",
    (PAGE, "Jobs"),
)
LABEL = Alert("LabelMissing", "warning", "label_missing", "A metric lacks a label that an alert needs.", (PAGE, "Jobs"))
GRAFANA = Alert(
    "GrafanaRulesFailing",
    "warning",
    "grafana_rule_failures",
    "Some alert rules of Grafana fail.",
    (PAGE, "Grafana rules that fail"),
)
NOTIFICATIONS = Alert(
    "NotificationsFailing",
    "critical",
    "alertmanager_failed",
    "Notifications do not arrive.",
    (PAGE, "Notifications that fail"),
)
UNREACHABLE = Alert(
    "AlertmanagerUnreachable",
    "critical",
    "alertmanager_unreachable",
    "Prometheus cannot reach Alertmanager: its alerts are lost.",
    (PAGE, "Notifications dropped"),
)
NOBODY = Alert(
    "NobodyNotifies",
    "critical",
    "notifiers",
    "Neither Prometheus nor Grafana notifies anybody.",
    (PAGE, "Who notifies"),
)

BEATS = "Rules, routes and webhook work in dataflux production: 1 (level 0)."
EXPORTERS = (
    "alertmanager", "grafana", "loki", "node", "cadvisor", "postgres", "redis", "kafka", "minio", "minio-bucket",
    "dataflux-exporter",
)  # fmt: skip


def up(job, values="1x239", instance="i:1"):
    return {f'up{{job="{job}",instance="{instance}"}}': values}


def exporters(**others):
    """Every exporter is a target, but for what is said of some."""
    series = {name: values for job in EXPORTERS for name, values in up(job).items()}
    return series | {name: values for job, mine in others.items() for name, values in up(job, mine).items()}


def no_target(job):
    return {"said": f"{job} has no target at all (1, level 0).", "job": job}


def redis(**others):
    """What Redis's exporter exports."""
    names = ("redis_up", "redis_memory_used_bytes", "redis_memory_max_bytes")
    values = {**{name: held((1, 60)) for name in names}, **others}
    return {f'{name}{{job="redis",instance="i:1"}}': mine for name, mine in values.items()}


def not_exported(metric):
    return {
        "said": f"redis answers and does not export {metric} (1, level 0).",
        "job": "redis",
        "metric": metric,
    }


OLDEST = "dataflux_queue_oldest_age_seconds"
WITHOUT = f'{OLDEST}{{instance="e:9400",job="dataflux-exporter"'
NO_QUEUE = {
    "said": f"e:9400 exports 1 series of {OLDEST} without the label queue (level 0).",
    "instance": "e:9400",
    "metric": OLDEST,
    "label": "queue",
}


def evaluated(failed):
    """Grafana's rules: one a second is evaluated."""
    name, labels = "grafana_alerting_rule_evaluation", 'org="1",instance="g:3000"'
    return {f"{name}_failures_total{{{labels}}}": failed, f"{name}s_total{{{labels}}}": counting((60, 30))}


def notified(failed, sent, program="alertmanager", prefix="alertmanager_notifications"):
    labels = f'job="{program}",integration="slack",instance="a:9093"'
    return {f"{prefix}_failed_total{{{labels}}}": failed, f"{prefix}_total{{{labels}}}": sent}


def each_5_minutes(many, begin=1):
    """A counter that grows by one each 5 minutes (20 samples), `many` times, then stands still."""
    return " ".join([*(f"{begin + n}x19" for n in range(many)), f"{begin + many}x{20 * (12 - many) - 1}"])


def fails_again_and_again(program, prefix):
    # The first failure is seen at 5m, as a counter that grows.
    return story(
        f"NotificationsFailing fires when a notification of {program} fails each time it is tried again",
        notified(each_5_minutes(11), each_5_minutes(11), program, prefix),
        NOTIFICATIONS.quiet("5m", "16m45s"),
        NOTIFICATIONS.fires(
            *("17m", "40m", "55m"),
            said=f"100% of the notifications that {program} sends by slack fail (level 0 %).",
            job=program,
            integration="slack",
        ),
    )


def handed_over(dropped, alertmanagers=1):
    labels = 'job="prometheus",instance="p:9090"'
    return {
        f"prometheus_notifications_dropped_total{{{labels}}}": dropped,
        f"prometheus_notifications_alertmanagers_discovered{{{labels}}}": held((alertmanagers, 30)),
    }


LOSES = {"said": "p:9090 loses notifications: 16.67m per second (level 0 per second).", "instance": "p:9090"}
FOUND = 'prometheus_notifications_alertmanagers_discovered{job="prometheus",instance="p:9090"}'
NOBODY_DOES = "Alertmanagers of Prometheus, or active rules of Grafana: 0, it should be 1 or more."


def active(folder="DataFlux Alerts"):
    return f'grafana_alerting_rule_group_rules{{rule_group="{folder};hosts",state="active",instance="g:3000"}}'


STORIES = (
    # --- the deadman's switch
    story("Watchdog fires at once and always, though nothing is measured", {}, WATCHDOG.fires("0s", "29m", said=BEATS)),
    story(
        "Watchdog fires whatever is down",
        up("node", held((0, 30))),
        WATCHDOG.fires("0s", "15s", "29m", said=BEATS),
    ),
    # --- what must be there
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
    story("MetricMissing is quiet where all are there", {**up("redis"), **redis()}, METRIC.quiet("30m", "59m")),
    story(
        "MetricMissing is quiet about an exporter that is down, for that is told already",
        up("redis", held((0, 60))),
        METRIC.quiet("30m", "59m"),
    ),
    story("MetricMissing is quiet about another job", up("nobody"), METRIC.quiet("30m", "59m")),
    story(
        "MetricMissing is quiet where one replica of two exports it",
        {**up("redis"), **up("redis", instance="i:2"), **redis()},
        METRIC.quiet("30m", "59m"),
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
    # --- evaluating
    story(
        "GrafanaRulesFailing fires 5 min after a rule fails, and recovers when the failures have left its window",
        evaluated(counting((1, 10), (0, 20))),
        GRAFANA.quiet("5m", "16m", "29m"),
        GRAFANA.fires("5m15s", "10m", said="1.667% of Grafana's rule evaluations fail (level 0 %)."),
    ),
    story(
        "GrafanaRulesFailing is quiet about failures of long ago",
        evaluated(held((7, 30))),
        GRAFANA.quiet("5m15s", "29m"),
    ),
    # --- notifying
    fails_again_and_again("alertmanager", "alertmanager_notifications"),
    fails_again_and_again("grafana", "grafana_alerting_notifications"),
    story(
        "NotificationsFailing is quiet about one notification that failed once",
        notified(each_5_minutes(1), each_5_minutes(9)),
        NOTIFICATIONS.quiet("5m", "11m", "14m", "17m", "59m"),
    ),
    story(
        "NotificationsFailing recovers when notifications arrive again",
        notified(each_5_minutes(5), each_5_minutes(11)),
        NOTIFICATIONS.quiet("5m", "36m", "59m"),
        NOTIFICATIONS.fires(
            "25m",
            said="100% of the notifications that alertmanager sends by slack fail (level 0 %).",
            job="alertmanager",
            integration="slack",
        ),
    ),
    story(
        "NotificationsFailing is quiet where notifications arrive",
        notified(held((3, 60)), each_5_minutes(11)),
        NOTIFICATIONS.quiet("17m", "59m"),
    ),
    story(
        "AlertmanagerUnreachable fires 5 min after notifications are lost, and recovers when they are taken again",
        handed_over(counting((1, 12), (0, 18))),
        UNREACHABLE.quiet("5m", "18m", "29m"),
        UNREACHABLE.fires("5m15s", "12m", **LOSES),
    ),
    # Measured with Prometheus 2.42: without an alerting block it counts each alert as dropped.
    story(
        "AlertmanagerUnreachable is quiet where Prometheus has no Alertmanager to tell",
        handed_over(counting((1, 30)), alertmanagers=0),
        UNREACHABLE.quiet("5m15s", "29m"),
    ),
    story(
        "AlertmanagerUnreachable is quiet about losses of long ago",
        handed_over(held((7, 30))),
        UNREACHABLE.quiet("5m15s", "29m"),
    ),
    story(
        "NobodyNotifies fires 10 min after Prometheus has no Alertmanager, where Grafana has no rules",
        {FOUND: held((0, 30))},
        NOBODY.quiet("9m45s"),
        NOBODY.fires("10m", "29m", said=NOBODY_DOES),
    ),
    story(
        "NobodyNotifies fires 10 min after Grafana's rules are paused, and recovers",
        {FOUND: held((0, 40)), active(): held((6, 10), (0, 20), (6, 10))},
        NOBODY.quiet("9m", "19m45s", "30m", "39m"),
        NOBODY.fires("20m", "29m45s", said=NOBODY_DOES),
    ),
    story(
        "NobodyNotifies is quiet where Prometheus has an Alertmanager",
        {FOUND: held((1, 30))},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies is quiet where Grafana has active rules",
        {FOUND: held((0, 30)), active(): held((6, 30))},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies fires though rules of another team are active in Grafana",
        {FOUND: held((0, 30)), active("Others"): held((6, 30))},
        NOBODY.quiet("9m45s"),
        NOBODY.fires("10m", "29m", said=NOBODY_DOES),
    ),
)
