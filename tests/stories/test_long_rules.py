"""A rule that asks for a hundred metrics says with all of them what it says with those that a story has; and stories of
many hours are true.

Every other test tells such a rule shortened, for the whole takes minutes of promtool.
"""

import pytest


@pytest.mark.thorough
def test_it_happens_as_told_with_the_whole_rule(told_long, failures):
    area, story = told_long
    if wrong := failures(area, story, whole=True):
        pytest.fail(wrong, pytrace=False)
