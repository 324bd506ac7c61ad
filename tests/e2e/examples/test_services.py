"""Both example services, as programs: what they export, what they log, how they end."""

import http.client
import json
import re
import signal

import pytest

from kit.live.programs import LOOPBACK, NotStarted

RED = {
    "dataflux_requests_total",
    "dataflux_request_duration_seconds",
    "dataflux_active_connections",
    "dataflux_build_info",
    "dataflux_user_actions_total",
}
EXPORTED = {
    "ingestion-service": RED
    | {
        "dataflux_assets_processed_total",
        "dataflux_asset_bytes_total",
        "dataflux_queue_size",
        "dataflux_queue_enqueued_total",
        "dataflux_queue_dequeued_total",
        "dataflux_queue_processing_seconds",
        "dataflux_pipeline_items_total",
        "dataflux_pipeline_stage_duration_seconds",
    },
    "query-service": RED
    | {
        "dataflux_search_queries_total",
        "dataflux_search_empty_total",
        "dataflux_search_duration_seconds",
        "dataflux_cache_requests_total",
        "dataflux_db_query_duration_seconds",
    },
}
KEYS = ["timestamp", "level", "service", "request_id", "message"]
# A path that exists, and one of its requests, for each.
WORK = {"ingestion-service": "/assets/{asset_id}", "query-service": "/assets/{id}"}
PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module", params=["python", "go"])
def start(request):
    """How one of them is started."""
    return request.getfixturevalue(f"{request.param}_service")


@pytest.fixture(scope="module")
def service(start, tmp_path_factory):
    with start(tmp_path_factory.mktemp("service"), "--log-level", "DEBUG") as service:
        yield service


@pytest.fixture(scope="module")
def used(service):
    """The service, after it was used a little."""
    if service.name == "ingestion-service":
        for kind in ("image/png", "video/mp4", "text/plain"):
            service.upload(PNG + kind.encode(), kind)
    else:
        for modality in ("text", "image", "nonsense"):
            service.ask(f"/search?q=harbour&modality={modality}")
    service.ask("/fault")
    service.ask("/nowhere")
    service.ask("/assets/asset-1")
    return service


def test_it_exports_what_the_catalogue_declares_and_nothing_else(used, agreeing):
    assert agreeing(used.ask("/metrics").text) == EXPORTED[used.name]


def test_its_service_is_called_as_everywhere(used, catalogue):
    named = {n.removesuffix("_bucket") for (n, labels) in used.samples() if ("service", used.name) in labels}
    having = {name for name in EXPORTED[used.name] if "service" in catalogue[name].labels}
    assert having <= {re.sub("_(count|sum|created)$", "", name) for name in named}


def test_every_line_of_its_log_has_the_format(used):
    lines = used.lines()
    assert {"DEBUG", "INFO", "ERROR"} <= {line["level"] for line in lines}
    for line in lines:
        assert set(KEYS) <= line.keys() <= {*KEYS, "asset_id", "duration_ms"}, line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["timestamp"]), line
        assert line["level"] in {"DEBUG", "INFO", "WARN", "ERROR"}
        assert line["service"] == used.name
        assert line["message"] and "\n" not in line["message"]
        assert isinstance(line["request_id"], str)
        assert isinstance(line.get("duration_ms", 0), int | float)
        assert isinstance(line.get("asset_id", ""), str)


def test_a_request_id_goes_through(service):
    answer = service.ask("/assets/none", headers={"X-Request-ID": "req-through.1_2"})
    assert answer.headers["x-request-id"] == "req-through.1_2"
    [line] = service.lines_of("req-through.1_2")
    assert line["message"] == f"GET {WORK[service.name]} answered with 404"
    assert "duration_ms" in line


@pytest.mark.parametrize("strange", ["", "with space", "x" * 65, 'quote"', "back\\slash", "ümlaut"])
def test_a_strange_request_id_is_not_taken_over(service, strange):
    answer = service.ask("/assets/none", headers={"X-Request-ID": strange.encode()})
    given = answer.headers["x-request-id"]
    assert re.fullmatch(r"req-[0-9a-f]{16}", given)
    assert service.lines_of(given)


def test_a_failure_is_answered_counted_and_logged(service):
    before = service.value("dataflux_requests_total", endpoint="/fault", status="500")
    answer = service.ask("/fault", headers={"X-Request-ID": "req-fault"})
    assert answer.status == 500
    assert "log" in answer.json["detail"] and "drill" not in answer.text
    assert service.value("dataflux_requests_total", endpoint="/fault", status="500") == before + 1
    said, answered = service.lines_of("req-fault", at_least=2)
    assert said["level"] == answered["level"] == "ERROR"
    assert "this was asked for, as a drill" in said["message"]
    assert answered["message"] == "GET /fault answered with 500"
    assert answer.headers["x-request-id"] == "req-fault"


def test_whatever_is_asked_for_makes_no_new_series(service):
    def ask(n):
        service.ask(f"/none/{n}")
        service.ask(f"/assets/none-{n}")
        service.ask(f"/assets/none-{n}?modality=m{n}&q=a", method=f"M{n}")
        service.ask(f"/search?q=a&modality=m{n}")
        service.upload(b"", f"kind{n}/x")

    ask(0)
    before = service.samples().keys()
    for n in range(1, 20):
        ask(n)
    assert service.samples().keys() == before
    assert service.value("dataflux_requests_total", endpoint="unknown") >= 20
    endpoints = {dict(labels).get("endpoint") for _, labels in before} - {None}
    assert not [endpoint for endpoint in endpoints if "none" in endpoint]


def test_scrapes_and_health_checks_are_not_counted(service):
    assert service.ask("/healthz").status == 200
    assert service.value("dataflux_requests_total", endpoint="/metrics") == 0
    assert service.value("dataflux_requests_total", endpoint="/healthz") == 0


def test_the_connections_that_are_open_are_counted(service, waiting):
    def others():
        """Without the one that asks."""
        return service.value("dataflux_active_connections") - 1

    waiting(lambda: others() == 0)
    held = [http.client.HTTPConnection(LOOPBACK, service.port, timeout=20) for _ in range(3)]
    for connection in held:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    waiting(lambda: others() == 3)
    for connection in held:
        connection.close()
    waiting(lambda: others() == 0)


def test_sigterm_ends_it_after_what_is_under_way(start, tmp_path, waiting):
    with start(tmp_path) as service:
        asking = http.client.HTTPConnection(LOOPBACK, service.port, timeout=30)
        asking.request("GET", "/fault?seconds=1")
        waiting(lambda: service.value("dataflux_active_connections") == 2)
        service.process.send_signal(signal.SIGTERM)
        assert asking.getresponse().status == 500
        assert service.process.wait(30) == 0
    assert service.lines()[-1]["message"] == "Stopped"


def test_an_address_that_it_cannot_have_is_said_in_its_log(start, tmp_path):
    with pytest.raises(NotStarted), start(tmp_path, "--host", "256.0.0.1"):
        pass
    [log] = tmp_path.glob("*.log")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert "ERROR" in {line["level"] for line in lines}
