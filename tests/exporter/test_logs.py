"""Log lines have the form that DataFlux's log pipeline expects."""

import json
import logging

import pytest
from dataflux_exporter import logs


@pytest.fixture(autouse=True)
def as_before():
    """Logging is the process's: put it back."""
    root, own = logging.getLogger(), logging.getLogger("dataflux_exporter")
    before = root.handlers[:], own.handlers[:], own.propagate, own.level, logging.raiseExceptions
    yield
    root.handlers[:], own.handlers[:], own.propagate, level, logging.raiseExceptions = before
    own.setLevel(level)
    logging.captureWarnings(False)


def test_one_object_a_line(capsys):
    logs.begin("INFO")
    logs.say("WARN", "two\nlines, 100 % ü", collector="assets", duration_ms=5)
    logs.say("DEBUG", "not shown")
    [line] = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found.pop("timestamp").endswith("Z")
    assert found == {
        "level": "WARN",
        "service": "dataflux-exporter",
        "message": "two\nlines, 100 % ü",
        "collector": "assets",
        "duration_ms": 5,
    }


def test_client_libraries_have_no_voice(capsys):
    logs.begin("DEBUG")
    logging.getLogger("psycopg").warning("error in host=db password=hunter2")
    logging.getLogger("dataflux_exporter_not").error("hunter2")
    said = capsys.readouterr()
    assert said.out == "" and said.err == ""
