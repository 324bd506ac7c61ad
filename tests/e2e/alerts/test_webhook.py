"""Every message that the webhook was sent, held to its contract."""

import json

import pytest
from jsonschema import Draft202012Validator

from tests.e2e.alerts import scenes
from tests.e2e.alerts.receivers import WEBHOOK
from tests.e2e.alerts.tale import ROOT

VALID = Draft202012Validator(json.loads((ROOT / "schemas/own/webhook.json").read_text()))
# What the contract calls no time.
NEVER = "0001-01-01T00:00:00Z"


def payloads(tale):
    return [one.whole for one in tale.inbox.messages if one.channel == WEBHOOK]


def test_every_message_keeps_the_contract(any_tale):
    sent = payloads(any_tale)
    assert {one["status"] for one in sent} == {"firing", "resolved"}
    for payload in sent:
        assert [error.message for error in VALID.iter_errors(payload)] == [], payload


def test_every_message_is_from_the_evaluator_and_whole(any_tale):
    # Grafana counts its own versions.
    version = {"prometheus": "4", "grafana": "1"}[any_tale.notifier.evaluator]
    for payload in payloads(any_tale):
        assert (payload["receiver"], payload["version"]) == (any_tale.notifier.receiver, version)
        assert payload["truncatedAlerts"] == 0


@pytest.mark.parametrize("status", ["firing", "resolved"])
def test_the_webhook_is_told_which_alerts_and_until_when(each, status):
    tale, told = each
    if told.severity != scenes.CRITICAL:
        assert not tale.inbox.of(WEBHOOK, told.alert, status)
        return
    payload = tale.inbox.of(WEBHOOK, told.alert, status)[0].whole
    assert payload["groupLabels"]["alertname"] == told.alert
    for alert in payload["alerts"]:
        assert (alert["labels"]["alertname"], alert["labels"]["severity"]) == (told.alert, told.severity)
        assert alert["status"] == status
        assert (alert["endsAt"] == NEVER) == (status == "firing")
