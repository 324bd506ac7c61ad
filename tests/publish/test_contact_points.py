"""Contact points: secrets come from the environment, are never kept or shown, and none is ever lost by a publish."""

from hashlib import sha256

import pytest

from kit.publish.kinds import contact_points
from kit.publish.kinds.contact_points import HIDDEN, content, reference, settled
from kit.publish.ledger import Entry
from kit.publish.model import Found, Item
from tests.publish.small import POLICIES, SECRETS, WEBHOOK, point

NOT_SET = "http://127.0.0.1:9/not-set"


def there(stage, uid):
    """What Grafana really holds."""
    return stage.grafana.state.contact_points[uid]["settings"]


def without(stage, *names):
    for name in names:
        stage.environ.pop(name)


# --- pure


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("$A_B", "A_B"),
        ("${A_B}", "A_B"),
        ("$A b", ""),
        ("x$A", ""),
        ("$", ""),
        ("", ""),
        (3, ""),
        (None, ""),
        ("$$", ""),
    ],
)
def test_a_setting_that_is_all_variable_is_taken_from_it(value, name):
    assert reference(value) == name


def test_the_content_says_where_a_secret_is_from_and_not_what_it_is():
    made = content("p", {"type": "webhook", "settings": {"url": "$U", "maxAlerts": 0}}, "api")
    assert made["settings"] == {"maxAlerts": 0}
    assert made["secrets"] == {"url": {"from": "U", "state": "unset"}}


def known(settings, unset=None, environ=(), kind="webhook"):
    """The states of a webhook's secrets: (as it should be, as it is there)."""
    body = content("p", {"type": kind, "settings": {"url": "$U", "authorization_credentials": "$T"}}, "api")
    item = Item("contact point", "u", "p", "", lambda: body)
    raw = {"type": kind, "settings": settings}
    one = Found("contact point", "u", "p", "", {**body, "settings": settings, "secrets": {}}, bases=("x",), raw=raw)
    names = {"url": "U", "authorization_credentials": "T"}
    entry = None if unset is None else Entry(("x",), "", tuple(unset), names)
    item, found = settled(item, one, entry, dict(environ))
    states = [{key: told["state"] for key, told in made["secrets"].items()} for made in (item.load(), found.content)]
    states[1] = {key: states[1].get(key, "not there") for key in names}
    assert (item.digest == found.digest) == (item.load()["secrets"] == found.content["secrets"])
    return states


def shown(text):
    return f"sha256:{sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize(
    ("settings", "unset", "environ", "wanted", "found"),
    [
        # Hidden and set on both sides: nobody can tell whether it is the same, so it differs not.
        ({"authorization_credentials": HIDDEN}, (), {"T": "t"}, "set", "set"),
        # A placeholder stands there, and there is something to put in its place.
        ({"authorization_credentials": HIDDEN}, ("authorization_credentials",), {"T": "t"}, "set", "unset"),
        # Not known here: what stands there stays.
        ({"authorization_credentials": HIDDEN}, (), {}, "set", "set"),
        ({"authorization_credentials": HIDDEN}, ("authorization_credentials",), {}, "unset", "unset"),
        # Somebody took it away.
        ({}, (), {"T": "t"}, "set", "not there"),
    ],
)
def test_the_state_of_a_hidden_setting(settings, unset, environ, wanted, found):
    states = known({"url": "https://u", **settings}, unset, environ)
    assert [one["authorization_credentials"] for one in states] == [wanted, found]


@pytest.mark.parametrize(
    ("url", "environ", "wanted", "found"),
    [
        ("https://u", {"U": "https://u"}, shown("https://u"), shown("https://u")),
        ("https://old", {"U": "https://u"}, shown("https://u"), shown("https://old")),
        ("https://old", {}, shown("https://old"), shown("https://old")),
        (NOT_SET, {"U": "https://u"}, shown("https://u"), "unset"),
        (NOT_SET, {}, "unset", "unset"),
    ],
)
def test_the_state_of_a_setting_that_grafana_shows(url, environ, wanted, found):
    assert [one["url"] for one in known({"url": url}, (), environ)] == [wanted, found]


# --- over a Grafana


def test_secrets_are_sent_and_never_read_back_as_a_difference(published):
    assert there(published, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]
    assert there(published, "df-webhook")["url"] == SECRETS["WEBHOOK_URL"]
    assert there(published, "df-webhook")["authorization_credentials"] == SECRETS["WEBHOOK_TOKEN"]
    published.is_settled()


def test_the_settings_that_hold_a_placeholder_are_noted():
    assert contact_points.unset({"secrets": {"a": {"state": "unset"}, "b": {"state": "set"}}}) == ("a",)


