"""The client of Grafana: what it sends, what it makes of an answer, and when it asks again or stops."""

import socket
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from urllib.parse import unquote

import orjson
import pytest

from kit.live.programs import free_port
from kit.publish.client import Clock, Grafana, Login, path
from kit.publish.http.errors import (
    Conflict,
    Denied,
    GrafanaError,
    Halted,
    LoginRefused,
    NotFound,
    NotGrafana,
    Refusal,
    Unreachable,
    Unsure,
)
from tests.publish.sockets import PAGE, FakeClock, answer, cut, hang_up, serving, without_proxies

NOBODY = Login()
HTML = b"<!doctype html><title>Log in\n to Example</title>"


def grafana(url, login=NOBODY, **more):
    return Grafana(url, login, **{"clock": FakeClock(), **more})


def fails(kind, url, method="GET", **more):
    """The exception, which is of exactly that kind, or of a kind of its own below it."""
    with pytest.raises(kind) as caught:
        client = grafana(url, **more)
        client.get("/api/org") if method == "GET" else client.send(method, "/api/org", {})
    assert "\n" not in str(caught.value)
    return caught.value


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


# When it asks again


def test_a_read_waits_longer_each_time_and_is_tried_four_times():
    clock = FakeClock(chance=0.5)
    with serving(answer(503, b"")) as served:
        fails(Unsure, served.url, clock=clock)
    assert len(served.seen) == 4
    assert clock.slept == [0.25, 0.75, 2.0]


NOW = 1_800_000_000


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "7"}, 7),
        ({"Retry_After": "3600"}, 60),
        ({"Retry_After": "0"}, 0),
        ({"Retry_After": formatdate(NOW + 9, usegmt=True), "Date": formatdate(NOW, usegmt=True)}, 9),
        ({"Retry_After": formatdate(NOW - 9, usegmt=True), "Date": formatdate(NOW, usegmt=True)}, 0),
        ({"Retry_After": "soon"}, 0.5),
        ({}, 0.5),
    ],
)
def test_429_is_waited_for_as_long_as_grafana_asks(method, headers, seconds):
    clock = FakeClock()
    with serving(answer(429, b"{}", **headers), answer()) as served:
        client = grafana(served.url, clock=clock)
        client.get("/api/x") if method == "GET" else client.send(method, "/api/x", {})
    assert (clock.slept, client.requests) == ([seconds], 2)


def test_429_that_stays_is_a_refusal():
    with serving(answer(429, b'{"message": "slow down"}')) as served:
        error = fails(Refusal, served.url, "POST")
    assert (error.status, error.message, len(served.seen)) == (429, "slow down", 4)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_four_times_for_nothing_was_sent(method):
    port, clock = free_port(), FakeClock()
    error = fails(Unreachable, f"http://127.0.0.1:{port}", method, clock=clock)
    assert str(error).startswith(f"nothing listens at http://127.0.0.1:{port} (connection refused); start Grafana")
    assert clock.slept == [0.5, 1.5, 4.0]


@pytest.mark.parametrize(("method", "tries"), [("GET", 4), ("POST", 1)])
def test_a_host_that_nobody_knows(monkeypatch, method, tries):
    without_proxies(monkeypatch)
    clock = FakeClock()
    error = fails(Unreachable, "http://nowhere.invalid", method, clock=clock)
    assert "http://nowhere.invalid has a host name that nobody knows; set the address" in str(error)
    assert len(clock.slept) == tries - 1


def test_a_host_that_does_not_answer_a_connection(monkeypatch):
    monkeypatch.setattr("kit.publish.http.wire.CONNECT_SECONDS", 0.1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]  # fill its queue, so that the next one is not let in
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        error = fails(Unreachable, f"http://127.0.0.1:{listener.getsockname()[1]}", "POST")
        [one.close() for one in waiting]
    assert "does not accept a connection within 5 s; is it the right host?" in str(error)


# When it stops


