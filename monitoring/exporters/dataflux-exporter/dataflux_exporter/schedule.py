"""When collectors run: each on its own schedule in its own thread, at most one at a time, none waited for."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dataflux_exporter.errors import Fails
from dataflux_exporter.logs import Teller
from dataflux_exporter.run import Run, Source, outcomes
from dataflux_exporter.samples import Sample
from dataflux_exporter.store import Store

# The scheduler turns at least this often, so that its standing still is noticed.
_TURN = 1.0
_STANDS_STILL = 15.0


def in_thread(work: Callable[[], None], name: str) -> None:
    """Start the work in a daemon thread, which blocks no exit. Raises RuntimeError when no more can be had."""
    threading.Thread(target=work, name=name, daemon=True).start()


@dataclass(slots=True)
class Job:
    """A collector and the runs of it. Times in seconds; `start` is how a run is started beside us."""

    name: str
    source: Source
    interval: float
    timeout: float
    max_series: int
    store: Store
    teller: Teller
    clock: Callable[[], float] = time.monotonic
    start: Callable[[Callable[[], None], str], None] = in_thread
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _due: float | None = None
    _run: Run | None = None
    _last: Run | None = None

    def turn(self) -> float:
        """Give up a run whose time is up, start one that is due; returns when to look again (monotonic clock)."""
        now = self.clock()
        run = self._run
        if run and now >= run.deadline:
            self._give_up(run)
        if self._due is None or now >= self._due:
            self._due = now + self.interval
            self._begin()
        run = self._run
        return min(self._due, run.deadline) if run else self._due

    def _begin(self) -> None:
        if self._last and not self._last.returned:
            # Another thread would hang just the same: one is kept, however long it takes.
            if self._run is None:
                self.teller.failed(self.name, "the former run still hangs, so no other is started")
            return
        run = Run(self.timeout, self.max_series, self.clock)
        self._run = self._last = run
        try:
            self.start(lambda: self._work(run), f"collector {self.name}")
        except RuntimeError:
            run.returned = True
            self._end(run, success=False)
            self.teller.failed(self.name, "no thread can be started; give the exporter more threads or memory")

    def _work(self, run: Run) -> None:
        try:
            self._collect(run)
        finally:
            run.returned = True

    def _collect(self, run: Run) -> None:
        problems = False
        for outcome in outcomes(self.source, run):
            problem = outcome.problem or self._keep(run, outcome.part, outcome.samples or ())
            if self._run is not run:
                return
            if problem:
                problems = True
                self.teller.failed(self.name, f"{outcome.part}: {problem}" if outcome.part else problem)
        if self._end(run, success=not problems) and not problems:
            self.teller.worked(self.name, self.clock() - run.begun)

    def _keep(self, run: Run, part: str, samples: tuple[Sample, ...]) -> str:
        """Show what was found, unless the run was given up; what speaks against it, or an empty text."""
        with self._lock:
            if self._run is not run:
                return ""
            try:
                self.store.put(self.name, part, samples)
            except Fails as error:
                return str(error)
        return ""

    def _give_up(self, run: Run) -> None:
        if self._end(run, success=False):
            self.teller.failed(self.name, f"it did not finish within {self.timeout:g} s")
            run.cut()

    def _end(self, run: Run, *, success: bool) -> bool:
        """The run is over; False when it was over already."""
        with self._lock:
            if self._run is not run:
                return False
            self._run = None
            self.store.finish(self.name, success=success, duration=self.clock() - run.begun)
            return True


class Scheduler:
    """Turns the jobs, in a daemon thread of its own."""

    def __init__(self, jobs: Sequence[Job], clock: Callable[[], float] = time.monotonic) -> None:
        self._jobs = jobs
        self._clock = clock
        self._turned = clock()

    def begin(self) -> None:
        """Start turning."""
        threading.Thread(target=self._turn, name="scheduler", daemon=True).start()

    def alive(self) -> bool:
        """Whether it has turned lately."""
        return self._clock() - self._turned < _STANDS_STILL

    def _turn(self) -> None:
        while True:
            self._turned = self._clock()
            next_look = min((job.turn() for job in self._jobs), default=self._turned + _TURN)
            time.sleep(max(0.005, min(_TURN, next_look - self._clock())))
