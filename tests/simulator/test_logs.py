"""Log lines: DataFlux's format, request ids that go through, and a Loki that may refuse."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kit.live.programs import free_port
from simulator.incident import incident
from simulator.logs import Files, Scribe
from simulator.loki import Loki
from simulator.world import World
from tests.simulator.mornings import MORNING

FIELDS = {"timestamp", "level", "service", "request_id", "message", "asset_id", "duration_ms"}


def said(seconds=300, step=5, seed=1, **incidents):
    world, scribe = World(seed, MORNING), Scribe(seed)
    for name in incidents:
        world.begin(incident(name))
    found = []
    for _ in world.stretch(MORNING + seconds, step):
        found += scribe.lines(world, step)
    return found


@pytest.fixture(scope="module")
def lines():
    return [json.loads(line.text()) for line in said()]


def test_each_line_is_in_the_format(lines):
    for line in lines:
        assert {"timestamp", "level", "service", "request_id", "message"} <= line.keys() <= FIELDS
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
        assert line["level"] in {"ERROR", "WARN", "INFO", "DEBUG"}
        assert re.fullmatch(r"req-\d+", line["request_id"])


def test_a_request_goes_through_the_services(lines):
    services = {}
    for line in lines:
        services.setdefault(line["request_id"], set()).add(line["service"])
    assert {"ingestion-service", "analysis-service"} in services.values()
    assert len(services) > 100


def test_the_same_seed_says_the_same_and_saying_changes_nothing():
    assert said() == said()
    silent = World(1, MORNING)
    list(silent.stretch(MORNING + 300, 5))
    spoken, scribe = World(1, MORNING), Scribe(1)
    for _ in spoken.stretch(MORNING + 300, 5):
        scribe.lines(spoken, 5)
    assert silent.rng.bit_generator.state == spoken.rng.bit_generator.state


def test_lines_are_in_the_order_of_their_times():
    times = [line.time for line in said()]
    assert times == sorted(times)


def test_an_incident_says_what_went_wrong():
    messages = {line.message for line in said(bad_deploy=True) if line.level == "ERROR"}
    assert "Upload failed: KeyError: 'checksum'" in messages
    assert "Upload failed: KeyError: 'checksum'" not in {line.message for line in said()}


def test_each_service_has_a_file(tmp_path):
    files = Files(tmp_path / "logs")
    found = said()
    files.write(found)
    written = {path.stem: path.read_text().splitlines() for path in (tmp_path / "logs").glob("*.log")}
    files.close()
    assert set(written) == {"ingestion-service", "query-service", "analysis-service"}
    assert sum(map(len, written.values())) == len(found)


def test_a_loki_takes_them_as_streams_of_services():
    bodies = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = said()
    loki = Loki(f"http://127.0.0.1:{server.server_port}/", {"cluster": "c", "environment": "e"})
    loki.write(found[:10])
    assert not bodies
    loki.write(found[10:], now=True)
    server.shutdown()
    [(path, body)] = bodies
    assert path == "/loki/api/v1/push" and not loki.refused
    streams = {stream["stream"]["service"]: stream for stream in body["streams"]}
    assert streams["query-service"]["stream"] == {"cluster": "c", "environment": "e", "service": "query-service"}
    times = [int(time) for time, _ in streams["query-service"]["values"]]
    assert times == sorted(times) and sum(len(one["values"]) for one in streams.values()) == len(found)


def test_a_loki_that_is_not_there_is_told_once(capsys):
    loki = Loki(f"http://127.0.0.1:{free_port()}", {})
    for _ in range(3):
        loki.write(said(60), now=True)
    assert capsys.readouterr().err.count("Loki takes no log lines (") == 1
