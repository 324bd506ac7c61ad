"""A secret that did not arrive is sent by a later run; one that an answer repeats is never shown."""

import json
from urllib.parse import quote

import pytest

from tests.double.faults import First, Say, on
from tests.publish.small import SECRETS, point
from tests.publish.test_contact_points import NOT_SET, there

PUT = on("PUT", "/contact-points/")
POST = on("POST", "/contact-points$")


@pytest.mark.parametrize("name", SECRETS)
def test_an_answer_that_repeats_a_setting(stage, name):
    """The stage looks for secrets in everything that is said and kept."""
    stage.environ[name] = f'{SECRETS[name]}/\u00e9"x\n'
    value = stage.environ[name].strip()
    said = json.dumps({"message": f"invalid {json.dumps(value)} of {quote(value)}, {value}"}).encode()
    stage.grafana.faults.add(Say(400, said), POST)
    ended = stage.publish()
    assert ended.code == 4 and "(hidden)" in ended.out, ended.said
    stage.keeps_secrets(ended.said)
    assert SECRETS[name] not in ended.said


def test_a_line_end_behind_a_secret_is_not_sent(stage):
    stage.environ["SLACK_WEBHOOK_URL"] += "\n"
    stage.published()
    assert there(stage, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]


class Stops:
    """The run is cut off once this was handled: the ledger keeps what was intended."""

    def __init__(self, stage):
        self.stage = stage

    def play(self, grafana, request, handle):
        said = handle()
        grafana.faults.add(Say(500, b'{"message":"made up"}'))
        return said


def test_a_first_publish_that_was_cut_off_with_a_variable_unset(stage):
    stage.environ.pop("SLACK_WEBHOOK_URL")
    stage.grafana.faults.add(Stops(stage), on("POST", "/contact-points$"), times=1)
    assert stage.publish().code == 4
    stage.grafana.faults.clear()
    assert stage.drift().target["counts"]["edited"] == 0
    note = " ".join(stage.plan().target["notes"])
    assert "SLACK_WEBHOOK_URL" in note and there(stage, "df-slack")["url"] == NOT_SET
    stage.environ["SLACK_WEBHOOK_URL"] = SECRETS["SLACK_WEBHOOK_URL"]
    stage.published()
    assert there(stage, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]


def test_another_variable_whose_write_failed(published):
    published.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#x", url="$CHAT_URL", title="T"))
    published.environ["CHAT_URL"] = "https://chat.example.org/canary"
    published.grafana.faults.add(Say(400, b'{"message":"made up"}'), PUT)
    assert published.publish().code == 4
    published.grafana.faults.clear()
    assert ("update", "contact point", "df-slack") in published.plan().steps
    published.published()
    assert there(published, "df-slack")["url"] == "https://chat.example.org/canary"


# --- leaving the API's provenance

STEPS = {"stand-in": POST, "delete": on("DELETE", "/contact-points/df-webhook$"), "second": on("DELETE", "-moves$")}


@pytest.mark.parametrize("step", STEPS)
def test_a_contact_point_that_is_made_anew_is_finished_by_a_later_run(stage, step):
    stage.toml('provenance = "api"')
    stage.published()
    stage.toml('provenance = "none"')

    def cut(grafana):
        grafana.faults.add(Say(500, b'{"message":"made up"}'))

    class After:
        def play(self, grafana, request, handle):
            said = handle()
            cut(grafana)
            return said

    stage.grafana.faults.add(First(cut) if step == "second" else After(), STEPS[step], times=1)
    assert stage.publish().code == 4
    stage.grafana.faults.clear()
    for _ in range(3):
        ended = stage.publish()
        if ended.code == 0:
            break
    assert ended.code == 0, ended.said
    assert [uid for uid in stage.grafana.state.contact_points if uid.endswith("-moves")] == []
    assert there(stage, "df-webhook")["authorization_credentials"] == SECRETS["WEBHOOK_TOKEN"]
    stage.is_settled()


def test_a_placeholder_is_no_secret_that_could_be_lost(stage):
    stage.environ.pop("WEBHOOK_TOKEN")
    stage.toml('provenance = "api"')
    assert stage.publish().code == 0
    stage.toml('provenance = "none"')
    for _ in range(3):
        ended = stage.publish()
    assert ended.code == 0, ended.said
    assert there(stage, "df-webhook")["authorization_credentials"] == "not-set"
