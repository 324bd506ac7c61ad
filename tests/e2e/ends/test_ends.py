"""How a demo ends: at any moment, by a terminal's Ctrl-C or a signal, with a port that was taken."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from kit.live.programs import free_port, listens
from tests.e2e.data.conftest import ROOT, demo_of, ended, waiting

SHORT = ("--hours=0.2", "--days=6")


def interrupted(folder, after, more=0.0):
    """How a demo ends to which a terminal sends Ctrl-C once it has said `after`: exit code, what it said, its folder.

    A terminal sends it to every process that belongs to it; `more`: seconds later.
    """
    work = folder / "work"
    argv = [sys.executable, "-u", "build.py", "demo", "--work", str(work), *SHORT]
    argv += [f"--prometheus-port={free_port()}", f"--first-port={free_port(32)}"]
    process = subprocess.Popen(
        argv, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    said = ""
    for line in process.stdout:
        said += line
        if after in line:
            break
    time.sleep(more)
    os.killpg(process.pid, signal.SIGINT)
    try:
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, said + rest, work


@pytest.mark.parametrize(
    ("after", "more"),
    [("Playing DataFlux", 0), ("Playing DataFlux", 1), ("are there:", 0), ("are there:", 0.3), ("Ctrl-C ends it", 0.8),
     ("Ctrl-C ends it", 2.5)],
)  # fmt: skip
def test_ctrl_c_ends_it_at_any_moment_and_leaves_nothing_behind(after, more, tool, tmp_path):
    tool("prometheus")
    code, said, work = interrupted(tmp_path, after, more)
    assert (code, said.splitlines()[-1]) == (0, "Ended."), said
    assert "Traceback" not in said and "Exception" not in said
    assert not list(work.rglob("past-*.txt"))
    assert not subprocess.run(["pgrep", "-f", str(work)], capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_it_ends_cleanly(name, tool, tmp_path):
    tool("prometheus")
    with demo_of(tmp_path / "work", *SHORT) as short:
        code, last = ended(short, getattr(signal, name))
        assert (code, last) == (0, "Ended.")
        for url in (short.url, short.control):
            assert not listens(int(url.rsplit(":", 1)[1]))


def test_a_taken_port_costs_one_target_and_is_told(tool, tmp_path):
    tool("prometheus")
    first = free_port(32)
    with socket.socket() as other:
        other.bind(("127.0.0.1", first + 3))
        other.listen()
        with demo_of(tmp_path / "work", *SHORT, first=first) as short:
            said = short.log.read_text()
            assert f"port {first + 3} of 127.0.0.1 cannot be used" in said
            assert "query-service:8002 is not played and its panels stay empty; --first-port names another" in said

            def others_are_up():
                return [one for one, health in short.targets().items() if health == "up"][20:]

            waiting(others_are_up)
            assert ended(short) == (1, "Ended; 1 of it was not played as asked.")
