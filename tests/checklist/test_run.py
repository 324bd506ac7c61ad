"""What is said of boxes that are proven, fail, lack a program or a command, or are interrupted; and the exit codes."""

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from checklist.__main__ import run

ROOT = Path(__file__).resolve().parents[2]
GOOD = "1. [x] **Good**\n\n   It is good.\n\n   ```console\n   $ echo fine $CI $MAKELEVEL\n   ```\n\n"
BAD = "2. [x] **Bad one**\n\n   It is bad.\n\n   ```console\n   $ seq 40; exit 3\n   ```\n\n"
EMPTY = "3. [ ] **Empty**\n\n   Nothing proves it yet. For now.\n\n"
LACKING = "4. [x] **Lacking**\n\n   Needs `nonesuch`, `door`.\n\n   ```console\n   $ touch ran\n   ```\n\n"
TABLE = "## Programs\n\n| `door` | `doors` |\n"


@pytest.fixture
def said(tmp_path):
    """`said(text, "2")`: the exit code and what is said, of a page with that text."""
    (tmp_path / "docs").mkdir()

    def made(text, *asked, terminal=False):
        (tmp_path / "docs/checklist.md").write_text(text)
        out = io.StringIO()
        return run(tmp_path, asked, Console(file=out, force_terminal=terminal, width=60)), out.getvalue()

    return made


def test_a_line_for_each_box_then_what_is_not_proven_and_why(said, tmp_path):
    code, out = said(GOOD + BAD + EMPTY + LACKING + TABLE)
    numbers = "".join(f"     | {n}\n" for n in range(26, 41))
    assert (code, out) == (
        1,
        "  1  Good     proven           0 s\n"
        "  2  Bad one  failed           0 s\n"
        f"{numbers}"
        "     all of it: .cache/checklist/02.txt\n"
        "  3  Empty    empty\n"
        "  4  Lacking  not run\n"
        "\n1 of 4 boxes proven, in 0 s.\n"
        "  2 Bad one: exit code 3 of seq 40; exit 3; all that it said: .cache/checklist/02.txt\n"
        "  3 Empty: Nothing proves it yet\n"
        "  4 Lacking: nonesuch, door are not installed (on Debian: apt-get install doors)\n"
        "Exit code 1.\n",
    )
    assert (tmp_path / ".cache/checklist/02.txt").read_text().splitlines()[:2] == ["$ seq 40; exit 3", "1"]
    assert not (tmp_path / "ran").exists()


def test_an_empty_box_alone_is_no_failure(said, tmp_path, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.delenv("CI", raising=False)
    code, out = said(GOOD + EMPTY.replace("3.", "2."))
    assert (code, out.splitlines()[-3:]) == (
        0, ["1 of 2 boxes proven, in 0 s.", "  2 Empty: Nothing proves it yet", "Exit code 0."],
    )  # fmt: skip
    # What lacks a tool fails, and no make is around it.
    assert (tmp_path / ".cache/checklist/01.txt").read_text().splitlines()[1:] == ["fine true"]


def test_some_boxes_only(said):
    code, out = said(GOOD + BAD + EMPTY, "good")
    line = "  1  Good  proven           0 s\n"
    assert (code, out) == (0, f"{line}\n1 of 1 boxes proven (2 not tried), in 0 s.\nExit code 0.\n")


def test_what_a_proof_is_worth_without_a_variable_is_said(said, monkeypatch):
    text = GOOD.replace("It is good.", "It is good. Without `HOUSE_URL`: the doll's house. More.")
    monkeypatch.delenv("HOUSE_URL", raising=False)
    assert "proven           0 s   without HOUSE_URL: the doll's house\n" in said(text)[1]
    monkeypatch.setenv("HOUSE_URL", "http://house")
    assert "without" not in said(text)[1]


def test_on_a_terminal_the_same_is_left_when_all_is_done(said):
    code, out = said(GOOD, terminal=True)
    assert code == 0 and "proven" in out and "\x1b[" in out


@pytest.mark.parametrize(("text", "asked", "sentence"), [
    ("# nothing\n", (), "docs/checklist.md has no box"),
    (GOOD, ("9",), "there is no box '9'; name a number from 1 to 1"),
])  # fmt: skip
def test_what_cannot_be_run_is_said_and_ends_with_2(said, capsys, text, asked, sentence):
    assert said(text, *asked) == (2, "")
    assert sentence in capsys.readouterr().err


def test_a_page_that_is_not_there_is_said(tmp_path, capsys):
    assert run(tmp_path, (), Console(file=io.StringIO())) == 2
    assert capsys.readouterr().err == "docs/checklist.md: No such file or directory\n"


SLOW = """1. [x] **Slow**

   ```console
   $ trap 'echo tidied' INT; sleep 60 & echo $! > child; wait
   ```

2. [x] **Never**

   ```console
   $ touch ran
   ```
"""


def ended(process):
    """Whether it runs no more; it may wait for somebody who asks how it ended."""
    status = Path(f"/proc/{process}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_lets_the_command_tidy_up_and_says_how_far_it_came(sign, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/checklist.md").write_text(SLOW)
    code = f"import checklist.__main__ as it, pathlib; it.ROOT = pathlib.Path({str(tmp_path)!r}); it.main([])"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        # What a shell starts in the background ignores Ctrl-C, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 30
    while not (tmp_path / "child").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(sign)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    command = SLOW.split("$ ", 1)[1].splitlines()[0]
    said = [f"  1 Slow: interrupted; {command} was not at its end", "Exit code 130."]
    assert out.splitlines()[-2:] == said
    assert (tmp_path / ".cache/checklist/01.txt").read_text().splitlines()[1:] == ["tidied"]
    assert not (tmp_path / "ran").exists()
    assert ended(int((tmp_path / "child").read_text()))
