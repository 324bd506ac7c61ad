"""What a scrape is answered with: always an exposition that can be read."""

import gzip
import json
import socket
import threading
import urllib.error
import urllib.request

import pytest
from dataflux_exporter.errors import Fails
from dataflux_exporter.render import registry
from dataflux_exporter.samples import QUEUE, Family, Sample, stored, waiting
from dataflux_exporter.store import Limits, Store
from dataflux_exporter.web import Server
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

DONE = Family("dataflux_jobs_done_total", "Jobs done", ("kind",), "counter")
ODD = 'a "quoted"\\ label\nof two lines, ünïcödé'


@pytest.fixture
def store(clock):
    made = Store({"lists": Limits(50, 20_000), "kafka": Limits(50, 20_000)}, clock)
    made.put("lists", "mail", waiting("mail", 3, 12.5))
    made.put("kafka", "analysis", waiting("analysis", 1000, None))
    made.put("kafka", "done", (Sample(DONE, (ODD,), 5.0),))
    made.finish("lists", success=True, duration=0.25)
    return made


@pytest.fixture
def serve():
    """`serve(store, alive)`: the URL of a server."""
    servers = []

    def begin(store, alive=lambda: True):
        server = Server(("127.0.0.1", 0), registry(store), alive, store.unfinished)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


def get(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def series(families):
    return {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}


@pytest.mark.parametrize(
    ("accept", "read"),
    [("text/plain", read_text), ("application/openmetrics-text; version=1.0.0", read_openmetrics)],
)
def test_both_formats_are_read_back(store, serve, clock, accept, read):
    clock.pass_(7)
    status, headers, body = get(f"{serve(store)}/metrics", Accept=accept)
    families = list(read(body.decode()))
    assert status == 200 and headers["Content-Type"].startswith(accept.split(";")[0])
    assert len({family.name for family in families}) == len(families), "one family a name"
    found = series(families)
    assert found["dataflux_queue_size", ("queue", "mail")] == 3
    assert found["dataflux_queue_size", ("queue", "analysis")] == 1000
    assert found["dataflux_queue_oldest_age_seconds", ("queue", "mail")] == 12.5
    assert found["dataflux_jobs_done_total", ("kind", ODD)] == 5
    assert found["dataflux_exporter_collector_success", ("collector", "lists")] == 1
    assert found["dataflux_exporter_collector_age_seconds", ("collector", "lists")] == 7
    assert found["dataflux_exporter_collector_duration_seconds", ("collector", "lists")] == 0.25
    assert ("dataflux_exporter_collector_success", ("collector", "kafka")) not in found, "no run has ended"
    assert any(name[0] == "process_cpu_seconds_total" for name in found)


def test_old_data_is_dropped_and_the_scrape_goes_on(store, serve, clock):
    url = serve(store)
    clock.pass_(50)
    store.put("kafka", "analysis", waiting("analysis", 1, None))
    clock.pass_(1)
    found = series(read_text(get(f"{url}/metrics")[2].decode()))
    assert ("dataflux_queue_size", ("queue", "mail")) not in found
    assert ("dataflux_exporter_collector_age_seconds", ("collector", "lists")) not in found
    assert found["dataflux_exporter_collector_success", ("collector", "lists")] == 1
    assert found["dataflux_queue_size", ("queue", "analysis")] == 1


def test_a_series_has_one_owner_while_it_is_fresh(store, clock):
    with pytest.raises(Fails, match="is already given by 'mail' of the collector 'lists'"):
        store.put("kafka", "twin", waiting("mail", 4, None))
    clock.pass_(51)
    store.put("kafka", "twin", waiting("mail", 4, None))
    with pytest.raises(Fails, match="is already given by 'twin'"):
        store.put("lists", "mail", waiting("mail", 5, None))


def test_a_part_replaces_what_it_gave_before(store):
    store.put("lists", "mail", waiting("post", 1, None))
    names = [sample.labels[0] for sample in store.view()[0] if sample.family is QUEUE]
    assert sorted(names) == ["analysis", "post"]


def test_ten_thousand_series_are_answered_whole(store, serve):
    many = tuple(one for n in range(5000) for one in stored("ingestion-service", f"store-{n}", n, n + 1))
    store.put("lists", "many", many)
    status, headers, body = get(f"{serve(store)}/metrics", **{"Accept-Encoding": "gzip"})
    assert status == 200 and headers["Content-Encoding"] == "gzip"
    lines = gzip.decompress(body).decode().splitlines()
    assert sum(line.startswith("dataflux_storage_") for line in lines) == 10_000


def test_ready_when_every_collector_has_ended_a_run(store, serve):
    url = serve(store)
    status, _, body = get(f"{url}/readyz")
    assert status == 503 and json.loads(body)["waiting_for"] == ["kafka"]
    store.finish("kafka", success=False, duration=1)
    assert get(f"{url}/readyz")[0] == 200


def test_healthy_while_the_scheduler_turns(store, serve):
    alive = [True]
    url = serve(store, lambda: alive[0])
    assert get(f"{url}/healthz")[0] == 200
    alive[0] = False
    assert get(f"{url}/healthz")[0] == 503
    assert get(f"{url}/metrics")[0] == 200


def test_clients_that_say_nothing_hold_up_nobody(store, serve):
    url = serve(store)
    address = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
    silent = [socket.create_connection(address, timeout=30) for _ in range(20)]
    silent[0].sendall(b"GET /metrics HT")
    silent[1].sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
    assert get(f"{url}/metrics")[0] == 200
    for one in silent:
        one.close()
    assert get(f"{url}/metrics")[0] == 200


def test_other_places_and_heads(store, serve):
    url = serve(store)
    assert get(f"{url}/")[0] == 200
    assert get(f"{url}/metric")[0] == 404
    with urllib.request.urlopen(urllib.request.Request(f"{url}/metrics", method="HEAD"), timeout=30) as answer:
        assert answer.status == 200 and int(answer.headers["Content-Length"]) > 0 and answer.read() == b""
