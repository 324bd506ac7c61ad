"""Who watches the watchers, as stories over time; and what alerts need is watched without a gap."""

import re

import pytest
from attrs import evolve

from kit.compile import compiled as compile_all
from kit.emit.model import ALERT_FOLDER
from kit.model import needs
from kit.model.alert import Alert
from kit.model.expr import Share
from tests.alerts.test_rows import counting, held

EXPORTERS = (
    "alertmanager", "grafana", "loki", "node", "cadvisor", "postgres", "redis", "kafka", "minio", "minio-bucket",
    "dataflux-exporter",
)  # fmt: skip


def up(job, *parts, instance="i:1"):
    return {f'up{{job="{job}",instance="{instance}"}}': held(*parts) if parts else held((1, 60))}


# --- the deadman's switch


def test_the_watchdog_fires_at_once_and_always_whatever_is_measured(story, happens):
    happens(story("Watchdog", {}, fires=["0s", "15s", "29m"]))
    happens(story("Watchdog", up("node", (0, 30)), fires=["0s", "29m"]))


def test_the_watchdog_is_not_counted_among_the_firing_alerts(compiled, values):
    firing = next(
        panel["targets"][0]["expr"]
        for board in compiled.product.boards
        if board.page.stem == "overview"
        for panel in board.json["panels"]
        if panel["title"] == "Alerts firing"
    )
    query = re.sub(r'\w+=~"\$[^"]*",?', "", firing)
    assert "$" not in query and 'severity!="none"' in query
    beats = {'ALERTS{alertname="Watchdog",alertstate="firing",severity="none",signal="watchdog"}': held((1, 5))}
    other = {'ALERTS{alertname="ServiceDown",alertstate="firing",severity="critical",signal="x"}': held((1, 5))}
    assert list(values(beats, [query], [60])[query, 60].values()) == [0]
    assert list(values({**beats, **other}, [query], [60])[query, 60].values()) == [1]


# --- what must be there


def test_an_exporter_that_is_no_target_any_more_is_missing_after_5_minutes(story, happens):
    series = {name: values for job in EXPORTERS for name, values in up(job).items()}
    series['up{job="postgres",instance="i:1"}'] = f"{held((1, 10))} stale"
    fires = story("ExporterMissing", series, silent=["9m", "14m45s"], fires=["15m", "29m"])
    happens(fires.because(job="postgres"))


def test_an_exporter_that_is_down_is_not_missing(story, happens):
    series = {name: values for job in EXPORTERS for name, values in up(job).items()}
    happens(story("ExporterMissing", series | up("redis", (0, 60)), silent=["5m", "59m"]))


def test_an_exporter_that_comes_back_is_missing_no_more(story, happens):
    series = {name: values for job in EXPORTERS for name, values in up(job).items()}
    series['up{job="redis",instance="i:1"}'] = f"stale _x39 {held((1, 20))}"
    fires = story("ExporterMissing", series, silent=["4m45s", "10m", "20m"], fires=["5m", "9m45s"])
    happens(fires.because(job="redis"))


REDIS = {name: held((1, 60)) for name in ("redis_up", "redis_memory_used_bytes", "redis_memory_max_bytes")}


def redis(**others):
    return {f'{name}{{job="redis",instance="i:1"}}': values for name, values in {**REDIS, **others}.items()}


def test_a_metric_that_its_exporter_no_longer_exports_is_missing_after_30_minutes(story, happens):
    gone = {**up("redis"), **redis(redis_memory_used_bytes=f"{held((1, 10))} stale")}
    fires = story("MetricMissing", gone, silent=["9m", "39m45s"], fires=["40m", "59m"])
    happens(fires.because(job="redis", metric="redis_memory_used_bytes"))


def test_a_metric_that_comes_back_is_missing_no_more(story, happens):
    back = {**up("redis"), **redis(redis_up=f"_x160 {held((1, 20))}")}
    fires = story("MetricMissing", back, silent=["29m45s", "40m"], fires=["30m", "39m45s"])
    happens(fires.because(job="redis", metric="redis_up"))


def test_all_metrics_there_is_silence(story, happens):
    happens(story("MetricMissing", {**up("redis"), **redis()}, silent=["30m", "59m"]))


def test_the_metrics_of_an_exporter_that_is_down_are_not_missing_for_that_is_told_already(story, happens):
    happens(story("MetricMissing", up("redis", (0, 60)), silent=["30m", "59m"]))
    happens(story("MetricMissing", up("nobody"), silent=["30m", "59m"]))


def test_one_replica_that_exports_it_is_enough(story, happens):
    two = {**up("redis"), **up("redis", instance="i:2"), **redis()}
    happens(story("MetricMissing", two, silent=["30m", "59m"]))


QUEUE = 'dataflux_queue_oldest_age_seconds{instance="e:9400",job="dataflux-exporter"'


