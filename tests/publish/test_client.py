"""The client of Grafana: what it sends, what it makes of an answer, and what must not leave."""

import subprocess
import sys
import threading
import time
from urllib.parse import unquote

import orjson
import pytest

from kit.publish.client import Login, path
from kit.publish.http.errors import (
    Conflict,
    Denied,
    LoginRefused,
    NotFound,
    NotGrafana,
    Refusal,
    Unsure,
)
from tests.publish.clients import fails, grafana
from tests.publish.sockets import PAGE, answer, cut, hang_up, serving

HTML = b"<!doctype html><title>Log in\n to Example</title>"


# What it sends


@pytest.mark.parametrize("name", ["a/b", "a#b", "a?b=c", "100%", "a b", "für", "a%2Fb", "a+b&c;d", "[x]", "…"])
def test_a_name_reaches_grafana_as_it_is_called(name):
    with serving(answer()) as served:
        grafana(served.url).get(path("api", "v1", "provisioning", "templates", name))
    [target] = served.targets
    assert target.count("/") == 5
    assert not set("#?; []") & set(target)
    assert unquote(target.rpartition("/")[2]) == name


def test_a_path_is_made_of_names():
    assert path("api", "v1", "provisioning", "templates", "a/b") == "/api/v1/provisioning/templates/a%2Fb"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_would_be_another_path_is_refused(name):
    with pytest.raises(ValueError, match="cannot be a name in the path"):
        path("api", "folders", name)


@pytest.mark.parametrize("base", ["", "/", "/grafana", "/grafana/"])
def test_a_base_path_is_kept_with_or_without_its_slash(base):
    with serving(answer()) as served:
        client = grafana(served.url + base)
        client.get("/apis/dashboard.grafana.app/v1")
    assert served.targets == [f"{base.rstrip('/')}/apis/dashboard.grafana.app/v1"]
    assert client.address == served.url + base.rstrip("/")


def test_a_host_of_ipv6_keeps_its_brackets():
    with serving(answer(), host="::1") as served:
        client = grafana(served.url)
        client.get("/api/org")
    assert client.address == served.url
    assert served.seen[0].headers["host"] == served.url.removeprefix("http://")


def test_pages_are_asked_for_in_the_address_not_in_a_body():
    with serving(answer()) as served:
        grafana(served.url).get("/api/x", {"limit": "250", "labelSelector": "dataflux.io/set=a b"})
    assert served.targets == ["/api/x?limit=250&labelSelector=dataflux.io%2Fset%3Da+b"]
    assert served.seen[0].body == b""
    assert "content-type" not in served.seen[0].headers


def test_a_body_is_sent_as_json_with_its_headers():
    with serving(answer(202, b'{"a": [1]}', X_Some="thing")) as served:
        found = grafana(served.url, org=7).send(
            "PUT", "/api/x", {"ü": [1.5, None]}, headers={"X-Disable-Provenance": "true"}
        )
    [sent] = served.seen
    assert (sent.line, orjson.loads(sent.body)) == ("PUT /api/x HTTP/1.1", {"ü": [1.5, None]})
    wanted = {"content-type": "application/json", "x-disable-provenance": "true", "x-grafana-org-id": "7"}
    assert wanted.items() <= sent.headers.items()
    assert (found.status, found.body, found.headers["x-some"]) == (202, {"a": [1]}, "thing")


@pytest.mark.parametrize(
    ("user", "login", "header"),
    [
        ("", Login(token="glsa_x"), "Bearer glsa_x"),
        ("", Login(user="anna", password="p@ss"), "Basic YW5uYTpwQHNz"),
        ("", Login(user="anna", password="€"), "Basic YW5uYTrigqw="),
        ("anna:p%40ss@", Login(), "Basic YW5uYTpwQHNz"),
        ("anna:p%40ss@", Login(token="glsa_x"), "Bearer glsa_x"),
        ("", Login(), None),
    ],
)
def test_the_login_is_the_one_that_is_given_and_never_that_of_netrc(tmp_path, monkeypatch, user, login, header):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\ndefault login o password o\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(answer()) as served:
        client = grafana(served.url.replace("://", f"://{user}"), login)
        client.get("/api/org")
    assert served.seen[0].headers.get("authorization") == header
    assert client.address == served.url


