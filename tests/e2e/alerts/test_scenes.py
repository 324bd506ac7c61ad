"""What goes wrong in DataFlux is told to those who must know: once, with what they need; and that it is over."""

import pytest

from kit.emit.scaled import shorter
from kit.model.words import milliseconds
from tests.e2e.alerts import scenes
from tests.e2e.alerts.receivers import SLACK, WEBHOOK

TOLD = {told.alert: told for told in scenes.ALL}
# Warning → the critical alert that silences it.
STRONGER = {"LowDiskSpace": ["DiskUsageHigh"], "QueueDepthHigh": ["QueueDepthCritical"]}


def test_in_quiet_times_nobody_is_told_anything(tale):
    assert tale.early == []


def test_critical_alerts_reach_all_channels_and_warnings_only_slack_and_nothing_else_is_told(any_tale):
    wanted = {(channel, told.alert) for told in any_tale.tells for channel in any_tale.channels(told)}
    assert any_tale.about() == wanted
    assert any_tale.about("resolved") == wanted


def test_each_is_told_once_and_so_is_its_end(each):
    tale, told = each
    repeat = milliseconds(shorter("1h" if told.severity == scenes.CRITICAL else "4h", tale.settings)) / 1000
    for channel in tale.channels(told):
        for status in ("firing", "resolved"):
            first, *again = tale.inbox.of(channel, told.alert, status)
            again = [one for one in again if not _is_back(tale, told, one)]
            # On a machine so slow that repeating is due, it is repeated; where it was too slow to be scraped, what was
            # not seen any more was over, and began anew.
            assert all(one.at - first.at > 0.9 * repeat for one in again) or tale.unscraped, (channel, status, again)


def _is_back(tale, told, message):
    """Whether a warning begins anew, for its critical one is over and it is not: so it is where Grafana evaluates.

    There a warning ends while a critical one fires; Alertmanager silences what goes on meanwhile.
    """
    over = [one.at for strong in STRONGER.get(told.alert, ()) for one in tale.inbox.of(SLACK, strong, "resolved")]
    return tale.notifier.evaluator == "grafana" and any(message.at > at for at in over)


def test_a_critical_alert_silences_its_warning_and_nothing_else(tale):
    if tale.notifier.evaluator == "grafana":
        pytest.skip("Grafana's warnings end in their own condition")
    silenced = {
        (labels["alertname"], labels.get("queue") or labels.get("mountpoint")): by for labels, by in tale.silenced
    }
    assert silenced.keys() == {one for scene in scenes.SCENES for one in scene.silences}
    for (name, what), by in silenced.items():
        [strong] = by
        assert [strong["alertname"]] == STRONGER[name]
        assert (strong.get("queue") or strong.get("mountpoint")) == what


def test_the_silenced_warning_is_not_told_and_the_one_for_another_queue_is(tale):
    for message in tale.inbox.of(SLACK, "QueueDepthHigh"):
        assert "thumbnails" in message.text
        assert "analysis" not in message.text, message.text


def test_the_warning_is_told_before_the_critical_one_that_holds_longer(tale):
    assert tale.inbox.of(SLACK, "LowDiskSpace")[0].at < tale.inbox.of(SLACK, "DiskUsageHigh")[0].at


def test_one_cause_is_one_message(tale):
    message = tale.inbox.of(WEBHOOK, "DiskUsageHigh")[0]
    assert {alert["labels"]["mountpoint"] for alert in message.whole["alerts"]} == set(scenes.DISKS)


def test_recovery_is_told_after_the_alert(each):
    tale, told = each
    for channel in tale.channels(told):
        assert tale.inbox.of(channel, told.alert, "resolved")[0].at > tale.inbox.of(channel, told.alert)[0].at


def test_that_prometheus_was_cut_off_is_told_only_when_it_is_not_any_more(watched):
    assert watched.early == []
