"""What the tests of the arithmetic share."""

import pytest

from tests.simulator.mornings import hours


@pytest.fixture(scope="session")
def morning():
    """Two hours of an ordinary working morning."""
    return hours()
