"""The Python services' code, as their own folders hold it."""

import logging
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
sys.path.insert(0, str(EXAMPLES / "python-service"))


@pytest.fixture(scope="session")
def examples():
    return EXAMPLES


@pytest.fixture(autouse=True)
def logging_as_before():
    """A test may send all logs elsewhere; afterwards they go where they went."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