def test_connections_are_kept_and_eight_threads_have_one_each():
    with serving(answer()) as served:
        client = grafana(served.url)
        threads = [threading.Thread(target=lambda: [client.get("/api/org") for _ in range(5)]) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert client.requests == len(served.seen) == 40
    assert len(served.connections) <= 8


def test_a_connection_that_grafana_ended_in_between_costs_nothing():
    with serving(cut(answer())) as served:
        client = grafana(served.url)
        client.send("POST", "/api/x", {})
        time.sleep(0.05)
        client.send("POST", "/api/x", {})
    assert len(served.seen) == 2


def test_importing_it_does_not_import_an_http_library():
    code = "import sys, kit.publish.client; print({'niquests', 'grafana_client', 'urllib3_future'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


# What it makes of an answer


@pytest.mark.parametrize(("status", "body"), [(204, b""), (200, b""), (202, b" \n"), (200, b"null")])
def test_an_answer_without_anything_is_none(status, body):
    with serving(answer(status, body)) as served:
        assert grafana(served.url).send("DELETE", "/api/x").body is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refusal), (401, LoginRefused), (403, Denied), (404, NotFound), (409, Conflict), (412, Conflict),
     (422, Refusal), (500, Refusal)],
)  # fmt: skip
def test_a_refusal_has_grafanas_words(status, kind):
    body = b'{"message": "it is\\nnot so", "extra": null}'
    with serving(answer(status, body)) as served:
        error = fails(kind, served.url, "PUT")
    assert type(error) is kind
    assert (error.status, error.message, error.method, error.path) == (status, "it is not so", "PUT", "/api/org")
    assert error.body == {"message": "it is\nnot so", "extra": None}
    assert "it is not so" in str(error)
    assert len(served.seen) == 1


@pytest.mark.parametrize(
    ("body", "message"), [(b"", ""), (b"404 page not found\n", "404 page not found"), (b"null", ""), (b'{"a', '{"a')]
)
def test_a_refusal_without_json_is_one_too(body, message):
    with serving(answer(404, body)) as served:
        assert fails(NotFound, served.url).message == message


@pytest.mark.parametrize(
    ("login", "words"),
    [
        (Login(token="glsa_x"), "knows no such token; set GRAFANA_TOKEN"),
        (Login(user="anna", password="x"), "refuses the user or the password; look at GRAFANA_USER and GRAFANA_PASS"),
        (Login(), "wants a login; set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD (401: Unauthorized)"),
    ],
)
def test_a_refused_login_says_which_variable_to_look_at(login, words):
    with serving(answer(401, b'{"message": "Unauthorized"}')) as served:
        assert words in str(fails(LoginRefused, served.url, login=login))


@pytest.mark.parametrize(
    ("body", "names", "words"),
    [
        # As recorded of Grafana 13.1.0.
        ({"message": "You'll need additional permissions to perform this action. Permissions needed: folders:create"},
         ("folders:create",), "the login lacks the permission folders:create"),
        ({"message": "Permissions needed: any of alert.provisioning:write, all of alert.rules:create, a.b.c:write"},
         ("alert.provisioning:write", "alert.rules:create", "a.b.c:write"), "any of alert.provisioning:write, all of"),
        ({"message": "user is not authorized", "extra": {"permissions": "all(all(action:alert.rules:read"
         " scopes:folders:uid:df-alerts action:folders:read scopes:folders:uid:df-alerts))"}},
         ("alert.rules:read", "folders:read"), "the permission alert.rules:read, folders:read"),
        ({"message": "Cannot update read-only data source"}, (), "403 Forbidden: Cannot update read-only"),
    ],
)  # fmt: skip
def test_a_denial_names_the_permission(body, names, words):
    with serving(answer(403, orjson.dumps(body))) as served:
        error = fails(Denied, served.url, "POST")
    assert error.permissions == names
    assert words in str(error)


@pytest.mark.parametrize("org", [7, None])
def test_an_organisation_that_the_login_is_not_in_names_what_says_it(org):
    with serving(answer(403, b'{"message": "You do not have access to the organization"}')) as served:
        told = str(fails(Denied, served.url, org=org))
    assert ("7 is what GRAFANA_ORG_ID, or org in grafanas.toml, says" in told) == (org == 7), told


@pytest.mark.parametrize(
    "body",
    [  # as recorded of Grafana 13.1.0
        {"messageId": "alerting.notifications.time-intervals.nameExists", "message": "Time interval with this name"},
        {"message": "Inhibition rule already exists.", "reason": "BadRequest",
         "details": {"uid": "alerting.notifications.inhibition-rules.nameExists"}},
    ],
)  # fmt: skip
def test_a_name_that_is_taken_is_a_conflict_whatever_its_status(body):
    with serving(answer(400, orjson.dumps(body))) as served:
        assert fails(Conflict, served.url, "POST").status == 400


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirection_is_not_followed_and_both_addresses_are_named(method):
    with serving(answer(302, b"", Location="/login?token=hunter2"), answer()) as served:
        error = fails(NotGrafana, served.url, method)
    assert f"{method} {served.url}/api/org is sent on to {served.url}/login (302)" in str(error)
    assert len(served.seen) == 1


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ("https://anna:canary@login.example/x?y=canary#z", "https://login.example/x"),
        ("//login.example", "http://login.example"),
        ("http://[canary", "what is no address"),
        (None, "nowhere"),
    ],
)
def test_where_a_redirection_leads_is_said_without_what_is_secret_in_it(to, place):
    with serving(answer(307, b"", Location=to)) as served:
        said = str(fails(NotGrafana, served.url, "POST"))
    assert f"is sent on to {place} (307)" in said
    assert "canary" not in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(200, HTML, **PAGE), "with a web page called 'Log in to Example' (200); this is not Grafana's API (a"),
        (answer(200, HTML, Content_Type="application/json"), "a web page called"),
        (answer(200, b"ok", Content_Type="text/plain"), "something that is no JSON (200); this is not Grafana's API"),
        (answer(404, b"<html>", **PAGE), "a web page (404)"),
        (answer(401, HTML, **PAGE), "a web page called"),
        (answer(500, HTML, **PAGE), "a web page called"),
    ],
)
def test_what_is_no_json_is_no_grafana(given, words):
    with serving(given) as served:
        assert words in str(fails(NotGrafana, served.url))
    assert len(served.seen) == 1


