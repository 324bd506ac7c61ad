"""What always fires is told again and again to the webhook, where its silence is the alarm, and to nobody else."""

from kit.emit.scaled import shorter
from kit.model.words import milliseconds
from tests.e2e.alerts.receivers import WEBHOOK
from tests.e2e.alerts.tale import ALWAYS


def told(tale):
    return [one for one in tale.inbox.messages if one.alert in ALWAYS]


def test_it_is_told_to_the_webhook_only(tale):
    assert {one.channel for one in told(tale)} == {WEBHOOK}


def test_it_is_told_again_and_again_and_not_more_often_than_is_said(tale):
    times = [one.at for one in told(tale)]
    every = milliseconds(shorter("5m", tale.settings)) / 1000
    assert len(times) >= 2
    # When Alertmanager is started anew it has it in writing; a second and a half is the scaled turn of its group.
    assert all(later - earlier > every - 1.5 for earlier, later in zip(times, times[1:], strict=False)), times


def test_it_goes_on_to_the_end_and_is_never_over(tale):
    assert {one.status for one in told(tale)} == {"firing"}
    assert {alert["status"] for one in told(tale) for alert in one.whole["alerts"]} == {"firing"}
    first_end = min(one.at for one in tale.inbox.messages if one.status == "resolved")
    assert any(one.at > first_end for one in told(tale))


def test_the_webhook_is_told_what_it_is_and_where(tale):
    for message in told(tale):
        [alert] = message.whole["alerts"]
        place = {"cluster": tale.settings.cluster, "environment": tale.settings.environment}
        assert alert["labels"].items() >= {"alertname": "Watchdog", "severity": "none", **place}.items()
