"""Bars on a terminal, lines elsewhere, nothing where a machine reads."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kit.publish.tell.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Gone(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def lines(*calls, stream=None, quiet=False):
    """What is said of these calls; a number among them lets so many seconds pass."""
    stream, clock = stream or io.StringIO(), Clock()
    with progress(stream, quiet, clock) as told:
        for call in calls:
            if isinstance(call, tuple):
                told(*call)
            else:
                clock.now += call
    return stream.getvalue().splitlines()


@pytest.fixture(autouse=True)
def a_terminal_that_can(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


def test_a_stage_is_a_line():
    stages = ("look", "read", "read", "plan", "backup", "write", "read back")
    assert lines(*(("prod", stage, 0, 0) for stage in stages)) == [
        "prod  look …", "prod  read …", "prod  plan …", "prod  backup …", "prod  write …", "prod  read back …",
    ]  # fmt: skip


def test_writes_are_told_every_twenty_five():
    said = lines(*(("prod", "write", done, 60) for done in range(1, 61)))
    assert said == ["prod  write 1/60", "prod  write 25/60", "prod  write 50/60"]


def test_slow_writes_are_told_every_five_seconds():
    calls = [part for done in range(1, 9) for part in (("prod", "write", done, 60), 2.0)]
    assert lines(*calls) == ["prod  write 1/60", "prod  write 4/60", "prod  write 7/60"]


def test_what_comes_late_is_not_told():
    assert lines(("a", "write", 26, 60), 9.0, ("a", "write", 25, 60)) == ["a  write 26/60"]


def test_targets_are_told_apart():
    assert lines(("a", "read", 0, 0), ("b", "read", 0, 0), ("a", "read", 0, 0)) == ["a  read …", "b  read …"]


def test_many_threads_say_each_line_once_and_whole():
    stream = io.StringIO()
    with progress(stream, clock=Clock()) as told, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda done: told("prod", "write", done, 1000), range(1, 1001)))
    said = stream.getvalue().splitlines()
    assert len(said) == len(set(said)) <= 41
    assert all(line.startswith("prod  write ") and line.endswith("/1000") for line in said)


def test_a_name_does_nothing_to_a_terminal():
    assert lines(("\x1b[2Jprod\n", "read", 0, 0)) == ["prod  read …"]


def test_a_machine_reads_nothing():
    for stream in (io.StringIO(), Terminal()):
        assert lines(("prod", "write", 1, 2), stream=stream, quiet=True) == []


def test_a_stream_that_is_gone_stops_nothing():
    lines(("prod", "write", 1, 2), stream=Gone())
    with progress(io.StringIO()) as told:
        pass
    closed = io.StringIO()
    closed.close()
    with progress(io.StringIO()) as told:
        told.stream = closed
        told("prod", "write", 1, 2)


def test_a_dumb_terminal_gets_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert lines(("prod", "write", 1, 2), stream=Terminal()) == ["prod  write 1/2"]


def test_a_terminal_gets_a_bar_for_each_target_that_disappears():
    stream = Terminal()
    with progress(stream) as told:
        told("prod", "look", 0, 0)
        told("[bold]edge", "write", 1, 200)
        told("prod", "write", 150, 200)
        told("prod", "write", 140, 200)
        told.bars.refresh()
        shown = stream.getvalue()
    assert "prod" in shown and "[bold]edge" in shown
    assert "150/200" in shown and "1/200" in shown and "140/200" not in shown
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K" * 2)  # both lines are erased


def test_no_color_leaves_the_bar_without_colours(monkeypatch):
    def colours(stream):
        with progress(stream) as told:
            told("prod", "write", 1, 2)
            told.bars.refresh()
        return stream.getvalue().count("\x1b[38;5;") + stream.getvalue().count(";5;")

    assert colours(Terminal()) > 0
    monkeypatch.setenv("NO_COLOR", "1")
    assert colours(Terminal()) == 0


def test_rich_is_imported_only_for_a_terminal():
    code = (
        "import io, sys; from kit.publish.tell.progress import progress\n"
        "with progress(io.StringIO()) as told: told('prod', 'read', 0, 0)\n"
        "sys.exit('rich' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
