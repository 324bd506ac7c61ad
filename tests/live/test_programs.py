"""Programs beside us: waited for, ended, and said in a sentence where they do not come up."""

import sys

import pytest

from kit.live.programs import LOOPBACK, NotStarted, answers, free_port, listens, running

SERVE = [sys.executable, "-m", "http.server", "--bind", LOOPBACK]


def test_a_program_is_there_within_its_block_and_gone_after_it(tmp_path):
    port = free_port()
    with running([*SERVE, str(port)], log=tmp_path / "log", until=lambda: listens(port), cwd=tmp_path):
        assert answers(f"http://{LOOPBACK}:{port}/")
        assert not answers(f"http://{LOOPBACK}:{port}/nothing")
    assert not listens(port)


def test_what_it_started_ends_with_it_even_if_it_ignores_the_signal(tmp_path):
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(600)"
    )
    log = tmp_path / "log"
    from kit.live import programs

    with running([sys.executable, "-c", code], log=log, until=lambda: "on" in log.read_text()) as process:
        assert programs.stop(process, patience=0.2) == -9


def test_one_that_ends_at_once_is_told_with_its_last_words(tmp_path):
    with (
        pytest.raises(NotStarted, match=r"python\S* ended with exit code 3: 'no such thing'"),
        running([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"], log=tmp_path / "log",
                until=lambda: False),
    ):  # fmt: skip
        pass


def test_one_that_never_answers_is_ended_and_told(tmp_path):
    with (
        pytest.raises(NotStarted, match=r"did not answer within 0.3 s: it said nothing"),
        running([sys.executable, "-c", "import time; time.sleep(600)"], log=tmp_path / "log", until=lambda: False,
                timeout=0.3),
    ):  # fmt: skip
        pass


def test_one_that_is_not_there(tmp_path):
    with (
        pytest.raises(NotStarted, match="/no/such cannot be started: No such file or directory"),
        running(["/no/such"], log=tmp_path / "log", until=lambda: True),
    ):
        pass


def test_ports_in_a_row_are_free():
    first = free_port(5)
    assert not any(listens(port) for port in range(first, first + 5))
