"""A box, proven or not: its command is run, and all that it says goes into a file."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path

from attrs import frozen

from checklist.page import Box

# Debian keeps PostgreSQL's programs out of the PATH.
_ASIDE = Path("/usr/lib/postgresql")
# How long what is interrupted may take to end the programs that it started; seconds.
_PATIENCE = 60
_LAST = 15


class State(Enum):
    """What became of a box."""

    PROVEN = "proven"
    FAILED = "failed"
    NOT_RUN = "not run"
    EMPTY = "empty"
    INTERRUPTED = "interrupted"


@frozen
class Proof:
    """A box, what became of it, after how many seconds, with which exit code; where the output is, what was missing."""

    box: Box
    state: State
    seconds: float = 0.0
    code: int = 0
    output: Path | None = None
    missing: tuple[str, ...] = ()

    def last_lines(self) -> Iterator[str]:
        """How the output ends."""
        if self.output:
            yield from self.output.read_text(errors="replace").rstrip().splitlines()[-_LAST:]


def prove(box: Box, root: Path, folder: Path) -> Proof:
    """Run the box's command in `root`, its output going to a file in `folder`."""
    if not box.command:
        return Proof(box, State.EMPTY)
    if missing := tuple(program for program in box.needs if not _found(program)):
        return Proof(box, State.NOT_RUN, missing=missing)
    folder.mkdir(parents=True, exist_ok=True)
    output, begun = folder / f"{box.number:02}.txt", time.monotonic()
    code = _run(box.command, root, output)
    state = State.INTERRUPTED if code is None else State.FAILED if code else State.PROVEN
    return Proof(box, state, time.monotonic() - begun, code or 0, output)


def _found(program: str) -> bool:
    return any(shutil.which(program, path=path) for path in (None, *_ASIDE.glob("*/bin")))


def _run(command: str, root: Path, output: Path) -> int | None:
    """The exit code; None where we were interrupted."""
    with output.open("wb") as said:
        said.write(f"$ {command}\n".encode())
        said.flush()
        # A process group of its own: so Ctrl-C comes to us, and we pass it on and wait.
        process = subprocess.Popen(
            command, shell=True, cwd=root, env=_environment(), process_group=0,
            stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            return None


def _environment() -> dict[str, str]:
    """As in CI, where a test that lacks a tool fails instead of being skipped; and as if no make were around us."""
    ours = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    return {**{name: value for name, value in os.environ.items() if name not in ours}, "CI": "true"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """As a terminal's Ctrl-C, on which pytest ends the programs that its tests started; then whatever is left."""
    os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