def test_what_is_not_set_gets_a_placeholder_and_a_note(stage):
    without(stage, *SECRETS)
    ended = stage.published()
    assert there(stage, "df-slack")["url"] == there(stage, "df-webhook")["url"] == NOT_SET
    assert there(stage, "df-webhook")["authorization_credentials"] == "not-set"
    (note,) = ended.target["notes"]
    assert note == (
        "nobody is told through dataflux-slack, dataflux-webhook yet: a placeholder stands there until"
        " SLACK_WEBHOOK_URL, WEBHOOK_URL, WEBHOOK_TOKEN are set"
    )


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_set_later_takes_its_placeholders_place(stage, name):
    without(stage, *SECRETS)
    stage.published()
    stage.environ[name] = SECRETS[name]
    uid = "df-slack" if "SLACK" in name else "df-webhook"
    assert stage.published().steps == [("update", "contact point", uid)]
    assert SECRETS[name] in there(stage, uid).values()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_not_here_any_more_stays_there(published, name):
    without(published, name)
    published.is_settled()
    published.put(WEBHOOK, {**point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", maxAlerts=3,
                                    authorization_credentials="$WEBHOOK_TOKEN")})  # fmt: skip
    assert published.published().steps == [("update", "contact point", "df-webhook")]
    assert there(published, "df-webhook")["url"] == SECRETS["WEBHOOK_URL"]
    # The double keeps what is hidden where [REDACTED] is sent, as Grafana does.
    assert there(published, "df-webhook")["authorization_credentials"] == SECRETS["WEBHOOK_TOKEN"]
    assert there(published, "df-webhook")["maxAlerts"] == 3


def test_a_secret_that_grafana_shows_is_rotated(published):
    published.environ["WEBHOOK_URL"] = "https://hook.example.org/canary-of-the-new-hook"
    assert published.published().steps == [("update", "contact point", "df-webhook")]
    assert there(published, "df-webhook")["url"].endswith("canary-of-the-new-hook")


def test_a_hidden_secret_is_rotated_with_the_next_write(published):
    """Grafana does not show it, so nobody can see that it differs."""
    published.environ["WEBHOOK_TOKEN"] = "canary-of-the-new-token"
    published.is_settled()
    published.put(WEBHOOK, point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", maxAlerts=3,
                                 authorization_credentials="$WEBHOOK_TOKEN"))  # fmt: skip
    published.published()
    assert there(published, "df-webhook")["authorization_credentials"] == "canary-of-the-new-token"


def test_an_edit_of_a_shown_secret_is_a_persons_edit(published):
    published.grafana.person.edits_contact_point(
        "df-webhook", lambda one: one["settings"].update(url="https://hers.example.org/canary")
    )
    sentence = published.refused(5)
    assert "df-webhook" in sentence and "hers" not in sentence
    published.run("publish", overwrite=["df-webhook"])
    assert there(published, "df-webhook")["url"] == SECRETS["WEBHOOK_URL"]
    published.is_settled()


def test_an_edit_of_another_setting_is_found_and_names_it(published):
    published.grafana.person.edits_contact_point("df-slack", lambda one: one["settings"].update(recipient="#hers"))
    ended = published.drift()
    assert ended.code == 5 and ended.steps == [("edited", "contact point", "df-slack")]


def test_a_setting_that_is_shown_in_plain_is_never_kept(published):
    """An integration whose secret Grafana shows: it is in no file and no output (the stage looks after every run)."""
    without(published, "WEBHOOK_URL")
    published.put(WEBHOOK, point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", maxAlerts=4,
                                 authorization_credentials="$WEBHOOK_TOKEN"))  # fmt: skip
    run = published.published().target["run"]
    kept = [file.read_text() for file in (published.history / run).rglob("*.json")]
    assert kept and not any(secret in text for text in kept for secret in SECRETS.values())


def test_a_rollback_keeps_the_secrets(published):
    published.put(WEBHOOK, point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", maxAlerts=4,
                                 authorization_credentials="$WEBHOOK_TOKEN"))  # fmt: skip
    run = published.published().target["run"]
    without(published, *SECRETS)
    ended = published.run("rollback", run=run)
    assert ended.code == 0, ended.said
    now = there(published, "df-webhook")
    assert "maxAlerts" not in now
    assert (now["url"], now["authorization_credentials"]) == (SECRETS["WEBHOOK_URL"], SECRETS["WEBHOOK_TOKEN"])


def test_a_hidden_secret_of_the_build_that_is_no_variable_is_not_sent_as_redacted(published):
    """A contact point deleted in Grafana, brought back without its secret: a placeholder, never the word itself."""
    without(published, *SECRETS)
    published.grafana.state.policies = {"receiver": "empty", "group_by": ["alertname"]}
    published.grafana.person.deletes("contact_points", "df-slack")
    ended = published.publish(overwrite=["policies"])
    assert ended.code == 0, ended.said
    assert there(published, "df-slack")["url"] == NOT_SET


