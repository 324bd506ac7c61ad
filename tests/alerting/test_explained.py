"""What an alert does at a value, compared with what Prometheus does at it."""

import json
import os
import subprocess

import pytest
import yaml
from attrs import evolve

from kit.alerting.explained import Verdict, explained
from kit.model import quantity
from tests.stories.telling import promtool

FIRES, QUIET, SILENCED, UNKNOWN = Verdict
PLACE = {"cluster": "dataflux", "environment": "production"}
DISK = {"instance": "h:9100", "mountpoint": "/data", "fstype": "ext4", "device": "sda"}
SERVICE = {"job": "dataflux-services", "service": "s", "instance": "s:80"}


@pytest.fixture(scope="session")
def at(rows_by, build_by):
    """`at("ErrorRateHigh", "7%")`: what it does there."""

    def explain(name, typed, evaluator="grafana"):
        found = rows_by(evaluator)
        unit = found[name].rule.alert.signal.unit
        return explained(found[name], tuple(found.values()), build_by(evaluator), quantity.read(typed, unit))

    return explain


# --- does it fire

# Alert → the series that have a value, the labels by which it is told, and values around its level.
PLAYED = {
    "QueueDepthHigh": (lambda v: {"dataflux_queue_size": (v, {"queue": "a"})}, ("499", "500", "501", "1200")),
    "QueueDepthHighReindex": (lambda v: {"dataflux_queue_size": (v, {"queue": "reindex"})}, ("1200", "25k", "30k")),
    "QueueDepthCritical": (lambda v: {"dataflux_queue_size": (v, {"queue": "a"})}, ("501", "1000", "1001", "1e6")),
    "QueueDepthCriticalReindex": (lambda v: {"dataflux_queue_size": (v, {"queue": "reindex"})}, ("1001", "50001")),
    "QueueOldestHigh": (lambda v: {"dataflux_queue_oldest_age_seconds": (v, {"queue": "a"})}, ("15m", "901s", "2h")),
    "ServiceDown": (lambda v: {"up": (v, SERVICE)}, ("up", "down", "0")),
    "KafkaDown": (lambda v: {"kafka_brokers": (v, {"instance": "k:9308"})}, ("0", "1", "3")),
    "DiskUsageHigh": (
        lambda v: {
            "node_filesystem_size_bytes": (1000, DISK),
            "node_filesystem_free_bytes": (1000 * (1 - v), DISK),
        },
        ("79%", "0.81", "97%"),
    ),
    "LowDiskSpace": (
        lambda v: {"node_filesystem_size_bytes": (1000, DISK), "node_filesystem_avail_bytes": (1000 * v, DISK)},
        ("21%", "19%", "0"),
    ),
    "MemoryUsageHigh": (
        lambda v: {
            "node_memory_MemTotal_bytes": (1000, {"instance": "h:9100"}),
            "node_memory_MemAvailable_bytes": (1000 * (1 - v), {"instance": "h:9100"}),
        },
        ("89%", "91%"),
    ),
}
CASES = [(name, typed) for name, (_, values) in PLAYED.items() for typed in values]


def selector(name, labels):
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in {**labels, **PLACE}.items()) + "}"


