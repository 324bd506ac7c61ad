"""What goes wrong in DataFlux is told to those who must know: once, with what they need; and that it is over."""

import re

import pytest

from kit.emit.scaled import shorter
from kit.model.words import milliseconds
from tests.e2e.alerts import scenes
from tests.e2e.alerts.conftest import ALWAYS
from tests.e2e.alerts.evaluators import SMTP
from tests.e2e.alerts.receivers import EMAIL, SLACK, WEBHOOK

TOLD = {told.alert: told for told in scenes.ALL}
CRITICAL = {name for name, told in TOLD.items() if told.severity == scenes.CRITICAL}
WARNING = TOLD.keys() - CRITICAL


def about(tale, status="firing"):
    """(channel, alert) of every message, without what always fires."""
    return {(one.channel, one.alert) for one in tale.inbox.messages if one.status == status and one.alert not in ALWAYS}


def test_in_quiet_times_nobody_is_told_anything(tale):
    assert tale.early == []


def test_critical_alerts_reach_all_channels_and_warnings_only_slack_and_nothing_else_is_told(tale):
    wanted = {(channel, name) for name, told in TOLD.items() for channel in tale.channels(told)}
    assert about(tale) == wanted
    assert about(tale, "resolved") == wanted


@pytest.mark.parametrize("name", sorted(TOLD))
def test_each_is_told_once_and_so_is_its_end(tale, name):
    repeat = milliseconds(shorter("1h" if name in CRITICAL else "4h", tale.settings)) / 1000
    for channel in tale.channels(TOLD[name]):
        for status in ("firing", "resolved"):
            first, *again = tale.inbox.of(channel, name, status)
            # On a machine so slow that repeating is due, it is repeated.
            assert all(one.at - first.at > 0.9 * repeat for one in again), (channel, status, [first, *again])


@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_message_says_what_where_how_bad_and_where_to_look(tale, name):
    told = TOLD[name]
    page = f"{tale.notifier.page}{told.page}"
    for channel in tale.channels(told):
        message = tale.inbox.of(channel, name)[0]
        text = f"{message.title}\n{message.text}"
        for pattern in (*told.names, told.severity, "dataflux", "production"):
            assert re.search(pattern, text, re.IGNORECASE), (channel, pattern, text)
        assert f"{tale.settings.runbook_url}/{name}.md" in text
        assert re.search(rf"{re.escape(tale.settings.grafana_url)}/d/{page}[\w-]*\?viewPanel=\d+", text), text


@pytest.mark.parametrize("name", sorted(CRITICAL))
def test_the_webhooks_payload_is_alertmanagers(tale, name):
    payload = tale.inbox.of(WEBHOOK, name)[0].whole
    assert (payload["status"], payload["receiver"]) == ("firing", tale.notifier.receiver)
    # Grafana counts its own versions.
    assert payload["version"] == {"prometheus": "4", "grafana": "1"}[tale.notifier.evaluator]
    assert payload["groupLabels"]["alertname"] == name
    for alert in payload["alerts"]:
        assert (alert["labels"]["alertname"], alert["labels"]["severity"]) == (name, "critical")
        assert alert["status"] == "firing" and alert["startsAt"] and alert["fingerprint"]


def test_mail_goes_from_and_to_whom_the_settings_name(tale):
    if EMAIL not in tale.notifier.channels:
        pytest.skip(f"{SMTP} does not say where this Grafana sends its mail")
    mails = [one.whole for one in tale.inbox.messages if one.channel == EMAIL]
    assert {mail["from"] for mail in mails} == {tale.settings.email_from}
    assert {to for mail in mails for to in mail["to"]} == {tale.settings.email}


def test_slack_is_told_in_the_channel_that_the_settings_name(tale):
    told = [one.whole["channel"] for one in tale.inbox.messages if one.channel == SLACK]
    assert set(told) == {tale.settings.slack_channel}


def test_a_critical_alert_silences_its_warning_and_nothing_else(tale):
    if tale.notifier.evaluator == "grafana":
        pytest.skip("Grafana's warnings end in their own condition")
    silenced = {
        (labels["alertname"], labels.get("queue") or labels.get("mountpoint")): by for labels, by in tale.silenced
    }
    assert silenced.keys() == {one for scene in scenes.SCENES for one in scene.silences}
    for (name, what), by in silenced.items():
        [strong] = by
        assert strong["alertname"] == {"LowDiskSpace": "DiskUsageHigh", "QueueDepthHigh": "QueueDepthCritical"}[name]
        assert (strong.get("queue") or strong.get("mountpoint")) == what


def test_the_silenced_warning_is_not_told_and_the_one_for_another_queue_is(tale):
    for message in tale.inbox.of(SLACK, "QueueDepthHigh"):
        assert "thumbnails" in message.text
        assert "analysis" not in message.text, message.text


def test_the_warning_is_told_before_the_critical_one_that_holds_longer(tale):
    assert tale.inbox.of(SLACK, "LowDiskSpace")[0].at < tale.inbox.of(SLACK, "DiskUsageHigh")[0].at


def test_one_cause_is_one_message(tale):
    [message] = tale.inbox.of(WEBHOOK, "DiskUsageHigh")
    assert {alert["labels"]["mountpoint"] for alert in message.whole["alerts"]} == set(scenes.DISKS)
    [message] = tale.inbox.of(SLACK, "DiskUsageHigh")
    assert "/data" in message.text and len(re.findall(r"viewPanel=", message.text)) == 2


def test_recovery_is_told_after_the_alert(tale):
    for name, told in TOLD.items():
        for channel in tale.channels(told):
            assert tale.inbox.of(channel, name, "resolved")[0].at > tale.inbox.of(channel, name)[0].at
