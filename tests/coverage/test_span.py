"""Grafana's step, and what it fills in itself."""

import pytest

from kit.coverage.span import Span, duration, seconds

HOUR = 3600


@pytest.mark.parametrize(
    ("length", "least", "points", "step"),
    [
        (HOUR, 0, 1000, 15),  # 3.6 s, but the scrape interval is 15 s
        (6 * HOUR, 0, 1000, 20),
        (24 * HOUR, 0, 1000, 60),
        (24 * HOUR, 0, 100, 900),
        (24 * HOUR, 300, 1000, 300),
        (6 * HOUR, 5, 1000, 20),
        (7 * 24 * HOUR, 0, 1000, 600),
        (6 * HOUR, 0, 10**9, 15),
    ],
)
def test_the_step_is_the_range_over_the_points_rounded_as_grafana_rounds(length, least, points, step):
    assert Span(0, length).step(least, points) == step


@pytest.mark.parametrize(
    ("scrape", "step", "least", "interval"),
    [
        # https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
        (15, 15, 0, "1m"),
        (15, 60, 0, "1m15s"),
        (30, 30, 0, "2m"),
        (15, 300, 0, "5m15s"),
        (15, 15, 60, "4m"),
        (5, 0.5, 0, "20s"),
    ],
)
def test_the_rate_interval_is_four_scrapes_or_the_step_and_one(scrape, step, least, interval):
    assert Span(0, HOUR, scrape).built_in(step, least)["__rate_interval"] == interval


def test_what_grafana_fills_in():
    assert Span(10_000, 6 * HOUR).built_in(90) == {
        "__interval": "1m30s",
        "__interval_ms": "90000",
        "__rate_interval": "1m45s",
        "__rate_interval_ms": "105000",
        "__range": "21600s",
        "__range_s": "21600",
        "__range_ms": "21600000",
        "__from": "-11600000",
        "__to": "10000000",
    }


@pytest.mark.parametrize(
    ("text", "length"),
    [("15s", 15), ("1m30s", 90), ("500ms", 0.5), (">10s", 10), ("30", 30), ("1w", 604800), ("$step", 0), ("", 0)],
)
def test_durations_are_read(text, length):
    assert seconds(text) == length


@pytest.mark.parametrize(
    ("length", "text"), [(0, "0s"), (75, "1m15s"), (0.5, "500ms"), (86400, "24h"), (90.25, "1m30s250ms")]
)
def test_durations_are_written_so_that_prometheus_reads_them(length, text):
    assert duration(length) == text
    assert seconds(text) == length
