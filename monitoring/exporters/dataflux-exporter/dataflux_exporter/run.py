"""One run of a collector: how long it may take, how it is cut short, and what must not be said of it."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from dataflux_exporter.errors import Broken, TimedOut, sentence
from dataflux_exporter.samples import Sample, checked
from dataflux_exporter.secret import Secret

Read = Callable[[str], Iterable[Sample]]


class Run:
    """A run that has `timeout` seconds and may give `max_series` series. `clock` is monotonic.

    `returned` once the thread that does it has come back, which can be long after its time was up.
    """

    def __init__(self, timeout: float, max_series: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.timeout = timeout
        self.max_series = max_series
        self._clock = clock
        self.begun = clock()
        self.secrets: set[str] = set()
        self._cut: Callable[[], None] | None = None
        self._lock = threading.Lock()
        self._over = False
        self.returned = False

    @property
    def deadline(self) -> float:
        """When its time is up, by the monotonic clock."""
        return self.begun + self.timeout

    def left(self) -> float:
        """Seconds that are left. Raises TimedOut when there are none."""
        left = self.deadline - self._clock()
        if left <= 0 or self._over:
            raise TimedOut(f"it did not finish within {self.timeout:g} s")
        return left

    def reveal(self, secret: Secret | None) -> str | None:
        """The secret, which no sentence of this run will contain. Raises Broken."""
        if secret is None:
            return None
        revealed = secret.reveal()
        self.secrets.add(revealed)
        return revealed

    def cut_by(self, cut: Callable[[], None] | None) -> None:
        """What wakes a call that waits for the source, when time is up; it must not wait itself. None: nothing does."""
        with self._lock:
            self._cut = cut

    def cut(self) -> None:
        """Time is up: wake whatever waits."""
        with self._lock:
            self._over = True
            if self._cut:
                self._cut()


class Source(Protocol):
    """Something to read: its parts are read one after the other, and each fails alone."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of what can be read: queries, queues, buckets, paths."""

    def open(self, run: Run) -> AbstractContextManager[Read]:
        """Connect; what comes back reads a part. Both raise Fails, Broken, or whatever a client library raises."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a part: its samples, or a sentence that says why there are none. An empty part means all."""

    part: str
    samples: tuple[Sample, ...] | None = None
    problem: str = ""


def outcomes(source: Source, run: Run) -> Iterator[Outcome]:
    """Every part in turn; only the first word of a source that is out of reach. Raises nothing."""
    try:
        with source.open(run) as read:
            for part in source.parts:
                yield _outcome(read, part, run)
    except Exception as error:
        yield Outcome("", problem=sentence(error, run.secrets))


def _outcome(read: Read, part: str, run: Run) -> Outcome:
    try:
        run.left()
        return Outcome(part, checked(read(part), run.max_series))
    except Broken:
        raise
    except Exception as error:
        return Outcome(part, problem=sentence(error, run.secrets))
