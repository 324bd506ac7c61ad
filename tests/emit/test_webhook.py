"""The webhook's contract: what Alertmanager and Grafana really sent fits the schema, and what breaks it is refused."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kit.check.schema import file_problems

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {path.stem: json.loads(path.read_text()) for path in (ROOT / "tests/recorded/webhook").glob("*.json")}
SCHEMA = json.loads((ROOT / "schemas/own/webhook.json").read_text())
FIRING = RECORDED["alertmanager-0.25.0-firing"]["body"]


def problems(body):
    """What is wrong with a message in words, which must be nothing exactly where jsonschema says so by itself."""
    found = [problem.message for problem in file_problems(body, "webhook")]
    assert Draft202012Validator(SCHEMA).is_valid(body) == (not found)
    return found


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_what_each_evaluator_sent_keeps_the_contract(name):
    assert problems(RECORDED[name]["body"]) == []


def test_both_evaluators_were_recorded_firing_and_resolved():
    told = {(name.split("-")[0], message["body"]["status"]) for name, message in RECORDED.items()}
    assert told == {(who, status) for who in ("alertmanager", "grafana") for status in ("firing", "resolved")}


def test_everything_that_alertmanager_sends_grafana_sends_too():
    ours, theirs = FIRING, RECORDED["grafana-13.1.0-firing"]["body"]
    assert set(ours) <= set(theirs)
    assert set(ours["alerts"][0]) <= set(theirs["alerts"][0])
    assert set(SCHEMA["required"]) == set(ours), "the contract is the whole of version 4"
    assert set(SCHEMA["$defs"]["alert"]["required"]) == set(ours["alerts"][0])
    assert (ours["version"], theirs["version"]) == ("4", "1")


def test_every_key_that_was_sent_is_described():
    for message in RECORDED.values():
        assert set(message["body"]) <= set(SCHEMA["properties"])
        for alert in message["body"]["alerts"]:
            assert set(alert) <= set(SCHEMA["$defs"]["alert"]["properties"])


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_token_travels_as_a_bearer(name):
    assert RECORDED[name]["headers"]["Authorization"] == "Bearer example"


def test_both_evaluators_say_bearer_and_no_token_stands_in_a_file(compiled, parsed):
    [point] = parsed(compiled, "alerts/webhook.yml")["contactPoints"][0]["receivers"]
    assert point["settings"]["authorization_scheme"] == "Bearer"
    assert point["settings"]["authorization_credentials"].startswith("$")
    receivers = parsed(compiled, "alertmanager/alertmanager.yml")["receivers"]
    [config] = next(one["webhook_configs"] for one in receivers if one["name"] == "dataflux-webhook")
    file = f"{compiled.product.settings.secrets_dir}/webhook_token"
    assert config["http_config"] == {"authorization": {"type": "Bearer", "credentials_file": file}}
    assert config["max_alerts"] == point["settings"]["maxAlerts"] == 0, "no alert is left out"


def test_grafanas_message_has_the_title_and_the_text_of_the_others(compiled, parsed):
    [webhook] = parsed(compiled, "alerts/webhook.yml")["contactPoints"][0]["receivers"]
    [email] = parsed(compiled, "alerts/email.yml")["contactPoints"][0]["receivers"]
    assert webhook["settings"]["title"] == email["settings"]["subject"] == '{{ template "dataflux.title" . }}'
    assert webhook["settings"]["message"] == email["settings"]["message"] == '{{ template "dataflux.text" . }}'


@pytest.mark.parametrize("key", SCHEMA["required"])
def test_a_message_without_a_key_of_version_4_is_refused(key):
    assert problems({name: value for name, value in FIRING.items() if name != key}) == [
        f"{key} is missing: a webhook message must have it"
    ]


@pytest.mark.parametrize("key", SCHEMA["$defs"]["alert"]["required"])
def test_an_alert_without_one_is_refused(key):
    broken = deepcopy(FIRING)
    del broken["alerts"][0][key]
    assert problems(broken) == [f"alerts[0].{key} is missing: an alert must have it"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda one: one.update(version="3"), "must be '4' or '1'"),
        (lambda one: one.update(version=4), "must be '4' or '1'"),
        (lambda one: one.update(status="pending"), "must be 'firing' or 'resolved'"),
        (lambda one: one.update(alerts=[]), "must have at least 1 items"),
        (lambda one: one.update(truncatedAlerts=-1), "must be at least 0"),
        (lambda one: one["commonLabels"].update(queue=7), "must be a string"),
        (lambda one: one["alerts"][0].update(startsAt="yesterday"), "must match"),
        (lambda one: one["alerts"][0].update(fingerprint="x y"), "must match"),
        (lambda one: one["alerts"][0]["labels"].pop("alertname"), "alertname is missing"),
    ],
)
def test_what_breaks_the_contract_is_told_in_words(change, says):
    broken = deepcopy(FIRING)
    change(broken)
    assert [says in one for one in problems(broken)] == [True], problems(broken)


def test_a_key_of_a_later_version_is_no_fault():
    assert problems({**FIRING, "new": 1}) == []
