"""Both example services in front of one real Prometheus with the compiled configuration: their panels have data."""

import pytest

RED = [
    ("df-overview", "Requests"),
    ("df-overview", "Errors"),
    ("df-overview", "5xx"),
    ("df-overview", "Response time (P95)"),
    ("df-overview", "Services"),
    ("df-overview", "Active connections"),
    ("df-overview", "Availability"),
    ("df-service", "Requests"),
    ("df-service", "5xx"),
    ("df-service", "P95"),
    ("df-service", "Connections"),
    ("df-service", "Within 1 s"),
    ("df-service", "Requests by endpoint"),
    ("df-service", "Answers"),
    ("df-service", "Active connections by instance"),
    ("df-service", "Errors"),
    ("df-service", "Errors (5xx) by endpoint"),
    ("df-service", "Errors (4xx) by endpoint"),
    ("df-service", "Response time"),
    ("df-service", "Response time (P95) by endpoint"),
    ("df-service", "Spread of response times"),
    ("df-service", "Endpoints"),
    ("df-service", "Versions"),
    ("df-business", "What people do"),
]
OF_INGESTION = [
    ("df-queues", "Queue depth"),
    ("df-queues", "In and out"),
    ("df-queues", "Processing time"),
    ("df-assets", "Assets processed"),
    ("df-assets", "Outcome"),
    ("df-assets", "Failed assets"),
    ("df-assets", "Bytes taken in"),
    ("df-pipeline", "Through each stage"),
    ("df-pipeline", "Failures by stage"),
    ("df-pipeline", "Time in each stage (P95)"),
]
OF_QUERY = [
    ("df-search", "Searches"),
    ("df-search", "Search time"),
    ("df-search", "Searches without result"),
    ("df-cache", "Cache hit rate"),
    ("df-database", "Query time"),
]
SERVICES = ["ingestion-service", "query-service"]
# A panel's name, and which services fill it.
PANELS = (
    [(name, panel) for panel in RED for name in SERVICES]
    + [("ingestion-service", panel) for panel in OF_INGESTION]
    + [("query-service", panel) for panel in OF_QUERY]
)
PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def seen(python_service, go_service, prometheus, driven, tmp_path_factory):
    """The Prometheus that has scraped both, while they are used, until everything has come in."""
    folder = tmp_path_factory.mktemp("both")
    with python_service(folder) as ingestion, go_service(folder) as query:

        def upload(n):
            ingestion.upload(PNG + n.to_bytes(4, "big"))
            ingestion.upload(PNG + n.to_bytes(4, "big"))
            ingestion.upload(b"no video", "video/mp4", "/upload/video")
            ingestion.ask("/assets/none")
            ingestion.ask("/fault")

        def search(n):
            query.ask(f"/search?q=harbour+{n}&modality={['text', 'image', 'audio', 'video'][n % 4]}")
            query.ask("/search?q=boats")
            query.ask("/search?q=unheard")
            query.ask("/assets/asset-1")
            query.ask("/fault")
            query.ask("/nowhere")

        reached = {"ingestion-service:8001": ingestion.at, "query-service:8002": query.at}
        # Often, so that the test is short.
        often = {"service_scrape_interval": "1s", "rule_interval": "1s"}
        with driven(upload, search), prometheus(folder, reached, **often) as running:
            for service in SERVICES:
                running.filled([panel for name, panel in PANELS if name == service], service=service)
            yield running


@pytest.mark.parametrize(
    ("service", "panel"), PANELS, ids=lambda value: value if isinstance(value, str) else " ".join(value)
)
def test_a_panel_has_data(seen, service, panel):
    assert seen.empty([panel], service=service) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_number_is_of_that_service_only(seen, service):
    for query in seen.queries("df-overview", "Requests", service=service):
        assert list(seen.values(query)) == [f'{{"service": "{service}"}}']


def test_errors_are_a_share_that_can_be_true(seen):
    [_, five_hundreds] = seen.queries("df-overview", "Errors")
    shares = seen.values(five_hundreds)
    assert len(shares) == 2
    assert all(0.05 < value < 0.5 for value in shares.values()), shares


def test_no_status_is_missing(seen):
    assert not seen.values(seen.rule("StatusLabelMissing")["query"])


@pytest.mark.parametrize("service", SERVICES)
def test_the_objective_is_read_however_a_language_writes_its_bucket(seen, service):
    """Python writes le="1.0", Go le="1"; Prometheus 2 keeps both, and what is compiled reads both."""
    [query] = seen.queries("df-service", "Within 1 s", service=service)
    [share] = seen.values(query).values()
    assert 0.9 < share <= 1
