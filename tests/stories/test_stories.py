"""Every story is true of what is compiled for Prometheus."""

import pytest


def test_it_happens_as_told(told, failures):
    area, story = told
    if wrong := failures(area, story):
        pytest.fail(wrong, pytrace=False)