HALF = answer(200, b'{"a": 1', Content_Length="100")
LOST = {
    "half a body": cut(HALF),
    "half a chunk": cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"),
    "JSON cut": answer(200, b'{"a": 1'),
    "JSON cut where the connection ends": cut(answer(200, b'[{"a"', Content_Length=None)),
    "no answer": hang_up,
    "half a head": cut(b"HTTP/1.1 200 OK\r\nConte"),
    "no HTTP": cut(b"SSH-2.0-OpenSSH\r\n"),
    "502": answer(502, HTML, **PAGE),
    "503 of Grafana": answer(503, b'{"message": "shutting down"}'),
    "504": answer(504, b""),
    "no gzip": answer(200, b"abc", Content_Encoding="gzip"),
}


@pytest.mark.parametrize("name", LOST)
def test_what_became_of_a_write_is_not_known_and_it_is_not_sent_again(name):
    with serving(LOST[name]) as served:
        error = fails(Unsure, served.url, "PUT")
    assert type(error) is Unsure
    assert str(error).endswith("whether it was done is not known")
    assert len(served.seen) == 1


@pytest.mark.parametrize("name", LOST)
def test_a_read_is_asked_again(name):
    with serving(LOST[name], answer(200, b'{"b": 2}')) as served:
        assert grafana(served.url).get("/api/org").body == {"b": 2}
    assert len(served.seen) == 2


def test_a_second_answer_to_one_request_is_never_taken_for_that_of_the_next():
    with serving(answer(200, b"1") + answer(200, b"666"), answer(200, b"2")) as served:
        client = grafana(served.url)
        assert [client.get("/api/org").body, client.get("/api/org").body] == [1, 2]


def test_an_answer_that_takes_too_long(monkeypatch):
    monkeypatch.setattr("kit.publish.http.wire.READ_SECONDS", 0.1)
    with serving(lambda _: time.sleep(0.4)) as served:
        error = fails(Unsure, served.url, "PUT")
    assert "did not answer PUT /api/org within 30 s; whether it was done is not known" in str(error)


# What must not leave


@pytest.mark.parametrize("login", [Login(token="glsa_canary"), Login(user="anna", password="canary")])
@pytest.mark.parametrize("host", ["grafana.example.org", "10.0.0.1:3000", "127.0.0.1.example.org", "[fd00::1]"])
def test_a_login_is_not_sent_in_the_clear_unless_that_is_meant(login, host):
    with pytest.raises(
        ValueError, match=r"in the clear; use https://.*allow_http = true.*GRAFANA_ALLOW_HTTP=1"
    ) as caught:
        grafana(f"http://{host}/", login)
    assert "canary" not in str(caught.value)
    assert grafana(f"http://{host}/", login, allow_http=True).address == f"http://{host}"
    assert grafana(f"https://{host}/", login).address == f"https://{host}"
    assert grafana(f"http://{host}/").address == f"http://{host}"


def test_a_password_in_the_address_is_not_sent_in_the_clear_either():
    with pytest.raises(ValueError, match="the password would go to http://grafana.example.org in the clear"):
        grafana("http://anna:canary@grafana.example.org/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:3000", "127.8.0.1", "[::1]:3000"])
def test_on_this_machine_it_may(host):
    assert grafana(f"http://{host}", Login(token="x")).address == f"http://{host}"


@pytest.mark.parametrize(
    "url", ["", "grafana:3000", "anna:canary@grafana", "ftp://x", "http://", "http://a:canary/b@x"]
)
def test_an_address_that_is_none(url):
    with pytest.raises(ValueError, match="is no address of a Grafana; https://grafana.example.org is one") as caught:
        grafana(url)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("token", ["glsa_canary\n", "two canary", "glsa_canarü"])
def test_a_token_that_is_none(token):
    with pytest.raises(ValueError, match="GRAFANA_TOKEN holds no token") as caught:
        grafana("https://x", Login(token=token))
    assert "canary" not in str(caught.value)
