"""Programs that run beside us on loopback: started, waited for until they answer, and ended again."""

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

LOOPBACK = "127.0.0.1"


class NotStarted(Exception):
    """A program that did not come up; one sentence that says which, how it ended, and its last words."""


def free_port(many: int = 1) -> int:
    """A port of the loopback address on which nothing listens now; the first of `many` in a row.

    It lies below those that Linux gives to outgoing connections, so that none of them takes it in between. Raises
    NotStarted where none is found.
    """
    for _ in range(200):
        first = random.randrange(10_000, 32_000 - many)
        if all(_is_free(port) for port in range(first, first + many)):
            return first
    raise NotStarted(f"no {many} ports in a row are free on {LOOPBACK}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def listens(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def answers(url: str) -> bool:
    """Whether a GET of the URL is answered with a status below 400 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except (OSError, urllib.error.URLError, ValueError):
        return False


@contextmanager
def running(
    argv: list[str],
    *,
    log: Path,
    until: Callable[[], bool],
    timeout: float = 30,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    starting: AbstractContextManager[None] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, from when `until()` is true; ended by SIGTERM (SIGKILL after ten seconds) with the block.

    Its output goes to `log`; `env` is added to ours, `user` is whom it runs as, `starting` is entered while it is being
    started. Raises NotStarted.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    process: subprocess.Popen[bytes] | None = None
    try:
        with starting or nullcontext(), log.open("ab") as said:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                user=user,
                start_new_session=True,
            )
        _wait(process, argv[0], log, until, timeout)
        yield process
    except OSError as error:
        if process is None:
            raise NotStarted(f"{argv[0]} cannot be started: {error.strerror}") from None
        raise
    finally:
        if process is not None:
            stop(process)


def _wait(process: subprocess.Popen[bytes], name: str, log: Path, until: Callable[[], bool], timeout: float) -> None:
    end = time.monotonic() + timeout
    while not until():
        if process.poll() is not None:
            raise NotStarted(f"{name} ended with exit code {process.returncode}: {_last_words(log)}")
        if time.monotonic() > end:
            raise NotStarted(f"{name} did not answer within {timeout:g} s: {_last_words(log)}")
        time.sleep(0.05)


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"'{lines[-1].strip()[:300]}' ({log})" if lines else f"it said nothing ({log})"


def stop(process: subprocess.Popen[bytes], patience: float = 10) -> int:
    """End the program and what it started; the exit code. SIGTERM first, SIGKILL after `patience` seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what it left behind
    return code
