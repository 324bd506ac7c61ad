"""What alerts need is watched without a gap, and the deadman's switch is no alert to look at.

The stories of the watchers are in tests/stories/monitoring_watchers.py and monitoring_missing.py.
"""

import re
from pathlib import Path

import pytest
from attrs import evolve

from kit.compile import compiled as compile_all
from kit.model import needs
from kit.model.alert import Alert
from kit.model.expr import Share
from kit.model.setting import BadSetting
from tests.stories.telling.series import held


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
        # what tells of others that they are missing
        "dataflux_request_duration_seconds_count", "dataflux_user_actions_total",
        # parts of a share inside of a choice
        "alertmanager_notifications_failed_total", "grafana_alerting_notifications_failed_total",
    }  # fmt: skip


def test_absence_is_asked_for_in_the_place_of_the_settings_and_nowhere_else(compiled_by, parsed):
    """The place is a label of every target, as it is compiled: so that what is asked for can be there."""
    compiled = compiled_by("grafana", cluster="c", environment="e")
    queries = [rule.query for name in ("ServiceMissing", "ExporterMissing") for rule in compiled.product.rules[name]]
    rules = compiled.files["grafana/provisioning/alerting/rules.yml"] + compiled.files["prometheus/rules/services.yml"]
    asked = re.findall(r"absent\(up\{([^}]*)\}", " ".join([*queries, rules]))
    assert len(asked) > 20 and all('cluster="c",environment="e"' in matchers for matchers in asked)
    [services, *_] = parsed(compiled, "prometheus/prometheus.yml")["scrape_configs"]
    targets = [one for path in compiled.files if "/targets/" in path for one in parsed(compiled, path)]
    assert targets
    for one in (*services["static_configs"], *targets):
        assert one["labels"] == {"cluster": "c", "environment": "e"}


def test_an_address_that_is_named_twice_is_refused_for_it_would_be_counted_twice(compiled):
    with pytest.raises(BadSetting, match="stands in it twice"):
        evolve(compiled.product.settings.jobs[0], addresses=compiled.product.settings.jobs[0].addresses * 2)


def test_what_is_not_exported_may_name_what_is_only_there_once_something_happens(compiled_by):
    name = "dataflux_request_duration_seconds_bucket"
    query = compiled_by("grafana", not_exported=(name,)).product.rules["MetricMissing"][0].query
    assert f'"{name}"' not in query and '"dataflux_requests_total"' in query


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
    assert fault.message == "not_exported: no alert needs 'redis_upp'; did you mean 'redis_up'?"
    said = Path(fault.where.file).read_text().splitlines()[fault.where.line - 1]
    assert said.strip().startswith("not_exported=")
