"""A service instrumented exactly as in the user's example: no status, a histogram and a gauge without labels."""

import re

import pytest

from kit.model.words import number

TARGET = 'job="dataflux-services",service="ingestion-service",instance="ingestion-service:8001"'
HALF_AN_HOUR = 120


def growing(each_step):
    return f"0+{number(each_step)}x{HALF_AN_HOUR}"


@pytest.fixture
def scraped():
    """What Prometheus stores of it: labels of the target, short name mapped, the queue named after its service
    (tests/emit/test_relabelling.py holds that)."""
    bucket = "dataflux_request_duration_seconds_bucket"
    return {
        f'dataflux_requests_total{{endpoint="/upload",{TARGET}}}': growing(25),
        f'{bucket}{{le="1.0",{TARGET}}}': growing(20),
        f'{bucket}{{le="2.5",{TARGET}}}': growing(25),
        f'{bucket}{{le="+Inf",{TARGET}}}': growing(25),
        f'dataflux_queue_size{{queue="ingestion-service",{TARGET}}}': f"1200x{HALF_AN_HOUR}",
        f"up{{{TARGET}}}": f"1x{HALF_AN_HOUR}",
    }


@pytest.mark.parametrize("alert", ["QueueDepthHigh", "QueueDepthCritical"])
def test_its_queue_fires(alert, scraped, story, happens):
    happens(story(alert, scraped, silent=["4m45s"], fires=["5m"]).because(queue="ingestion-service"))


def test_its_missing_status_is_told_by_an_alert_of_its_own(scraped, story, happens):
    fires = story("StatusLabelMissing", scraped, silent=["14m45s"], fires=["15m", "29m"])
    happens(fires.because(service="ingestion-service"))


def test_a_status_on_every_series_is_silent(story, happens):
    whole = {f'dataflux_requests_total{{endpoint="/upload",status="200",{TARGET}}}': growing(25)}
    happens(story("StatusLabelMissing", whole, silent=["15m", "29m"]))


def test_its_error_rate_has_no_line_and_is_silent(scraped, story, happens, values, prometheus_rules):
    happens(story("ErrorRateHigh", scraped, silent=["2m15s", "29m"]))
    # Read from the counter instead of what is recorded of it, and without the level.
    share = prometheus_rules["ErrorRateHigh"]["expr"].removesuffix(" > 0.05")
    share = re.sub(r"endpoint_service_status:dataflux_requests:rate5m(\{[^}]*\})?", read, share)
    # Not 0: nobody knows whether its requests fail. StatusLabelMissing tells.
    assert list(values(scraped, [share], [600])[share, 600].values()) == []


def read(recorded):
    return f"rate(dataflux_requests_total{recorded[1] or ''}[5m])"


def test_its_response_time_fires(scraped, story, happens):
    happens(story("ResponseTimeHigh", scraped, silent=["5m"], fires=["5m15s"]).because(service="ingestion-service"))


@pytest.mark.parametrize("signal", ["service_rate", "service_latency", "queue_depth"])
def test_its_panels_have_lines(signal, scraped, values, compiled):
    """Every query of every panel of the signal has a series, with All chosen in every variable."""
    shown = [
        query
        for page in compiled.product.site.pages
        for panel in page.drawn
        for view in panel.views
        if view.signal.name == signal
        for query in queries(page, view, compiled)
    ]
    assert shown
    found = values(scraped, shown, [1200])
    assert [query for query in shown if not found[query, 1200]] == []


def queries(page, view, compiled):
    from kit.draw.links import variables
    from kit.model.expr import Scope
    from kit.model.matcher import Match

    every = tuple(
        Match(choice.filters, "=~", choice.every if choice.multi else "ingestion-service")
        for choice in variables(page, compiled.product.site)
    )
    return [text for _, text in view.queries(Scope(where=every, window="5m"))]
