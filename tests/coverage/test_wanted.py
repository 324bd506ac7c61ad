"""The options of the command."""

import pytest

from kit.coverage.wanted import Unclear, span_of, time_of, values_of


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", None),
        ("1735732800", 1735732800),
        ("2025-01-01T12:00:00Z", 1735732800),
        ("2025-01-01T13:00:00+01:00", 1735732800),
        ("2025-01-01T12:00:00", 1735732800),
        ("2025-01-01", 1735689600),
    ],
)
def test_a_time(text, at):
    assert time_of(text) == at


@pytest.mark.parametrize("text", ["yesterday", "", "12:00", "99999999999999999"])
def test_a_time_that_is_none(text):
    with pytest.raises(Unclear, match="write now, 2026-01-31T12:00:00Z or unix seconds"):
        time_of(text)


def test_a_range():
    assert span_of("6h") == 21600
    for text in ("6 hours", "0s", "-1h", ""):
        with pytest.raises(Unclear, match="write 30m, 6h or 2d"):
            span_of(text)


def test_values_of_variables():
    assert values_of(["a=1", "b==", "a=2"]) == {"a": ("1", "2"), "b": ("=",)}
    for text in ("a", "=1", "a b=1"):
        with pytest.raises(Unclear, match="write service=ingestion-service"):
            values_of([text])