def test_after_five_failures_in_a_row_nothing_more_is_sent():
    with serving(answer(502, b"")) as served:
        client = grafana(served.url)
        for kind in (*[Unsure] * 5, Halted):
            with pytest.raises(kind) as caught:
                client.get("/api/x")
        with pytest.raises(Halted):
            client.send("PUT", "/api/x", {})
    assert client.requests == len(served.seen) == 5 * 4
    assert "five requests in a row failed; last: " in str(caught.value)
    assert "with 502" in str(caught.value)


def test_429_is_a_failure_of_the_row_too():
    with serving(answer(429)) as served:
        client = grafana(served.url)
        for kind in (*[Refusal] * 5, Halted):
            with pytest.raises(kind):
                client.get("/api/x")
    assert client.requests == 5 * 4


@pytest.mark.parametrize("between", [answer(), answer(404), answer(409)])
def test_an_answer_in_between_ends_the_row(between):
    bad, kinds = answer(502, b""), []
    with serving(bad, bad, bad, bad, between, bad, bad, bad, bad, bad) as served:
        client = grafana(served.url)
        for _ in range(11):
            try:
                client.send("PUT", "/api/x", {})
            except GrafanaError as error:
                kinds.append(type(error))
    assert client.requests == 10
    assert (kinds.count(Unsure), kinds[-1]) == (9, Halted)


def test_failures_of_all_threads_are_one_row():
    with serving(hang_up) as served:
        client = grafana(served.url)
        halted = []

        def write():
            try:
                client.send("PUT", "/api/x", {})
            except Halted as error:
                halted.append(error)
            except Unsure:
                pass

        for _ in range(2):
            threads = [threading.Thread(target=write) for _ in range(5)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
    assert len(halted) == 5


def test_a_run_has_an_end():
    clock = FakeClock()
    with serving(answer()) as served:
        client = grafana(served.url, clock=clock, run_seconds=900)
        client.get("/api/x")
        clock.time += 900
        with pytest.raises(Halted, match="the 15 minutes of a run are over"):
            client.get("/api/x")
    assert len(served.seen) == 1


def test_nobody_waits_beyond_the_end_of_a_run():
    clock = FakeClock()
    with serving(answer(429, b"{}", Retry_After="60")) as served:
        fails(Halted, served.url, clock=clock, run_seconds=20)
    assert clock.slept == [20]


def test_once_it_is_stopped_nothing_is_sent_and_nobody_waits():
    class Slow(Clock):
        def sleep(self, seconds, stop):
            asleep.set()
            super().sleep(seconds, stop)

    asleep, ended = threading.Event(), []
    with serving(answer(429, b"{}", Retry_After="60")) as served:
        client = grafana(served.url, clock=Slow())

        def read():
            with pytest.raises(Halted, match="it was stopped"):
                client.get("/api/x")
            ended.append(True)

        thread = threading.Thread(target=read)
        thread.start()
        assert asleep.wait(5)
        client.stop()
        thread.join(5)
        with pytest.raises(Halted, match="it was stopped"):
            client.send("PUT", "/api/x", {})
        client.close()
    assert ended and len(served.seen) == 1


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


def test_after_a_stop_nothing_is_written_and_what_was_written_can_be_read():
    with serving(answer()) as served:
        client = grafana(served.url)
        client.send("PUT", "/api/x", {})
        client.stop()
        with pytest.raises(Halted, match="it was stopped"):
            client.send("PUT", "/api/x", {})
        client.get("/api/x")
    assert [one.line.split()[0] for one in served.seen] == ["PUT", "GET"]


def test_after_a_stop_before_any_write_nothing_is_read_either():
    with serving(answer()) as served:
        client = grafana(served.url)
        client.get("/api/x")
        client.stop()
        with pytest.raises(Halted, match="it was stopped"):
            client.get("/api/x")
    assert len(served.seen) == 1


def test_a_read_that_is_answered_500_is_tried_again():
    with serving(answer(500, b'{"message":"database is locked"}'), answer()) as served:
        grafana(served.url).get("/api/x")
    assert len(served.seen) == 2
