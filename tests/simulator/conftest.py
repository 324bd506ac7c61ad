from functools import cache
from pathlib import Path

import pytest

from kit.compile import compiled
from simulator import stage
from simulator.scrape import Configured
from tests.simulator.mornings import hours

ROOT = Path(__file__).resolve().parents[2]


@cache
def configured_for(*beside):
    """What is scraped when DataFlux is played; compiled once."""
    asked = stage.Stage(root=ROOT, work=ROOT / ".cache/none", settings=ROOT / "settings.py", beside=beside)
    result, faults = compiled(stage.settings(asked), ROOT)
    assert not faults
    return Configured(result.files)


@pytest.fixture(scope="session")
def configured():
    return configured_for()


@pytest.fixture(scope="session")
def morning():
    """Two hours of an ordinary working morning."""
    return hours()
