"""Bad input and bad days: each says what happened, that nothing was written, and what to do, and ends as it should."""

import errno

import pytest

from kit.publish import history
from tests.double import Double
from tests.double.faults import Drop, Half, Say, Slow, busy, html, on, reads, redirect, writes
from tests.publish.small import PASSWORD, RULES, WHOLE, board, dashboard, group, rule
from tests.publish.sockets import PAGE, answer, hang_up, serving

NOTHING = "nothing was written"


def stopped(stage, code=3, **more):
    """Publish, which ends before anything is written, and says so."""
    ended = stage.run("publish", **more)
    assert ended.code == code, ended.said
    assert stage.grafana.writes() == []
    sentence = ended.sentence if ended.out.startswith("{") else ended.said
    if code == 3:  # with a plan, people read it below the counts
        assert NOTHING in sentence or ended.target["counts"], sentence
    return sentence


# --- logins


def test_a_wrong_password(stage):
    stage.environ["GRAFANA_PASSWORD"] = "canary-of-a-wrong-one"
    assert "refuses the user or the password; look at GRAFANA_USER and GRAFANA_PASSWORD" in stopped(stage)


def test_a_wrong_token(stage):
    stage.environ["GRAFANA_TOKEN"] = "glsa_canary-of-a-wrong-one"
    assert "knows no such token; set GRAFANA_TOKEN to one of a service account" in stopped(stage)


def test_no_login(stage):
    stage.environ.pop("GRAFANA_USER")
    stage.environ.pop("GRAFANA_PASSWORD")
    assert "no login is set; set GRAFANA_TOKEN, or GRAFANA_USER with GRAFANA_PASSWORD" in stopped(stage, 2)


def test_half_a_login(stage):
    stage.environ.pop("GRAFANA_USER")
    assert "GRAFANA_PASSWORD is set and GRAFANA_USER is not" in stopped(stage, 2)


def test_a_login_in_the_address_is_never_printed(stage):
    stage.environ.pop("GRAFANA_USER")
    stage.environ.pop("GRAFANA_PASSWORD")
    stage.environ["GRAFANA_URL"] = stage.grafana.url.replace("//", f"//admin:{PASSWORD}@")
    ended = stage.publish(json=False)
    assert ended.code == 0 and PASSWORD not in ended.said, ended.said
    stage.grafana.faults.add(Say(500))
    ended = stage.plan(json=False)
    assert ended.code == 3 and PASSWORD not in ended.said


@pytest.mark.parametrize(
    ("role", "lacks"),
    [
        ("viewer", "folders:create (for folder)"),
        ("viewer", "dashboards:create (for dashboard)"),
        ("viewer", "alert.notifications.inhibition-rules:write (for inhibition)"),
        ("editor", "datasources:create (for data source)"),
    ],
)
def test_a_token_without_a_permission_is_told_which(stage, role, lacks):
    stage.environ["GRAFANA_TOKEN"] = f"glsa_{role}"
    assert lacks in stopped(stage)


def test_a_token_that_may_not_even_read_is_told_which(stage):
    stage.environ["GRAFANA_TOKEN"] = "glsa_none"
    assert "lacks the permission orgs:read" in stopped(stage)


def test_an_editor_may_publish_where_the_data_source_is_there(stage):
    stage.published()
    stage.environ["GRAFANA_TOKEN"] = "glsa_editor"
    stage.put(dashboard("queues"), board("df-queues", "Queues of today"))
    stage.published()


def test_an_organisation_that_is_not_the_logins(stage):
    stage.environ["GRAFANA_ORG_ID"] = "7"
    assert "organization" in stopped(stage) or "organisation" in stopped(stage)


# --- no Grafana


def elsewhere(stage, url):
    stage.environ["GRAFANA_URL"] = url
    return stopped(stage)


def test_nothing_listens(stage):
    assert "nothing listens at http://127.0.0.1:9 (connection refused); start Grafana" in elsewhere(
        stage, "http://127.0.0.1:9"
    )


def test_a_host_that_nobody_knows(stage):
    stage.environ["GRAFANA_ALLOW_HTTP"] = "yes"
    assert "has a host name that nobody knows" in elsewhere(stage, "http://no-such-host.invalid")


def test_a_login_over_plain_http_to_another_host_is_not_sent(stage):
    stage.environ["GRAFANA_URL"] = "http://grafana.example.org"
    sentence = stopped(stage, 2)
    assert "http" in sentence and "allow" in sentence.lower()


def test_tls_where_there_is_none(stage):
    with serving(answer()) as other:
        assert "https" in elsewhere(stage, other.url.replace("http:", "https:"))


def test_another_server_that_speaks_json(stage):
    with serving(answer(200, b'{"hello": "world"}')) as other:
        assert "answers, but not as Grafana's API does" in elsewhere(stage, other.url)


def test_a_page_instead_of_json(stage):
    with serving(answer(200, b"<html><title>Sign in</title></html>", **PAGE)) as other:
        sentence = elsewhere(stage, other.url)
        assert "this is not Grafana's API (a proxy or a login page?)" in sentence and "Sign in" in sentence


def test_a_server_that_hangs_up(stage):
    with serving(hang_up) as other:
        assert "ended the connection" in elsewhere(stage, other.url)


