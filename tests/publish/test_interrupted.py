"""Ctrl-C at any moment, for real: exit code 130, no traceback, what was written is told, a later run finishes it."""

import os
import random
import signal
import time

import pytest

from tests.double.faults import First, Slow, every, nth, on, reads, writes
from tests.publish.small import MANY

# Requests of a first publish: in each of these parts of it one is drawn.
PARTS = [(2, 14), (15, 30), (31, 45)]


def interrupted(stage, when, *arguments, command=("publish",), what=First):
    """A publish, or another command, to which Ctrl-C comes with the request that `when` chooses, which is answered a
    moment later."""
    programs = []

    def press(grafana):
        programs[0].send_signal(signal.SIGINT)
        time.sleep(0.1)

    stage.grafana.faults.add(what(press), when, times=1)
    programs.append(stage.start(*command, "--json", *arguments))
    ended = stage.finished(programs[0])
    stage.grafana.faults.clear()
    assert "Traceback" not in ended.said
    return ended


def tells_the_truth(stage, ended):
    """Every object that is said to be written is there; of the others the run says which."""
    told = {key for key, outcome in ended.ended.items() if outcome == "written"}
    left = {key for action, _, key in stage.plan().steps if action == "create"}
    assert not told & left and len(told) + len(left) >= MANY - len(
        [1 for one in ended.ended.values() if one == "unknown"]
    )


@pytest.mark.parametrize("part", PARTS)
def test_at_a_random_request(stage, part):
    number = random.randint(*part)
    print("at the request", number)
    ended = interrupted(stage, nth(number))
    assert ended.code == 130, ended.said
    assert "Interrupted: waiting for the requests under way" in ended.err
    assert "written" in ended.sentence
    tells_the_truth(stage, ended)
    stage.published()


def test_at_the_first_request_nothing_was_written(stage):
    ended = interrupted(stage, nth(1))
    assert ended.code == 130
    assert ended.sentence.endswith("nothing was written")
    assert stage.grafana.writes() == []


def test_drift_which_only_reads(stage):
    ended = interrupted(stage, nth(3), command=("drift",))
    assert (ended.code, ended.report["exit"]) == (130, 130), ended.said
    assert stage.grafana.writes() == []


@pytest.mark.parametrize("when", [nth(3), nth(2, of=writes)], ids=["reading", "writing"])
def test_going_back(stage, when):
    run = stage.published().target["run"]
    ended = interrupted(stage, when, command=("rollback", run))
    assert (ended.code, ended.report["exit"]) == (130, 130), ended.said
    back = stage.run("rollback", run=run)
    assert back.code == 0, back.said
    assert stage.grafana.state.dashboards == {}


def test_in_the_middle_of_writing_it_says_how_many_were_written(stage):
    ended = interrupted(stage, on("POST", "/contact-points"))
    assert ended.code == 130
    assert (
        ended.sentence.startswith("interrupted: ")
        and "the same command with the same options finishes it" in ended.sentence
    )
    assert "not tried" in ended.ended.values()
    tells_the_truth(stage, ended)
    stage.published()


def test_while_it_reads_back(stage):
    """What was sent and could not be read back is not said to be read back."""
    seen = []
    back = on("GET", "/dashboards/df-")
    after = lambda request: bool(seen) and back(request)  # noqa: E731
    stage.grafana.faults.add(First(lambda grafana: seen.append(1)), on("POST", "/inhibitionrules"), times=1)
    ended = interrupted(stage, after)
    assert ended.code == 130
    stage.published()


def test_while_it_waits_for_a_slow_answer(stage):
    stage.grafana.faults.add(Slow(1.0), nth(5, of=reads), times=1)
    ended = interrupted(stage, nth(4, of=every))
    assert ended.code == 130


def test_again_ends_at_once(stage):
    """Though Grafana does not answer for a long time."""
    programs = []

    def press(grafana):
        programs[0].send_signal(signal.SIGINT)
        time.sleep(0.3)
        programs[0].send_signal(signal.SIGINT)
        programs[0].wait(10)
        ended.append(time.monotonic())
        time.sleep(1)

    ended = []
    stage.grafana.faults.add(First(press), on("PUT", "/templates/"), times=1)
    programs.append(stage.start("publish"))
    last = stage.finished(programs[0])
    assert last.code == 130 and "Traceback" not in last.said, last.said
    assert "Ended at once: what was under way may have been written; publish again to finish" in last.err
    stage.grafana.faults.clear()
    time.sleep(1.2)
    assert ended
    stage.published()


def test_before_the_first_request(stage, tmp_path):
    """Git is asked before Grafana is: here it is one that presses Ctrl-C."""
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nkill -INT $PPID\nsleep 0.2\nexit 1\n")
    git.chmod(0o755)
    stage.environ["PATH"] = f"{git.parent}:{os.environ['PATH']}"
    ended = stage.built("publish")
    assert ended.code == 130 and "Traceback" not in ended.said, ended.said
    assert "nothing was written" in ended.said.lower()
    assert stage.grafana.writes() == []


def test_while_it_is_still_being_loaded(stage):
    """The first module of publishing that is loaded presses Ctrl-C."""
    stage.place.write("attrs.py", "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    ended = stage.built("publish")
    assert (ended.code, ended.err.strip()) == (130, "Interrupted.")
    assert stage.grafana.log == []


def test_a_plan_too(stage):
    programs = []
    stage.grafana.faults.add(First(lambda grafana: programs[0].send_signal(signal.SIGINT)), nth(3), times=1)
    programs.append(stage.start("plan"))
    ended = stage.finished(programs[0])
    assert ended.code == 130 and "Traceback" not in ended.said
    stage.grafana.only_reads()
