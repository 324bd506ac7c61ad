"""The ingestion-service's parts, without a program: the application is called in this process."""

import asyncio
import io
import json
import logging

import pytest
from prometheus_client import REGISTRY

# Starlette would rather have its own successor of httpx.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx`")
PNG = b"\x89PNG\r\n"


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


def requests(endpoint, status):
    return value("dataflux_requests_total", service="ingestion-service", endpoint=endpoint, status=str(status))


@pytest.fixture
def client(tmp_path):
    from fastapi.testclient import TestClient
    from ingestion.app import application

    with TestClient(application(tmp_path, faults=True)) as client:
        yield client


@pytest.fixture
def said():
    """`said()`: the lines that were logged since the test began."""
    from ingestion.logs import Lines

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines())
    handler.addFilter(logging.Filter("ingestion"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("method", "path", "status", "endpoint"),
    [
        ("GET", "/assets/asset-1", 404, "/assets/{asset_id}"),
        ("PUT", "/assets/asset-1", 405, "/assets/{asset_id}"),
        ("GET", "/assets/a/content", 404, "/assets/{asset_id}/content"),
        ("GET", "/etc/passwd", 404, "unknown"),
        ("GET", "/upload/", 307, "unknown"),
        ("POST", "/upload", 400, "/upload"),
        ("POST", "/upload/video", 415, "/upload/video"),
        ("GET", "/fault?seconds=x", 422, "/fault"),
        ("GET", "/fault", 500, "/fault"),
    ],
)
def test_a_request_is_counted_under_its_route_and_its_status(client, method, path, status, endpoint):
    before = requests(endpoint, status)
    took = value("dataflux_request_duration_seconds_count", service="ingestion-service", endpoint=endpoint)
    assert client.request(method, path, follow_redirects=False).status_code == status
    assert requests(endpoint, status) == before + 1
    after = value("dataflux_request_duration_seconds_count", service="ingestion-service", endpoint=endpoint)
    assert after == took + 1


@pytest.mark.parametrize(
    ("given", "taken"), [("req-1", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)]
)
def test_the_request_id_comes_back(client, given, taken):
    got = client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (got == given) == taken
    assert got


def test_every_line_of_a_request_has_its_id_and_the_next_has_another(client, said):
    client.post("/upload", content=PNG + b"id", headers={"X-Request-ID": "req-a", "Content-Type": "image/png"})
    client.get("/fault", headers={"X-Request-ID": "req-b"})
    lines = [line for line in said() if line["request_id"]]
    assert {line["request_id"] for line in lines} == {"req-a", "req-b"}
    assert [line["level"] for line in lines if line["request_id"] == "req-b"] == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("video/mp4", "video"), ("IMAGE/png", "image"), ("application/pdf", "document"), ("a\tb", "document")],
)
def test_a_media_type_is_one_of_four(client, kind, media_type):
    content = PNG + kind.encode()
    before = value("dataflux_asset_bytes_total", service="ingestion-service", media_type=media_type)
    asset = client.post("/upload", content=content, headers={"Content-Type": kind}).json()["asset_id"]
    after = value("dataflux_asset_bytes_total", service="ingestion-service", media_type=media_type)
    assert after == before + len(content)
    assert client.get(f"/assets/{asset}").json()["media_type"] == media_type


def test_what_was_uploaded_can_be_had_and_deleted(client):
    asset = client.post("/upload", content=b"text").json()["asset_id"]
    assert client.get(f"/assets/{asset}/content").content == b"text"
    assert client.delete(f"/assets/{asset}").status_code == 204
    assert client.get(f"/assets/{asset}").status_code == 404
    assert client.delete(f"/assets/{asset}").status_code == 404


def test_too_much_is_refused(client, monkeypatch):
    monkeypatch.setattr("ingestion.app.LARGEST", 3)
    assert client.post("/upload", content=b"1234").status_code == 413


def test_a_full_queue_takes_nothing_and_keeps_nothing(client, tmp_path):
    client.app.state.queue.items = asyncio.Queue(1)
    assert client.post("/upload", content=b"first").status_code == 202
    refused = client.post("/upload", content=b"second")
    assert refused.status_code == 503
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def called(app, sent):
    """Call the middleware around `app` directly; what it sends."""
    from ingestion.middleware import Measured

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
    asyncio.run(Measured(app)(scope, receive, send))


def test_half_an_answer_is_a_failure_that_the_caller_sees(said):
    async def half(scope, receive, send):
        await send({"type": "http.response.start", "status": 200})
        raise OSError("gone")

    before, sent = requests("unknown", 500), []
    with pytest.raises(OSError, match="gone"):
        called(half, sent)
    assert len(sent) == 1
    assert requests("unknown", 500) == before + 1
    assert said()[0]["message"].startswith("Request failed: OSError: gone (in half, test_python_service.py:")


def test_a_caller_that_hangs_up_is_no_failure_of_ours(said):
    from starlette.requests import ClientDisconnect

    async def gone(scope, receive, send):
        raise ClientDisconnect

    before = requests("unknown", 499)
    called(gone, [])
    assert requests("unknown", 499) == before + 1
    assert {line["level"] for line in said()} <= {"INFO", "DEBUG"}


def test_one_bad_asset_does_not_end_the_work_on_the_others(client, monkeypatch):
    def broken(asset, content):
        if content == b"bad":
            raise RuntimeError("nobody thought of that")

    monkeypatch.setattr("ingestion.analysis.check", broken)
    bad, good = (client.post("/upload", content=content).json()["asset_id"] for content in (b"bad", b"good"))
    states = {}
    for _ in range(200):
        states = {asset: client.get(f"/assets/{asset}").json()["state"] for asset in (bad, good)}
        if "waiting" not in states.values():
            break
    assert states == {bad: "failed", good: "ready"}


@pytest.mark.parametrize(
    ("level", "written"), [("DEBUG", "DEBUG"), ("INFO", "INFO"), ("WARNING", "WARN"), ("CRITICAL", "ERROR")]
)
def test_a_line_is_json_with_the_briefs_levels(level, written):
    from ingestion.logs import Lines

    record = logging.LogRecord("x", logging.getLevelName(level), "f", 1, 'a "%s"\nb', ("ü",), None)
    record.asset_id, record.duration_ms = "asset-1", 0
    line = Lines().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert list(told) == ["timestamp", "level", "service", "request_id", "message", "asset_id", "duration_ms"]
    assert (told["level"], told["message"], told["duration_ms"]) == (written, 'a "ü"\nb', 0)