def test_a_series_without_the_label_that_its_alert_tells_apart_by_fires_after_15_minutes(story, happens):
    fires = story("LabelMissing", {QUEUE + "}": held((1, 40))}, silent=["14m45s"], fires=["15m", "39m"])
    happens(fires.because(instance="e:9400", metric="dataflux_queue_oldest_age_seconds", label="queue"))


def test_a_series_that_gets_its_label_recovers(story, happens):
    mended = {QUEUE + "}": f"{held((1, 20))} stale", QUEUE + ',queue="a"}': f"_x80 {held((1, 20))}"}
    fires = story("LabelMissing", mended, silent=["14m45s", "20m15s", "39m"], fires=["15m", "19m45s"])
    happens(fires.because(instance="e:9400", metric="dataflux_queue_oldest_age_seconds", label="queue"))


def test_a_series_with_its_label_is_silent(story, happens):
    happens(story("LabelMissing", {QUEUE + ',queue="a"}': held((1, 40))}, silent=["15m", "39m"]))


# --- evaluating and notifying


def evaluated(failed):
    name, labels = "grafana_alerting_rule_evaluation", 'org="1",instance="g:3000"'
    return {f"{name}_failures_total{{{labels}}}": failed, f"{name}s_total{{{labels}}}": counting((60, 30))}


def test_grafanas_rules_that_fail_fire_after_5_minutes(story, happens):
    happens(story("GrafanaRulesFailing", evaluated(counting((1, 30))), silent=["5m"], fires=["5m15s", "29m"]))


def test_grafanas_rules_recover_when_the_failures_leave_their_window(story, happens):
    mended = evaluated(counting((1, 10), (0, 20)))
    happens(story("GrafanaRulesFailing", mended, silent=["5m", "16m", "29m"], fires=["10m"]))


def test_grafanas_rules_that_do_not_fail_any_more_are_silent(story, happens):
    happens(story("GrafanaRulesFailing", evaluated(held((7, 30))), silent=["5m15s", "29m"]))


def notified(failed, sent, program="alertmanager", prefix="alertmanager_notifications"):
    labels = f'job="{program}",integration="slack",instance="a:9093"'
    return {f"{prefix}_failed_total{{{labels}}}": failed, f"{prefix}_total{{{labels}}}": sent}


def each_5_minutes(many, begin=1):
    """A counter that grows by one each 5 minutes (20 samples), `many` times, then stands still."""
    return " ".join([*(f"{begin + n}x19" for n in range(many)), f"{begin + many}x{20 * (12 - many) - 1}"])


EVERY = [
    ("alertmanager", "alertmanager_notifications"),
    ("grafana", "grafana_alerting_notifications"),
]


@pytest.mark.parametrize(("program", "prefix"), EVERY, ids=[program for program, _ in EVERY])
def test_notifications_that_fail_each_time_they_are_tried_again_fire(program, prefix, story, happens):
    fails = notified(each_5_minutes(11), each_5_minutes(11), program, prefix)
    # The first failure is seen at 5m, as a counter that grows.
    fires = story("NotificationsFailing", fails, silent=["5m", "16m45s"], fires=["17m15s", "40m", "55m"])
    happens(fires.because(job=program, integration="slack"))


def test_one_notification_that_failed_once_is_no_alert(story, happens):
    happens(
        story(
            "NotificationsFailing",
            notified(each_5_minutes(1), each_5_minutes(9)),
            silent=["5m", "11m", "14m", "17m", "59m"],
        )
    )


def test_notifications_recover_when_they_arrive_again(story, happens):
    mended = notified(each_5_minutes(5), each_5_minutes(11))
    fires = story("NotificationsFailing", mended, silent=["5m", "36m", "59m"], fires=["25m"])
    happens(fires.because(job="alertmanager", integration="slack"))


def test_notifications_that_arrive_are_silent(story, happens):
    happens(story("NotificationsFailing", notified(held((3, 60)), each_5_minutes(11)), silent=["17m", "59m"]))


def handed_over(dropped, alertmanagers=1):
    labels = 'job="prometheus",instance="p:9090"'
    return {
        f"prometheus_notifications_dropped_total{{{labels}}}": dropped,
        f"prometheus_notifications_alertmanagers_discovered{{{labels}}}": held((alertmanagers, 30)),
    }


def test_prometheus_that_loses_notifications_fires_after_5_minutes(story, happens):
    fires = story("AlertmanagerUnreachable", handed_over(counting((1, 30))), silent=["5m"], fires=["5m15s", "29m"])
    happens(fires.because(instance="p:9090"))


def test_prometheus_recovers_when_alertmanager_takes_its_notifications_again(story, happens):
    mended = handed_over(counting((1, 12), (0, 18)))
    fires = story("AlertmanagerUnreachable", mended, silent=["5m", "18m", "29m"], fires=["12m"])
    happens(fires.because(instance="p:9090"))


def test_prometheus_without_alertmanager_drops_everything_and_that_is_nobodys_loss(story, happens):
    """Measured with Prometheus 2.42: without an alerting block it counts each alert as dropped."""
    happens(story("AlertmanagerUnreachable", handed_over(counting((1, 30)), 0), silent=["5m15s", "29m"]))


