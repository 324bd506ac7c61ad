"""What is secret though Grafana shows it: it gets into no backup, no file and no output, and a rollback knows of it."""

import pytest

from kit.publish.redacted import HIDDEN, filled, hidden, secrets
from tests.publish.small import SOURCES, WEBHOOK, WHOLE, point

WORD = "canaryPW-of-a-person"

# --- pure


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"http://user:{WORD}@prom:9090/x", f"http://{HIDDEN}@prom:9090/x"),
        (f"http://user:a/b?{WORD}#@prom:9090", f"http://{HIDDEN}@prom:9090"),
        (f"https://{WORD}@prom", f"https://{HIDDEN}@prom"),
        (f"http://prom/x?a=1&api_key={WORD}&b=2", f"http://prom/x?a=1&api_key={HIDDEN}&b=2"),
        (f"http://prom?X-Auth={WORD}", f"http://prom?X-Auth={HIDDEN}"),
        ("http://prom:9090/a@b", "http://prom:9090/a@b"),
        ("http://prom:9090?a=1", "http://prom:9090?a=1"),
    ],
)
def test_a_login_or_a_token_within_an_address_is_hidden(url, shown):
    assert hidden("data source", {"url": url}) == {"url": shown}
    assert WORD not in shown


@pytest.mark.parametrize(
    "key", ["httpHeaderValue1", "password", "basicAuthPassword", "apiToken", "api_key", "apiKey", "clientSecret",
            "Authorization", "credentials", "bearer", "privateKey", "userKey", "integrationKey"],
)  # fmt: skip
def test_what_stands_under_such_a_key_is_hidden_however_deep(key):
    for value in (WORD, {"a": [WORD]}, [WORD]):
        made = hidden("data source", {"jsonData": {"x": [{key: value}]}})
        assert WORD not in str(made) and HIDDEN in str(made)


@pytest.mark.parametrize(
    "data",
    [
        {"httpHeaderName1": "X-Scope"},
        {"httpMethod": "POST", "timeInterval": "15s", "tlsAuth": True, "maxLines": 1000},
        {"tokenUrl": "https://login.example.org/token", "oauthPassThru": True, "keepCookies": []},
        {"derivedFields": [{"url": '{service=~".+"} |= `${__value.raw}`', "matcherRegex": '"id": ?"([^"]+)"'}]},
    ],
)
def test_what_is_no_secret_is_kept(data):
    assert hidden("data source", {"jsonData": data, "name": "token"}) == {"jsonData": data, "name": "token"}


def test_the_address_of_a_hook_and_its_headers_are_secret():
    told = {"settings": {"url": "https://hook/x", "headers": {"X-Api-Key": WORD}, "title": "T"}, "secrets": {"a": 1}}
    made = hidden("contact point", told)
    assert made["settings"] == {"url": HIDDEN, "headers": {"X-Api-Key": HIDDEN}, "title": "T"}
    assert made["secrets"] == {"a": 1}
    assert secrets("contact point", told) == ["https://hook/x", WORD]


def test_other_kinds_are_left_alone():
    assert hidden("dashboard", {"url": f"http://u:{WORD}@h"}) == {"url": f"http://u:{WORD}@h"}


def test_what_was_hidden_is_taken_from_what_is_there():
    now = {"url": f"http://u:{WORD}@prom", "jsonData": {"httpHeaderValue1": WORD, "a": 2}}
    kept = hidden("data source", {**now, "jsonData": {**now["jsonData"], "a": 1}})
    assert filled(kept, now) == ({**now, "jsonData": {**now["jsonData"], "a": 1}}, ())


def test_what_is_there_no_more_is_left_out_and_named():
    kept = hidden("data source", {"url": f"http://u:{WORD}@prom:9090/?token={WORD}&b=1",
                                  "jsonData": {"httpHeaderValue1": WORD}})  # fmt: skip
    made, lost = filled(kept, {"url": "http://prom:9090"})
    assert made == {"url": "http://prom:9090/?b=1"}
    assert lost == ("url", "jsonData httpHeaderValue1")


def test_a_login_never_goes_to_another_host():
    made, lost = filled({"url": f"http://{HIDDEN}@prom"}, {"url": f"http://u:{WORD}@elsewhere"})
    assert (made, lost) == ({"url": "http://prom"}, ("url",))


# --- over a Grafana; the stage looks for the word in everything that is said and kept

HERS = {"url": f"http://user:{WORD}@prom:9090", "jsonData": {"httpHeaderName1": "X", "httpHeaderValue1": WORD}}