def test_it_fires_and_says_what_prometheus_fires_and_says(tool, tmp_path, at, compiled_by):
    """For each case promtool plays the value for an hour on the rules as compiled, their descriptions alone kept."""
    files = compiled_by("grafana").files
    compiled = [
        yaml.load(text, promtool.LOADER) for path, text in files.items() if path.startswith("prometheus/rules/")
    ]
    alerts = [rule for file in compiled for group in file["groups"] for rule in group["rules"] if "alert" in rule]
    for rule in alerts:
        rule["annotations"] = {"description": rule["annotations"]["description"]}
    rules = {"groups": [{"name": "all", "rules": [rule for rule in alerts if rule["alert"] in PLAYED]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(rules))
    tests, fired = [], set()
    for name, typed in CASES:
        found = at(name, typed)
        series = PLAYED[name][0](found.value)
        labels = {**PLACE, **{k: v for _, own in series.values() for k, v in own.items() if k in found.row.rule.labels}}
        expected = {
            "exp_labels": {**labels, "severity": found.row.severity, "signal": found.row.rule.alert.signal.name},
            "exp_annotations": {"description": found.description.format_map(labels)},
        }
        # A warning that its critical one silences fires all the same; Alertmanager holds it back.
        fires = found.verdict in (FIRES, SILENCED)
        fired.add(fires)
        asked = {"eval_time": "30m", "alertname": name, "exp_alerts": [expected] if fires else []}
        tests.append(
            {
                "name": f"{name} at {typed}",
                "interval": "1m",
                "input_series": [
                    {"series": selector(metric, own), "values": f"{value!r}x60"}
                    for metric, (value, own) in series.items()
                ],
                "alert_rule_test": [asked],
            }
        )
    assert fired == {True, False}
    (tmp_path / "story.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "tests": tests}))
    argv = [tool("promtool"), "test", "rules", "story.yml"]
    environ = {**promtool.GARBAGE, **os.environ}
    ran = subprocess.run(argv, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr


# --- the other level of its signal


@pytest.mark.parametrize("evaluator", ["grafana", "prometheus"])
@pytest.mark.parametrize(
    ("typed", "warning", "critical"),
    [("500", QUIET, QUIET), ("501", FIRES, QUIET), ("1000", FIRES, QUIET), ("1001", SILENCED, FIRES)],
)
def test_a_warning_is_silenced_where_its_critical_level_takes_over_at_once(at, evaluator, typed, warning, critical):
    low, high = at("QueueDepthHigh", typed, evaluator), at("QueueDepthCritical", typed, evaluator)
    assert (low.verdict, high.verdict) == (warning, critical)
    assert [(one.name, one.verdict) for one in low.others] == [("QueueDepthCritical", critical)]
    alone = FIRES if warning is SILENCED else warning
    assert [(one.name, one.verdict) for one in high.others] == [("QueueDepthHigh", alone)]


def test_a_warning_that_has_a_shorter_hold_fires_until_it_is_silenced(rows_by, build_by):
    rows = dict(rows_by())
    rows["QueueDepthCritical"] = evolve(rows["QueueDepthCritical"], hold="15m")
    found = explained(rows["QueueDepthHigh"], tuple(rows.values()), build_by(), 1200)
    assert (found.verdict, found.others[0].verdict) == (FIRES, FIRES)


def test_a_level_of_another_line_cannot_be_told_from_the_value(at):
    assert [(one.name, one.verdict) for one in at("DiskUsageHigh", "90%").others] == [("LowDiskSpace", UNKNOWN)]
    assert [(one.name, one.verdict) for one in at("LowDiskSpace", "10%").others] == [("DiskUsageHigh", UNKNOWN)]


def test_a_rule_of_an_exception_has_to_do_with_that_exception_of_the_other_level(at):
    found = at("QueueDepthHighReindex", "60000")
    assert (found.verdict, [one.name for one in found.others]) == (SILENCED, ["QueueDepthCriticalReindex"])
    assert found.excepted == ()


def test_an_alert_that_is_alone_has_no_other(at):
    assert at("ErrorRateHigh", "7%").others == ()


# --- exceptions


def test_exceptions_are_told_with_what_they_do_at_the_value(at):
    [one] = at("QueueDepthHigh", "30000").excepted
    assert (one.label, one.value, one.rule, one.level) == ("queue", "reindex", "QueueDepthHighReindex", "above 25000")
    assert one.verdict is FIRES
    assert at("QueueDepthHigh", "600").excepted[0].verdict is QUIET


def test_an_exception_that_never_fires_has_no_rule(at):
    [one] = at("QueueOldestHigh", "1h").excepted
    assert (one.value, one.rule, one.verdict) == ("reindex", "", QUIET)


# --- no data


@pytest.mark.parametrize("evaluator", ["grafana", "prometheus"])
def test_no_data_fires_what_is_chosen_to(at, evaluator):
    assert at("ServiceDown", "down", evaluator).nothing
    assert not at("ErrorRateHigh", "7%", evaluator).nothing


@pytest.mark.parametrize(("evaluator", "fires"), [("grafana", True), ("prometheus", False)])
def test_prometheus_asks_for_absence_only_where_low_is_bad(rows_by, build_by, evaluator, fires):
    row = rows_by(evaluator)["QueueDepthHigh"]
    row = evolve(row, rule=evolve(row.rule, alert=evolve(row.rule.alert, no_data="alerting")))
    assert explained(row, (row,), build_by(evaluator), 600).nothing is fires


# --- when people hear of it


@pytest.mark.parametrize(
    ("evaluator", "hold", "earliest", "latest"),
    [
        ("grafana", "2m", 160, 190),
        ("prometheus", "2m", 160, 175),
        ("grafana", "45s", 100, 130),
        ("prometheus", "40s", 85, 100),
        ("grafana", "0s", 40, 70),
    ],
)
def test_the_first_message_comes_after_a_look_the_hold_and_the_wait(
    rows_by, build_by, evaluator, hold, earliest, latest
):
    row = evolve(rows_by(evaluator)["ErrorRateHigh"], hold=hold)
    for one in explained(row, (row,), build_by(evaluator), 0.07).heard:
        assert (one.earliest, one.latest) == (earliest, latest)


BROKEN = {
    "grafana": {"NobodyNotifies", "NotificationsFailing"},
    "prometheus": {"NobodyNotifies", "NotificationsFailing", "AlertmanagerUnreachable", "MonitoringDown"},
}


@pytest.mark.parametrize("evaluator", BROKEN)
def test_what_tells_of_its_own_way_may_reach_nobody_and_the_deadmans_switch_tells(rows_by, build_by, evaluator):
    rows = tuple(rows_by(evaluator).values())
    found = {row.name: explained(row, rows, build_by(evaluator), row.rule.value) for row in rows}
    assert {name for name, one in found.items() if one.unheard} == BROKEN[evaluator]
    for name, one in found.items():
        assert [row.name for row in one.deadman] == (["Watchdog"] if name in BROKEN[evaluator] else [])


def test_every_receiver_hears_of_it(at):
    names = [one.told.receiver for one in at("ErrorRateHigh", "7%").heard]
    assert names == ["dataflux-email", "dataflux-webhook", "dataflux-slack"]


# --- what it says


def test_every_message_is_filled_in_but_for_the_labels_of_the_series(rows_by, build_by):
    for evaluator in ("grafana", "prometheus"):
        rows = tuple(rows_by(evaluator).values())
        for row in rows:
            said = explained(row, rows, build_by(evaluator), row.rule.value).description
            assert "{{" not in said and "$" not in said, said
            said.format_map(dict.fromkeys(row.rule.labels, "x"))


def test_the_label_that_an_exception_is_made_for_is_filled_in_as_well(at):
    assert at("QueueDepthHighReindex", "30k").description == "30k items wait in the queue reindex (level 25000)."
    assert at("QueueDepthHigh", "1.2k").description == "1.2k items wait in the queue {queue} (level 500)."
