"""Each fault does what it says, and no more."""

import http.client
import json
import random
import time

import pytest

from tests.double import Double
from tests.double.faults import Drop, First, Half, Lose, Say, Slow, busy, chance, html, nth, on, reads, redirect, writes

FOLDERS = "/apis/folder.grafana.app/v1/namespaces/default/folders"
DASHBOARDS = "/apis/dashboard.grafana.app/v1/namespaces/default/dashboards"
LOGIN = {"Authorization": "Basic YWRtaW46YWRtaW4=", "Content-Type": "application/json"}


@pytest.fixture
def grafana():
    with Double() as double:
        yield double


def send(grafana, method, path, body=None):
    """Status, headers and text of one exchange on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", grafana.server.port, timeout=5)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, LOGIN)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def folder(uid="df-a", title="A", version=None):
    locked = {"resourceVersion": version} if version else {}
    return {"metadata": {"name": uid, **locked}, "spec": {"title": title}}


def create(grafana):
    return send(grafana, "POST", FOLDERS, folder())


def test_without_faults_a_write_is_stored_and_logged(grafana):
    assert create(grafana)[0] == 201
    assert "df-a" in grafana.state.folders
    assert grafana.log == [("POST", FOLDERS, 201)]
    assert grafana.log[0].fault == ""


def test_a_connection_dropped_before_the_write_stores_nothing(grafana):
    grafana.faults.add(Drop(), writes)
    with pytest.raises(http.client.RemoteDisconnected):
        create(grafana)
    assert grafana.state.folders == {}
    assert (grafana.log[0].status, grafana.log[0].fault) == (0, "Drop")


def test_a_connection_dropped_after_the_write_has_stored_it(grafana):
    grafana.faults.add(Drop(after=True), writes)
    with pytest.raises(http.client.RemoteDisconnected):
        create(grafana)
    assert "df-a" in grafana.state.folders
    assert (grafana.log[0].status, grafana.log[0].fault) == (201, "Drop")


def test_too_many_requests_say_when_to_come_back(grafana):
    grafana.faults.add(busy(retry_after=7), writes)
    status, headers, _ = create(grafana)
    assert (status, headers["Retry-After"], grafana.state.folders) == (429, "7", {})


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_stores_nothing(grafana, status):
    grafana.faults.add(Say(status), writes)
    assert create(grafana)[0] == status
    assert grafana.state.folders == {}
    assert grafana.log[0].fault == "Say"


def test_a_page_of_a_proxy_is_html_with_status_200(grafana):
    grafana.faults.add(html())
    status, headers, text = create(grafana)
    assert (status, headers.get_content_type(), text[:9]) == (200, "text/html", "<!DOCTYPE")
    assert grafana.state.folders == {}


def test_a_redirect_names_its_target(grafana):
    grafana.faults.add(redirect("https://login.example.org/"))
    status, headers, _ = create(grafana)
    assert (status, headers["Location"]) == (302, "https://login.example.org/")


def test_half_a_body_ends_early_but_the_write_is_stored(grafana):
    grafana.faults.add(Half(), writes)
    with pytest.raises(http.client.IncompleteRead):
        create(grafana)
    assert "df-a" in grafana.state.folders


@pytest.mark.parametrize("after", [False, True])
def test_a_slow_answer_is_stored_before_or_after_the_wait(grafana, after):
    grafana.faults.add(Slow(0.05, after), writes)
    began = time.perf_counter()
    assert create(grafana)[0] == 201
    assert time.perf_counter() - began >= 0.05


def test_a_lost_write_is_answered_as_if_it_had_been_stored(grafana):
    grafana.person.creates_dashboard("df-b", "B")
    before = grafana.state.dashboards["df-b"]
    grafana.faults.add(Lose(), writes)
    status, _, text = send(grafana, "PUT", f"{DASHBOARDS}/df-b", {"metadata": {"name": "df-b"}, "spec": {"title": "C"}})
    assert (status, json.loads(text)["spec"]["title"]) == (200, "C")
    assert create(grafana)[0] == 201
    assert grafana.state.dashboards["df-b"] == before
    assert grafana.state.folders == {}


def test_a_person_edits_between_a_read_and_a_write(grafana):
    create(grafana)
    version = json.loads(send(grafana, "GET", f"{FOLDERS}/df-a")[2])["metadata"]["resourceVersion"]
    grafana.faults.add(First(lambda double: double.person.edits_folder("df-a", {"title": "Hers"})), on("PUT", "/df-a$"))
    assert send(grafana, "PUT", f"{FOLDERS}/df-a", folder(title="Ours", version=version))[0] == 409
    assert grafana.state.folders["df-a"].title == "Hers"


def test_the_nth_request_that_fits_is_chosen(grafana):
    grafana.faults.add(Say(500), nth(2, of=reads))
    statuses = [send(grafana, "GET", "/api/org")[0] for _ in range(3)]
    assert (create(grafana)[0], statuses) == (201, [200, 500, 200])


def test_a_fault_is_played_as_often_as_was_asked(grafana):
    fault = grafana.faults.add(Say(500), times=2)
    assert [send(grafana, "GET", "/api/org")[0] for _ in range(3)] == [500, 500, 200]
    assert fault.played == 2


def test_chance_draws_the_same_from_the_same_seed(grafana):
    def drawn():
        grafana.reset()
        grafana.faults.add(Say(500), chance(random.Random(7), 0.5))
        return [send(grafana, "GET", "/api/org")[0] for _ in range(12)]

    first = drawn()
    assert set(first) == {200, 500}
    assert drawn() == first


def test_only_reads_names_the_write(grafana):
    send(grafana, "GET", "/api/org")
    grafana.only_reads()
    create(grafana)
    with pytest.raises(AssertionError, match="POST"):
        grafana.only_reads()


def test_two_writes_of_notifications_at_a_time_are_answered_500():
    with Double(latency=(0, 0.1)) as grafana:
        grafana.person.creates_folder("df-a")
        connections = [http.client.HTTPConnection("127.0.0.1", grafana.server.port) for _ in range(2)]
        for number, connection in enumerate(connections):
            path = f"/api/v1/provisioning/templates/t{number}"
            connection.request("PUT", path, json.dumps({"template": '{{ define "t" }}{{ end }}'}), LOGIN)
        assert sorted(connection.getresponse().status for connection in connections) == [202, 500]
        for connection in connections:
            connection.close()


def test_writes_overlap_while_they_wait():
    with Double(latency=(0, 0.1)) as grafana:
        connections = [http.client.HTTPConnection("127.0.0.1", grafana.server.port) for _ in range(4)]
        began = time.perf_counter()
        for number, connection in enumerate(connections):
            connection.request("POST", FOLDERS, json.dumps(folder(f"df-{number}")), LOGIN)
        assert [connection.getresponse().status for connection in connections] == [201] * 4
        assert time.perf_counter() - began < 0.3
        for connection in connections:
            connection.close()
