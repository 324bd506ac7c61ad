"""The client of Grafana: when it asks again, and when it stops."""

import socket
import threading
from email.utils import formatdate

import pytest

from kit.live.programs import free_port
from kit.publish.client import Clock
from kit.publish.http.errors import (
    GrafanaError,
    Halted,
    Refusal,
    Unreachable,
    Unsure,
)
from tests.publish.clients import fails, grafana
from tests.publish.sockets import FakeClock, answer, hang_up, serving, without_proxies

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
