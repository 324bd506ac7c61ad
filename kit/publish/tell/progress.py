"""How far it is, while it runs: bars on a terminal, lines elsewhere, nothing where a machine reads."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from attrs import define, field

from kit.publish.tell.plain import flat

# Target, stage ("look", "read", "plan", "backup", "write", "read back"), how many are done, of how many (0: unknown).
Told = Callable[[str, str, int, int], None]
# A line at most every so many objects, or after so many seconds.
_EVERY, _SECONDS = 25, 5.0


@contextmanager
def progress(stream: TextIO, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> Iterator[Told]:
    """What is called, from any thread, to say how far a target is. A stream that is gone stops nothing."""
    if quiet:
        yield lambda target, stage, done, total: None
    elif _live(stream):
        with _bars(stream) as told:
            yield told
    else:
        yield _Lines(stream, clock)


def _live(stream: TextIO) -> bool:
    return stream.isatty() and os.environ.get("TERM", "").lower() not in ("dumb", "unknown")


@define
class _Stage:
    """What was told last of one target, and when."""

    name: str
    done: int
    at: float


@define
class _Lines:
    stream: TextIO
    clock: Callable[[], float]
    _last: dict[str, _Stage] = field(factory=dict, init=False)
    _lock: Any = field(factory=threading.Lock, init=False)

    def __call__(self, target: str, stage: str, done: int, total: int) -> None:
        with self._lock:
            if self._due(self._last.get(target), stage, done):
                self._last[target] = _Stage(stage, done, self.clock())
                self._say(f"{flat(target)}  {stage} {f'{done}/{total}' if total else '…'}")

    def _due(self, last: _Stage | None, stage: str, done: int) -> bool:
        if last is None or last.name != stage:
            return True
        return done // _EVERY > last.done // _EVERY or (done > last.done and self.clock() - last.at >= _SECONDS)

    def _say(self, line: str) -> None:
        with suppress(OSError, ValueError):  # whoever read along has gone, which is no reason to stop writing
            self.stream.write(f"{line}\n")
            self.stream.flush()


@contextmanager
def _bars(stream: TextIO) -> Iterator[Told]:
    """A bar for each target, which disappears at the end. rich is imported here alone: it takes a while."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.fields[target]}", markup=False), TextColumn("{task.description}", markup=False), BarColumn(),
        TextColumn("{task.fields[counted]}", markup=False), TimeElapsedColumn(),
    )  # fmt: skip
    console = Console(file=stream, force_terminal=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bars:
        yield _Bars(bars)


@define
class _Bars:
    bars: Any
    _tasks: dict[str, Any] = field(factory=dict, init=False)
    _done: dict[tuple[str, str], int] = field(factory=dict, init=False)
    _lock: Any = field(factory=threading.Lock, init=False)

    def __call__(self, target: str, stage: str, done: int, total: int) -> None:
        with self._lock:
            if target not in self._tasks:
                self._tasks[target] = self.bars.add_task(stage, total=None, target=flat(target), counted="")
            most = self._done[target, stage] = max(done, self._done.get((target, stage), 0))
            counted = f"{most}/{total}" if total else ""
            self.bars.update(
                self._tasks[target], description=stage, completed=most, total=total or None, counted=counted
            )
