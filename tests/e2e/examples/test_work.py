"""What the services do with what they are given, as their metrics and logs tell it."""

import shutil
import subprocess
from pathlib import Path

import pytest

GO_SERVICE = Path(__file__).resolve().parents[3] / "examples" / "go-service"

PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def ingestion(python_service, tmp_path_factory):
    with python_service(tmp_path_factory.mktemp("ingestion")) as service:
        yield service


@pytest.fixture(scope="module")
def query(go_service, tmp_path_factory):
    with go_service(tmp_path_factory.mktemp("query")) as service:
        yield service


def grown(service, do, *names):
    """How much these grew, (name, labels) each, while `do()` ran; and what it gave."""
    before = service.samples()
    result = do()
    after = service.samples()

    def growth(name, labels):
        wanted = labels.items()
        return sum(after[key] - before.get(key, 0) for key in after if key[0] == name and wanted <= key[1])

    return result, [growth(name, labels) for name, labels in names]


def test_an_upload_goes_through_the_pipeline(ingestion, waiting):
    def upload():
        answer = ingestion.upload(PNG + b"1", headers={"X-Request-ID": "req-upload"})
        asset = answer.json["asset_id"]
        waiting(lambda: ingestion.ask(f"/assets/{asset}").json["state"] == "ready")
        return asset

    asset, growth = grown(
        ingestion,
        upload,
        ("dataflux_assets_processed_total", {"media_type": "image", "result": "ok"}),
        ("dataflux_asset_bytes_total", {"media_type": "image"}),
        ("dataflux_queue_enqueued_total", {"queue": "analysis"}),
        ("dataflux_queue_dequeued_total", {"queue": "analysis"}),
        ("dataflux_queue_processing_seconds_count", {"queue": "analysis"}),
        ("dataflux_pipeline_items_total", {"result": "ok"}),
        ("dataflux_pipeline_stage_duration_seconds_count", {}),
        ("dataflux_user_actions_total", {"action": "upload"}),
        ("dataflux_requests_total", {"endpoint": "/upload", "status": "202"}),
        ("dataflux_request_duration_seconds_count", {"endpoint": "/upload"}),
    )
    assert growth == [1, 7, 1, 1, 1, 3, 3, 1, 1, 1]
    lines = ingestion.lines_of("req-upload", at_least=3)
    # The line of the analysis, too, which no request waits for.
    assert {line["message"] for line in lines if line.get("asset_id") == asset} == {
        "Asset uploaded successfully",
        "Asset analysed",
    }


def test_the_same_again_is_a_duplicate(ingestion):
    ingestion.upload(PNG + b"2")
    answer, growth = grown(
        ingestion,
        lambda: ingestion.upload(PNG + b"2"),
        ("dataflux_assets_processed_total", {"result": "duplicate"}),
        ("dataflux_queue_enqueued_total", {}),
    )
    assert (answer.status, answer.json["duplicate"], growth) == (200, True, [1, 0])


def test_what_cannot_be_analysed_has_failed(ingestion, waiting):
    def upload():
        asset = ingestion.upload(b"no video", "video/mp4", "/upload/video").json["asset_id"]
        waiting(lambda: ingestion.ask(f"/assets/{asset}").json["state"] == "failed")

    _, growth = grown(
        ingestion,
        upload,
        ("dataflux_assets_processed_total", {"media_type": "video", "result": "failed"}),
        ("dataflux_pipeline_items_total", {"stage": "analyse", "result": "failed"}),
        ("dataflux_requests_total", {"endpoint": "/upload/video", "status": "202"}),
    )
    assert growth == [1, 1, 1]


def test_a_disk_that_takes_nothing_is_a_failure(python_service, tmp_path):
    with python_service(tmp_path) as service:
        shutil.rmtree(tmp_path / "assets")
        assert service.upload(PNG).status == 500
        assert service.value("dataflux_requests_total", endpoint="/upload", status="500") == 1
        assert service.value("dataflux_pipeline_items_total", stage="store", result="failed") == 1
        assert service.value("dataflux_queue_enqueued_total") == 0


def test_what_waits_is_the_queues_size(python_service, tmp_path, waiting):
    with python_service(tmp_path, "--pause", "3600") as service:
        for n in range(5):
            service.upload(PNG + bytes([n]))
        waiting(lambda: service.value("dataflux_queue_size", queue="analysis") == 4)  # one is being worked on
        assert service.value("dataflux_queue_enqueued_total") == 5
        assert service.value("dataflux_queue_dequeued_total") == 1


def test_a_search_is_found_then_cached_and_forgotten_when_something_is_added(query):
    def searches():
        first = query.ask("/search?q=Harbour+boats&modality=image").json
        second = query.ask("/search?q=boats,harbour&modality=image").json
        query.ask("/search?q=boats,+harbour&modality=image")
        added = b'{"asset_id": "asset-9", "modality": "image", "text": "harbour"}'
        assert query.ask("/assets", method="POST", body=added).status == 201
        return first["assets"], second["assets"], query.ask("/search?q=harbour+boats&modality=image").json["assets"]

    (first, second, third), growth = grown(
        query,
        searches,
        ("dataflux_cache_requests_total", {"cache": "search", "result": "hit"}),
        ("dataflux_cache_requests_total", {"cache": "search", "result": "miss"}),
        ("dataflux_search_queries_total", {"modality": "image"}),
        ("dataflux_search_duration_seconds_count", {"modality": "image"}),
        ("dataflux_search_empty_total", {}),
        ("dataflux_db_query_duration_seconds_count", {"query": "find_assets"}),
        ("dataflux_db_query_duration_seconds_count", {"query": "put_asset"}),
        ("dataflux_user_actions_total", {"action": "search"}),
        ("dataflux_requests_total", {"endpoint": "/search", "status": "200"}),
    )
    assert first == second
    assert [asset["asset_id"] for asset in first] == ["asset-3"]
    assert [asset["asset_id"] for asset in third] == ["asset-3", "asset-9"]
    assert growth == [1, 3, 4, 4, 0, 3, 1, 4, 4]


def test_a_search_for_nothing_known_is_empty(query):
    answer, growth = grown(
        query,
        lambda: query.ask("/search?q=unheard"),
        ("dataflux_search_empty_total", {"modality": "text"}),
    )
    assert (answer.json, growth) == ({"found": 0, "assets": []}, [1])


@pytest.mark.parametrize("command", [("vet", "./..."), ("test", "./..."), ("mod", "verify")])
def test_the_go_tools_are_content(go, command):
    go(*command)


def test_the_go_sources_are_formatted(tool):
    said = subprocess.run([tool("gofmt"), "-l", "."], cwd=GO_SERVICE, capture_output=True, text=True, timeout=60)
    assert (said.stdout, said.returncode) == ("", 0)
