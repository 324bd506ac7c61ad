"""One form for what means the same."""

import pytest

from kit.publish.canonical import canonical, digest, duration, spec


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1.0}, {"a": 1}),
        ({"a": [1.0, {"b": -2.0}]}, {"a": [1, {"b": -2}]}),
        ({"a": 0.0}, {"a": 0}),
        ([1.0], [1]),
        ({"a": {"y": 1, "x": {"d": 1, "c": 2}}}, {"a": {"x": {"c": 2, "d": 1}, "y": 1}}),
    ],
)
def test_what_means_the_same_has_one_digest(one, other):
    assert canonical(one) == canonical(other)
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": "1"}),
        ({"a": 1}, {"a": True}),
        ({"a": 0}, {"a": False}),
        ({"a": None}, {}),
        ({"a": []}, {"a": {}}),
        ({"a": 1.5}, {"a": 1}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": "1.0"}, {"a": "1"}),
        ({"a": ""}, {"a": None}),
    ],
)
def test_what_differs_has_two(one, other):
    assert digest(one) != digest(other)


def test_numbers_that_are_no_whole_ones_stay():
    assert canonical({"a": 1.25, "b": 1e-7, "c": 2.0, "d": "x 3.0,"}) == b'{"a":1.25,"b":1e-7,"c":2,"d":"x 3.0,"}'


def test_a_dashboard_is_compared_without_what_grafana_gives_it():
    assert spec({"id": 4, "uid": "x", "version": 3, "title": "T"}) == {"title": "T"}


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("60s", "60s"), ("1m", "60s"), ("1m0s", "60s"), ("1m30s", "90s"), ("90s", "90s"), ("24h", "86400s"),
        ("1d", "86400s"), ("7d", "604800s"), ("1w", "604800s"), ("1h30m", "5400s"), ("0s", "0s"),
        ("", ""), ("1ms", "1ms"), ("soon", "soon"), ("1.5h", "1.5h"), ("5", "5"),
    ],
)  # fmt: skip
def test_a_duration_has_one_form(text, one):
    assert duration(text) == one