@pytest.fixture
def hers(published):
    """A person gave the data source a login in its address, and a header."""
    published.environ["HER_PASSWORD"] = WORD
    published.grafana.person.edits_datasource("prometheus", HERS)
    return published


def source(stage):
    return stage.grafana.state.datasources["prometheus"]


def overwritten(stage):
    ended = stage.publish(overwrite=["prometheus"])
    assert ended.code == 0, ended.said
    assert WORD not in str(source(stage))
    return ended.target["run"]


def test_a_data_source_that_is_overwritten_is_kept_without_its_secrets(hers):
    run = overwritten(hers)
    (kept,) = [file.read_text() for file in (hers.history / run / "before").glob("*.json")]
    assert HIDDEN in kept


def test_it_comes_back_without_them_and_says_so(hers):
    run = overwritten(hers)
    ended = hers.run("rollback", run=run, json=False)
    assert ended.code == 4, ended.said
    assert (source(hers)["url"], source(hers)["jsonData"]) == ("http://prom:9090", {"httpHeaderName1": "X"})
    (note,) = [line for line in ended.out.splitlines() if line.startswith("note: ")]
    assert note == (
        "note: data source Prometheus comes back without what was secret in jsonData httpHeaderValue1, url, which no"
        " backup keeps: set it in Grafana"
    )
    assert "a secret did not come back" in ended.out


def test_what_a_rollback_would_lose_is_said_beforehand(hers):
    ended = hers.run("rollback", run=overwritten(hers), dry=True)
    assert ended.code == 0 and "comes back without" in " ".join(ended.target["notes"])


def test_it_keeps_those_that_are_there(published):
    """The run changed something else of it."""
    published.environ["HER_PASSWORD"] = WORD
    told = WHOLE[SOURCES]["datasources"][0]
    both = {"jsonData": {"httpHeaderValue1": WORD}, "url": told["url"]}
    published.grafana.person.edits_datasource("prometheus", {**both, "jsonData": {**both["jsonData"], "a": 1}})
    published.put(SOURCES, {"datasources": [{**told, **both}]})
    run = published.publish(overwrite=["prometheus"]).target["run"]
    assert source(published)["jsonData"] == both["jsonData"]
    ended = published.run("rollback", run=run)
    assert ended.code == 0, ended.said
    assert source(published)["jsonData"] == {"httpHeaderValue1": WORD, "a": 1}


def test_an_answer_that_repeats_it_is_not_shown(hers):
    from tests.double.faults import Say, on

    hers.grafana.faults.add(Say(400, f'{{"message": "bad {WORD}"}}'.encode()), on("PUT", "/api/datasources/"))
    assert "(hidden)" in hers.publish(overwrite=["prometheus"]).out


@pytest.fixture
def headed(published):
    """A person gave the webhook a header."""
    published.environ["HER_TOKEN"] = WORD
    published.grafana.person.edits_contact_point(
        "df-webhook", lambda one: one["settings"].update(headers={"X-Api-Key": WORD}, maxAlerts=7)
    )
    return published


def test_a_header_of_a_contact_point_is_neither_kept_nor_pulled(headed):
    assert headed.run("pull", uid="df-webhook", json=False).code == 0
    (file,) = headed.history.glob("pulled/*/df-webhook.json")
    assert HIDDEN in file.read_text()
    ended = headed.publish(overwrite=["df-webhook"])
    assert ended.code == 0, ended.said
    back = headed.run("rollback", run=ended.target["run"])
    assert back.code == 4, back.said
    now = headed.grafana.state.contact_points["df-webhook"]["settings"]
    assert now["maxAlerts"] == 7 and "headers" not in now
    (note,) = back.target["notes"]
    assert "contact point dataflux-webhook comes back without what was secret in headers X-Api-Key" in note


def test_a_header_that_is_there_still_stays_when_going_back(headed):
    told = point("dataflux-webhook", "webhook", url="$WEBHOOK_URL", authorization_credentials="$WEBHOOK_TOKEN")
    told["contactPoints"][0]["receivers"][0]["settings"]["headers"] = {"X-Api-Key": WORD}
    headed.put(WEBHOOK, told)
    run = headed.publish(overwrite=["df-webhook"]).target["run"]
    back = headed.run("rollback", run=run)
    assert back.code == 0, back.said
    now = headed.grafana.state.contact_points["df-webhook"]["settings"]
    assert (now["maxAlerts"], now["headers"]) == (7, {"X-Api-Key": WORD})
