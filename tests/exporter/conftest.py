"""The exporter's package, configurations to break, and the exporter as a program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
EXPORTER = ROOT / "monitoring" / "exporters" / "dataflux-exporter"
if str(EXPORTER) not in sys.path:
    sys.path.insert(0, str(EXPORTER))


@pytest.fixture(scope="session")
def exporter():
    """The folder of the exporter."""
    return EXPORTER


@pytest.fixture
def configuration(tmp_path):
    """`configuration(text_or_data)`: a file with it."""

    def write(given):
        path = tmp_path / "config.yml"
        path.write_text(given if isinstance(given, str) else yaml.safe_dump(given))
        return path

    return write


@pytest.fixture
def program():
    """`program("--config", path)`: how the exporter ended and what it said."""

    def run(*arguments, env=None):
        return subprocess.run(
            [sys.executable, "-m", "dataflux_exporter", *map(str, arguments)],
            cwd=EXPORTER,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


class Clock:
    """A monotonic clock that goes only when it is told to."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def pass_(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()