def test_prometheus_that_loses_nothing_is_silent(story, happens):
    happens(story("AlertmanagerUnreachable", handed_over(held((7, 30))), silent=["5m15s", "29m"]))


FOUND = 'prometheus_notifications_alertmanagers_discovered{job="prometheus",instance="p:9090"}'
ACTIVE = f'grafana_alerting_rule_group_rules{{rule_group="{ALERT_FOLDER};hosts",state="active",instance="g:3000"}}'


def test_nobody_notifies_where_prometheus_has_no_alertmanager_and_grafana_no_active_rule(story, happens):
    happens(story("NobodyNotifies", {FOUND: held((0, 30))}, silent=["9m45s"], fires=["10m", "29m"]))
    both = {FOUND: held((0, 40)), ACTIVE: held((6, 10), (0, 20), (6, 10))}
    happens(story("NobodyNotifies", both, silent=["9m", "19m45s", "30m", "39m"], fires=["20m", "29m45s"]))


@pytest.mark.parametrize("series", [{FOUND: held((1, 30))}, {FOUND: held((0, 30)), ACTIVE: held((6, 30))}])
def test_somebody_notifies(series, story, happens):
    happens(story("NobodyNotifies", series, silent=["10m", "29m"]))


def test_rules_of_another_team_in_grafana_notify_nobody_of_ours(story, happens):
    other = {FOUND: held((0, 30)), ACTIVE.replace(ALERT_FOLDER, "Others"): held((6, 30))}
    happens(story("NobodyNotifies", other, fires=["10m", "29m"]))


# --- nothing that an alert needs is forgotten


@pytest.fixture(scope="session")
def by_name(compiled):
    return {alert.name: alert for alert in compiled.product.site.alerts}


def read(alert: Alert):
    """The leaves of an alert's lines, and whether each is the part of a share."""
    for name in alert.level.lines:
        line = alert.signal.lines[name]
        parts = line.part.leaves() if isinstance(line, Share) else ()
        yield from ((leaf, leaf in parts) for leaf in line.leaves())


def test_every_series_that_an_alert_reads_is_watched_or_has_a_reason_not_to_be(by_name, compiled):
    settings = compiled.product.settings
    query = str(compiled.product.rules["MetricMissing"][0].query)
    not_run = {job.name for job in settings.jobs if not job.addresses}
    asked = {leaf.series: (leaf, part) for alert in by_name.values() for leaf, part in read(alert)}
    unwatched = {name: leaf for name, (leaf, part) in asked.items() if f'"metric", "{name}"' not in query and not part}
    unwatched = {name: leaf.metric for name, leaf in unwatched.items() if leaf.metric.job not in not_run}
    assert set(unwatched) == {
        "up",  # ServiceMissing, ExporterMissing and MonitoringDown ask for it
        # sparse: the catalogue says why
        "dataflux_storage_capacity_bytes", "grafana_alerting_notifications_total",
        "grafana_alerting_rule_evaluations_total", "grafana_alerting_rule_group_rules",
        # parts of a share inside of a choice
        "alertmanager_notifications_failed_total", "grafana_alerting_notifications_failed_total",
    }  # fmt: skip


def test_no_metric_is_watched_of_a_job_that_is_not_run(compiled):
    assert "kube_pod_container_status_restarts_total" not in compiled.product.rules["MetricMissing"][0].query


def test_the_labels_that_alerts_need_are_those_that_tell_apart_or_are_matched(by_name):
    others = [alert for name, alert in by_name.items() if name != "LabelMissing"]
    pairs = {(leaf.series, label) for leaf, label in needs.labels(others)}
    assert ("dataflux_queue_size", "queue") in pairs
    assert ("dataflux_analysis_failures_total", "analyzer") in pairs
    assert ("node_filesystem_size_bytes", "mountpoint") in pairs
    # An alert of its own asks for it.
    assert ("dataflux_requests_total", "status") not in pairs
    without = [alert for alert in others if alert.name != "StatusLabelMissing"]
    assert ("dataflux_requests_total", "status") in {(leaf.series, label) for leaf, label in needs.labels(without)}
    # Relabelling sets it on every target; an exception of a level is no need.
    assert "service" not in {label for _, label in pairs} and "endpoint" not in {label for _, label in pairs}


def test_what_is_not_exported_on_purpose_is_not_missing(compiled_by):
    query = compiled_by("grafana", not_exported=("redis_up",)).product.rules["MetricMissing"][0].query
    assert '"redis_up"' not in query and '"redis_memory_used_bytes"' in query


def test_a_name_that_no_alert_needs_is_told(compiled):
    result, faults = compile_all(evolve(compiled.product.settings, not_exported=("redis_upp",)))
    assert result is None
    [fault] = faults
    assert fault.message == "not_exported names 'redis_upp', which no alert needs; did you mean 'redis_up'?"
