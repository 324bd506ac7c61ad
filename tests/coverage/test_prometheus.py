"""The client: what it asks, and its one sentence for each thing that is no Prometheus."""

import socket
import threading
import time

import pytest

from kit.live.answers import NoPrometheus, QueryFailed, without_secrets
from kit.live.programs import free_port
from kit.live.prometheus import Prometheus, bearer

HTML = {"Content-Type": "text/html; charset=utf-8"}


def sentence(url, **more):
    with pytest.raises(NoPrometheus) as caught:
        Prometheus(url, **more).version()
    return str(caught.value)


@pytest.mark.parametrize("url", ["", "localhost:9090", "ftp://x", "http://", "http://[", "http://x:port", "//x"])
def test_an_address_that_is_none(url):
    assert sentence(url).startswith(f"'{without_secrets(url)}' is no address; give --prometheus")


def test_nothing_listens():
    port = free_port()
    assert sentence(f"http://127.0.0.1:{port}").startswith(
        f"nothing listens at http://127.0.0.1:{port} (connection refused); start Prometheus"
    )


def test_nobody_knows_the_host():
    assert "has a host name that nobody knows" in sentence("http://nowhere.invalid:9090")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, HTML, b"<!doctype html><title>Grafana</title>"), "a web page called 'Grafana' (200), not with"),
        ((404, {}, b"<html>"), "answers with a web page (404)"),
        ((404, {}, b"404 page not found\n"), "answers with something else (404) than Prometheus' API"),
        ((200, {}, b'{"message": "ok"}'), "answers with other JSON (200) than Prometheus' API"),
        ((404, {}, b'{"message": "Not found"}'), "answers with other JSON (404)"),
        ((200, {}, b'{"status": "success", "da'), "answers with something else (200)"),
        ((200, {}, b'{"status": "success", "data": {"resultType": "vector"}}'), "in another shape than Prometheus'"),
        ((200, {}, b'{"status": "success", "data": [1]}'), "in another shape than Prometheus'"),
        ((401, {}, b""), "wants credentials (401); put user:password@ into the address, or name --bearer-file"),
        ((403, HTML, b"<html>"), "refuses us (403)"),
        ((407, {}, b""), "a proxy before"),
        ((302, {"Location": "https://x:y@login.example/?a=b"}, b""), "sends us on to https://login.example (302)"),
        ((500, HTML, b"<html>"), "answers with a web page (500)"),
        ((502, HTML, b"<html>"), "is a proxy that does not reach its Prometheus (502)"),
    ],
)  # fmt: skip
def test_something_else_answers(serve, answer, words):
    with serve(lambda *_: answer) as url:
        said = sentence(url)
    assert words in said
    assert "\n" not in said


def test_an_answer_that_breaks_off(serve):
    with serve(lambda *_: (200, {"Content-Length": "1000", "Connection": "close"}, b'{"status":')) as url:
        assert "ended the connection without a whole answer" in sentence(url)


def test_a_server_that_hangs_up():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
    said = sentence(f"http://127.0.0.1:{listener.getsockname()[1]}", patience=2)
    assert "ended the connection without a whole answer" in said


def test_a_server_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert "does not answer within 0.3 s" in sentence(f"http://127.0.0.1:{listener.getsockname()[1]}", patience=0.3)


def test_a_server_without_tls(serve, answers):
    with serve(lambda *_: answers.vector(1)) as url:
        assert sentence(url.replace("http:", "https:")).endswith("it does not speak TLS; write http://")


def test_a_query_that_takes_too_long_is_that_querys_fault(serve, answers):
    def answer(path, form, headers):
        if form["query"] == ["slow"]:
            time.sleep(1)
        return answers.vector(1)

    with serve(answer) as url:
        prometheus = Prometheus(url, patience=0.3)
        assert prometheus.query("fast", 0)
        with pytest.raises(QueryFailed, match=r"no answer within 0\.3 s"):
            prometheus.query("slow", 0)


@pytest.mark.parametrize("status", [400, 422, 503])
def test_a_query_that_prometheus_refuses_fails_with_its_words(serve, answers, status):
    body = b'{"status": "error", "errorType": "bad_data", "error": "1:5: parse error:\\n unexpected"}'
    refused = pytest.raises(QueryFailed, match=r"^1:5: parse error: unexpected$")
    with serve(lambda *_: (status, answers.json, body)) as url, refused:
        Prometheus(url).query("up{", 0)


