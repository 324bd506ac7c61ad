"""A service instrumented exactly as in the documentation's example, in front of the real Prometheus: it fills its
panels, its queue fires, and what it lacks is told. Of the compiled configuration only the address is another."""

import pytest
import yaml

from kit.model.metric import Counter, Gauge, Histogram

SERVICE = {"service": "ingestion-service"}
FILLED = [
    ("df-overview", "Requests"),
    ("df-overview", "Response time (P95)"),
    ("df-overview", "Queue depth"),
    ("df-overview", "Instances"),
    ("df-service", "Requests"),
    ("df-service", "Requests by endpoint"),
    ("df-service", "P95"),
    ("df-service", "Response time"),
    ("df-service", "Response time (P95) by endpoint"),
    ("df-service", "Spread of response times"),
    ("df-service", "Within 1 s"),
    ("df-service", "Instances over time"),
    ("df-queues", "Queue depth"),
]
# Nobody knows whether its requests fail, so there is no line, and not one at 0 either.
EMPTY = [
    ("df-overview", "5xx"),
    ("df-overview", "Errors"),
    ("df-service", "5xx"),
    ("df-service", "Errors"),
    ("df-service", "Errors (5xx) by endpoint"),
]
WAITING = 1100


@pytest.fixture(scope="module")
def seen(as_documented, prometheus, driven, waiting, tmp_path_factory):
    """The Prometheus that has scraped the service, while it is used, until everything has come in."""
    folder = tmp_path_factory.mktemp("as-documented")
    with as_documented(folder, "--pause", "3600") as service:
        for _ in range(WAITING):
            service.upload(b"x")
        reached = {"ingestion-service:8001": service.at}
        with driven(lambda n: service.upload(b"x")), prometheus(folder, reached) as running:
            running.filled(FILLED, **SERVICE)
            yield running


@pytest.mark.parametrize("panel", FILLED, ids=" ".join)
def test_its_panels_have_data(seen, panel):
    assert seen.empty([panel], **SERVICE) == []


@pytest.mark.parametrize("panel", EMPTY, ids=" ".join)
def test_its_share_of_errors_has_no_line(seen, panel):
    assert [seen.values(query) for query in seen.queries(*panel, **SERVICE) if seen.values(query)] == []


def test_it_has_the_labels_that_everything_has(seen):
    [labels] = seen.get("/api/v1/series", **{"match[]": "dataflux_queue_size"})
    assert labels == {
        "__name__": "dataflux_queue_size",
        "cluster": "dataflux",
        "environment": "production",
        "instance": "ingestion-service:8001",
        "job": "dataflux-services",
        "queue": "ingestion-service",
        "service": "ingestion-service",
    }
    services = seen.get("/api/v1/label/service/values", **{"match[]": "dataflux_requests_total"})
    assert services == ["ingestion-service"]


@pytest.mark.parametrize("alert", ["QueueDepthCritical", "QueueDepthHigh", "StatusLabelMissing"])
def test_its_alerts_are_on_their_way_in_prometheus(seen, alert, waiting):
    waiting(lambda: seen.rule(alert)["state"] == "pending")
    rule = seen.rule(alert)
    assert rule["health"] == "ok"
    assert seen.values(rule["query"])


@pytest.mark.parametrize("alert", ["QueueDepthCritical", "QueueDepthHigh", "StatusLabelMissing"])
def test_grafanas_form_of_its_alerts_has_data(seen, alert):
    groups = yaml.safe_load(seen.files["grafana/provisioning/alerting/rules.yml"])["groups"]
    rule = next(rule for group in groups for rule in group["rules"] if rule["title"] == alert)
    query = rule["data"][0]["model"]["expr"]
    assert any(value > 0 for value in seen.values(query).values())


def test_its_error_rate_is_quiet(seen):
    assert seen.rule("ErrorRateHigh")["state"] == "inactive"


def test_it_exports_what_the_example_shows_and_nothing_more(as_documented, agreeing, tmp_path):
    as_shown = [
        Counter("dataflux_requests_total", "service endpoint", help="Total requests"),
        Histogram(
            "dataflux_request_duration_seconds",
            help="Request duration",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
        ),
        Gauge("dataflux_queue_size", help="Queue size"),
    ]
    declared = {metric.name: metric for metric in as_shown}
    with as_documented(tmp_path, "--pause", "0") as service:
        assert service.upload(b"x").status == 202
        assert service.ask("/nowhere").status == 404
        # The library adds, on its own, when each counter and histogram was made.
        own = "\n".join(line for line in service.ask("/metrics").text.splitlines() if "_created" not in line)
        assert agreeing(own + "\n", declared) == set(declared)
        assert service.value("dataflux_requests_total", service="ingestion", endpoint="/upload") == 1
        service.process.terminate()
        assert service.process.wait(30) == 0