def test_the_address_without_grafanas_base_path(staged, quick):
    with Double(base="/grafana/", password=PASSWORD) as grafana:
        stage = staged(grafana)
        stage.published()
        stage.environ["GRAFANA_URL"] = grafana.url.removesuffix("/grafana")
        assert stage.plan().code == 3


# --- a Grafana on a bad day, while it is read


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (html(), "a proxy or a login page?"),
        (redirect("/login?secret=canary"), "is sent on to"),
        (Say(500, b'{"message":"database is locked"}'), "database is locked"),
        (Say(502), "502"),
        (Say(503), "is not ready"),
        (Say(504), "504"),
        (busy(1), "429"),
        (Drop(), "ended the connection"),
        (Half(), "ended the connection before its whole answer"),
        (Say(200, b'{"items": [{"metadata"'), "sent half an answer"),
        (Say(200, b"ok"), "no JSON"),
    ],
    ids=["page", "redirect", "500", "502", "503", "504", "429", "drop", "half", "half-json", "text"],
)
@pytest.mark.parametrize("path", ["/api/frontend/settings", "/dashboards$", "/contact-points"])
def test_a_read_that_fails_for_good_stops_it(stage, fault, words, path):
    stage.grafana.faults.add(fault, on("GET", path))
    assert words in stopped(stage)


@pytest.mark.parametrize("fault", [Drop(), Half(), Say(503), busy(0)], ids=["drop", "half", "503", "429"])
def test_a_read_that_fails_once_is_tried_again(stage, fault):
    stage.grafana.faults.add(fault, reads, times=2)
    stage.published()


def test_a_grafana_that_does_not_answer_in_time(stage, monkeypatch):
    monkeypatch.setattr("kit.publish.http.wire.READ_SECONDS", 0.2)
    stage.grafana.faults.add(Slow(0.8), on("GET", "/api/org$"))
    assert "did not answer GET /api/org within" in stopped(stage)


# --- this machine


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_while_backing_up(stage, monkeypatch):
    monkeypatch.setattr(history, "_write", full)
    sentence = stopped(stage)
    assert "the backup cannot be written to" in sentence and "No space left on device" in sentence
    assert "make room, or name another folder: --history DIR" in sentence


def test_a_full_disk_at_the_end_is_told_and_undoes_nothing(stage, monkeypatch):
    monkeypatch.setattr(history, "end", full)
    ended = stage.publish()
    assert ended.code == 0 and "how it ended could not be noted in" in ended.sentence
    monkeypatch.undo()
    assert stage.run("rollback", run=ended.target["run"]).code == 0


def test_a_history_that_is_a_file(stage):
    stage.history.write_text("")
    assert "the backup cannot be written to" in stopped(stage)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda place: place.write("signals/queue.py", "depth = 1\n"), "is stale: the sources changed"),
        (lambda place: place.write("settings.py", "settings = 1\n"), "is stale: settings.py changed"),
        (lambda place: place.put(dashboard("queues"), "{}"), "df-queues.json was changed after it was compiled"),
        (lambda place: (place.out / dashboard("queues")).unlink(), "df-queues.json is missing"),
        (lambda place: place.put("grafana/dashboards/x.json", "{}"), "x.json is not part of the build"),
        (lambda place: (place.out / "BUILD.json").unlink(), "nothing is compiled in monitoring/"),
        (lambda place: place.write("monitoring/BUILD.json", "{"), "BUILD.json is not what compiling writes"),
    ],
    ids=["sources", "settings", "edited", "missing", "added", "absent", "broken"],
)
def test_a_build_that_is_stale_or_was_edited(stage, spoil, words):
    spoil(stage.place)
    sentence = stopped(stage, 2)
    assert words in sentence and "run make dashboards" in sentence
    assert stage.grafana.log == []


def test_two_dashboards_with_one_uid(stage):
    stage.put(dashboard("other"), board("df-queues", "Another"))
    assert "the uid of dashboards 'df-queues' stands in" in stopped(stage, 2)


def test_two_rules_with_one_uid(stage):
    stage.put(RULES, {"groups": [*WHOLE[RULES]["groups"], group("third", rule("df-queue"))]})
    assert "df-queue" in stopped(stage, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[prod", ":1: it is no TOML"),
        ("", "names no Grafana"),
        ('[prod]\nurl = "nonsense"', ":2: [prod] url"),
        ("[prod]\norg = 1", "it has no url"),
        ('[prod]\nurl = "https://x"\nprovenence = "api"', "provenance"),
        ('[prod]\nurl = "https://x"\npolicies = "mine"', "none of own, ignore"),
        ('[prod]\nurl = "https://x"\ntoken = "canary-in-the-file"', "a login comes from the environment alone"),
        ('[a]\nurl = "https://x"\n[b]\nurl = "https://y"', "has several targets; name one of a, b, or take --all"),
    ],
)
def test_a_mistake_in_grafanas_toml(stage, text, words):
    stage.place.write("grafanas.toml", text)
    sentence = stopped(stage, 2)
    assert words in sentence and "grafanas.toml" in sentence and "canary" not in sentence


def test_after_a_bad_day_a_good_one_finishes(stage):
    stage.grafana.faults.add(Say(500), writes)
    assert stage.publish().code == 4
    stage.grafana.faults.clear()
    stage.published()