def test_a_query_is_posted_with_its_time_and_asked_once(serve, answers):
    seen = []

    def answer(path, form, headers):
        seen.append((path, form))
        return answers.vector(1, "NaN", "+Inf")

    with serve(answer) as url:
        prometheus = Prometheus(f"{url}/base/")
        values = [one.last for one in prometheus.query("up", 1000.5)]
        assert prometheus.query("up", 1000.5)[0].last == 1
    assert (values[0], str(values[1]), str(values[2])) == (1, "nan", "inf")
    assert seen == [("/base/api/v1/query", {"query": ["up"], "time": ["1000.5"]})]


def test_the_same_query_from_several_threads_is_asked_once(serve, answers):
    asked = []

    def answer(path, form, headers):
        asked.append(1)
        time.sleep(0.2)
        return answers.vector(1)

    with serve(answer) as url:
        prometheus = Prometheus(url)
        threads = [threading.Thread(target=prometheus.query, args=("up", 0)) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    assert len(asked) == 1


def test_matrices_and_scalars_are_series_too(serve, answers):
    matrix = {"resultType": "matrix", "result": [{"metric": {"a": "b"}, "values": [[1, "1"], [2, "3"]]}]}
    with serve(lambda *_: answers.data(matrix)) as url:
        [found] = Prometheus(url).query_range("up", 0, 10, 1)
    assert (found.labels, found.samples, found.last) == ({"a": "b"}, ((1, 1), (2, 3)), 3)
    with serve(lambda *_: answers.data({"resultType": "scalar", "result": [1, "5"]})) as url:
        assert Prometheus(url).query("5", 0)[0].last == 5


@pytest.mark.parametrize(
    ("url", "token", "header"),
    [
        ("http://user:p%40ss@{}", "", "Basic dXNlcjpwQHNz"),
        ("http://{}", "secret", "Bearer secret"),
        ("http://{}", "", None),
    ],
)
def test_credentials_are_sent(serve, answers, url, token, header):
    seen = []

    def answer(path, form, headers):
        seen.append(headers.get("Authorization"))
        return answers.vector(1)

    with serve(answer) as address:
        Prometheus(url.format(address.removeprefix("http://")), token=token).query("up", 0)
    assert seen == [header]


@pytest.mark.parametrize("answer", [(401, {}, b""), (200, HTML, b"<html>"), (302, {}, b""), (200, {}, b"{}")])
def test_credentials_are_never_told(serve, answer):
    with serve(lambda *_: answer) as url:
        prometheus = Prometheus(url.replace("://", "://anna:hunter2@") + "/x?token=hunter2")
        said = [prometheus.address]
        with pytest.raises(NoPrometheus) as caught:
            prometheus.version()
    said.append(str(caught.value))
    said.append(sentence(f"http://anna:hunter2@127.0.0.1:{free_port()}/?token=hunter2"))
    said.append(sentence("ftp://anna:hunter2@host/?token=hunter2"))
    assert not [one for one in said if "hunter2" in one or "anna" in one]


def test_a_token_is_read_from_its_file(tmp_path):
    (tmp_path / "token").write_text("abc\n")
    assert bearer(tmp_path / "token") == "abc"
    (tmp_path / "empty").write_text("\n")
    for name, words in (("empty", "holds no token"), ("none", "cannot be read"), (".", "cannot be read")):
        with pytest.raises(NoPrometheus, match=words):
            bearer(tmp_path / name)


def test_what_another_store_does_not_tell_is_unknown(serve, answers):
    def answer(path, form, headers):
        return answers.vector(1) if path.endswith("/query") else (404, {}, b"")

    with serve(answer) as url:
        assert Prometheus(url).version() == ""


def test_configured_jobs(serve, answers):
    yaml = "scrape_configs:\n- job_name: a\n- job_name: b\n"
    with serve(lambda *_: answers.data({"yaml": yaml})) as url:
        assert Prometheus(url).jobs() == {"a", "b"}
    with serve(lambda *_: answers.data({"yaml": "- ["})) as url, pytest.raises(QueryFailed):
        Prometheus(url).jobs()