def pruned(stage):
    """The run that deleted the webhook, which the build has no more."""
    stage.put(WEBHOOK, None)
    stage.put(POLICIES, {"policies": [{"receiver": "dataflux-slack", "group_by": ["alertname"]}]})
    ended = stage.published(prune=True)
    assert ("delete", "contact point", "df-webhook") in ended.steps
    assert "df-webhook" not in stage.grafana.state.contact_points
    return ended.target["run"]


def test_what_grafana_shows_of_one_that_is_pruned_is_not_kept_either(published):
    """The build does not say any more that its address comes from the environment."""
    run = pruned(published)
    kept = [file.read_text() for file in (published.history / run).rglob("*.json")]
    assert any("dataflux-webhook" in text for text in kept)
    assert not any(secret in text for text in kept for secret in SECRETS.values())


def test_one_that_was_pruned_comes_back_as_far_as_it_is_known(published):
    run = pruned(published)
    ended = published.run("rollback", run=run)
    assert ended.code == 0, ended.said
    assert set(SECRETS.values()) >= set(there(published, "df-webhook").values())


def test_one_that_was_pruned_comes_back_with_a_placeholder_where_its_secret_is_not_here(published):
    run = pruned(published)
    without(published, *SECRETS)
    ended = published.run("rollback", run=run)
    assert ended.code == 4, ended.said
    assert there(published, "df-webhook") == {"url": NOT_SET, "authorization_credentials": "not-set"}
    assert note(ended) == (
        "contact point dataflux-webhook does not get back its authorization_credentials, url, which no backup keeps:"
        " set WEBHOOK_TOKEN, WEBHOOK_URL to what it was, and run this again with --overwrite df-webhook"
    )
    published.environ.update(SECRETS)
    assert published.run("rollback", run=run, overwrite=["df-webhook"]).code == 0
    assert there(published, "df-webhook")["url"] == SECRETS["WEBHOOK_URL"]


def note(ended):
    (one,) = ended.target["notes"]
    return one


def test_going_back_to_another_address_names_the_variable(published):
    published.environ["WEBHOOK_URL"] = "https://hook.example.org/canary-of-the-new-hook"
    run = published.published().target["run"]
    for new in (True, False):
        if not new:
            without(published, "WEBHOOK_URL")
        assert published.run("rollback", run=run, dry=True).code == 0
        ended = published.run("rollback", run=run)
        assert (ended.code, ended.steps, ended.sentence) == (4, [], "a secret did not come back: the note says which")
        assert note(ended) == (
            "contact point dataflux-webhook does not get back its url, which no backup keeps: set WEBHOOK_URL to what"
            " it was, and run this again with --overwrite df-webhook"
        )
    published.environ["WEBHOOK_URL"] = SECRETS["WEBHOOK_URL"]
    ended = published.run("rollback", run=run)
    assert (ended.code, ended.target["notes"]) == (0, []), ended.said
    assert there(published, "df-webhook")["url"] == SECRETS["WEBHOOK_URL"]


def test_going_back_before_a_rotation_that_nobody_sees_names_the_variable(published):
    published.environ["SLACK_WEBHOOK_URL"] = "https://hooks.example.org/canary-of-the-new-slack"
    run = published.publish(overwrite=["df-slack"]).target["run"]
    ended = published.run("rollback", run=run)
    assert (ended.code, ended.steps) == (4, [])
    assert note(ended) == (
        "contact point dataflux-slack does not get back its url, which no backup keeps: set SLACK_WEBHOOK_URL to what"
        " it was, and run this again with --overwrite df-slack"
    )
    published.environ["SLACK_WEBHOOK_URL"] = SECRETS["SLACK_WEBHOOK_URL"]
    ended = published.run("rollback", run=run, overwrite=["df-slack"])
    assert (ended.code, ended.target["notes"]) == (0, []), ended.said
    assert there(published, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]


def test_a_secret_that_came_since_stays_and_is_nothing_to_tell(stage):
    without(stage, *SECRETS)
    stage.published()
    stage.environ.update(SECRETS)
    run = stage.published().target["run"]
    without(stage, *SECRETS)
    assert stage.run("rollback", run=run).code == 0
    assert there(stage, "df-slack")["url"] == SECRETS["SLACK_WEBHOOK_URL"]


def test_one_that_is_in_the_build_no_more_is_no_edit(published):
    published.put(WEBHOOK, None)
    assert published.drift().code == 0
    assert ("orphan", "contact point", "df-webhook") in published.plan().steps


@pytest.mark.parametrize("uid", ["df-webhook", "df-slack"])
def test_one_that_is_pulled_shows_no_secret(published, uid):
    """The stage looks into the file that is saved."""
    ended = published.run("pull", uid=uid, json=False)
    assert ended.code == 0 and "it is what was published last" in ended.out


def test_one_that_is_pulled_shows_no_secret_where_the_build_has_it_no_more(published):
    published.put(WEBHOOK, None)
    published.put(POLICIES, {"policies": [{"receiver": "dataflux-slack", "group_by": ["alertname"]}]})
    assert published.run("pull", uid="df-webhook", json=False).code == 0
