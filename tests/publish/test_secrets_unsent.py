"""A secret that did not arrive is sent by a later run; one that an answer repeats is never shown."""

import json
from urllib.parse import quote

import pytest

from tests.double.faults import First, Half, Say, on
from tests.publish.small import SECRETS, point
from tests.publish.test_contact_points import NOT_SET, there
from tests.publish.test_interrupted import interrupted

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


# --- a secret was sent, the answer got lost, and nobody can read whether it arrived


@pytest.fixture
def rotated(stage):
    """A project of which all but Slack's secret is published."""
    stage.environ.pop("SLACK_WEBHOOK_URL")
    assert stage.publish().code == 0
    stage.environ["SLACK_WEBHOOK_URL"] = SECRETS["SLACK_WEBHOOK_URL"]
    return stage


@pytest.mark.parametrize("then", [Half(), Say(403, b'{"message":"made up"}')], ids=["lost each time", "then refused"])
def test_it_is_unknown_whether_a_secret_arrived(rotated, then):
    rotated.grafana.faults.add(Half(), PUT, times=1)
    rotated.grafana.faults.add(then, PUT)
    ended = rotated.publish()
    assert (ended.code, ended.ended) == (4, {"df-slack": "unknown"})
    assert "an earlier try may have written its secrets, which cannot be read" in ended.said
    assert there(rotated, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]
    rotated.grafana.faults.clear()
    rotated.published()


def test_it_is_unknown_whether_a_secret_arrived_before_an_interruption(rotated):
    ended = interrupted(rotated, PUT, what=HalfAfter)
    assert (ended.code, ended.ended) == (130, {"df-slack": "unknown"})
    assert there(rotated, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]
    rotated.published()


class HalfAfter(First, Half):
    """Something happens, then half of the answer comes."""

    def play(self, double, request, handle):
        return Half.play(self, double, request, lambda: First.play(self, double, request, handle))


def test_a_title_that_shows_that_it_was_not_written_has_failed(published):
    published.put(
        "alerts/slack.yml", point("dataflux-slack", "slack", recipient="#x", url="$SLACK_WEBHOOK_URL", title="U")
    )
    published.grafana.faults.add(Say(500, b'{"message":"made up"}'), PUT)
    assert published.publish().ended == {"df-slack": "failed"}


def test_a_secret_that_is_not_set_here_stays_though_a_note_says_that_there_is_none(stage):
    """Another folder's note is the newer, or somebody typed it in: Grafana shows neither."""
    stage.environ.pop("SLACK_WEBHOOK_URL")
    assert stage.publish().code == 0
    there(stage, "df-slack")["url"] = SECRETS["SLACK_WEBHOOK_URL"]
    stage.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#x", url="$SLACK_WEBHOOK_URL", title="U"))
    assert stage.publish().ended == {"df-slack": "written"}
    assert there(stage, "df-slack") == {"recipient": "#x", "title": "U", "url": SECRETS["SLACK_WEBHOOK_URL"]}


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
