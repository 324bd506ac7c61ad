"""The latest that each collector has found: written by collectors, read by scrapes, never waited for."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dataflux_exporter.errors import Fails
from dataflux_exporter.samples import Sample, shown

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a collector: data older than `stale_after` seconds is not shown, `max_series` is the most."""

    stale_after: float
    max_series: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one part of a collector gave at a moment of the monotonic clock."""

    samples: tuple[Sample, ...]
    keys: frozenset[Key]
    at: float


@dataclass(frozen=True, slots=True)
class Status:
    """How a collector's last run ended. `age`: seconds since the oldest shown data was collected; None: none is."""

    collector: str
    success: bool
    duration: float
    age: float | None


class Store:
    """Thread-safe; `clock` is monotonic. What is handed out is frozen."""

    def __init__(self, limits: dict[str, Limits], clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], Found] = {}
        self._ended: dict[str, tuple[bool, float]] = {}

    def put(self, collector: str, part: str, samples: tuple[Sample, ...]) -> None:
        """Show these samples as the part's from now on.

        Raises Fails when another part shows one of them, or when the collector has too many; then nothing changes.
        """
        found = Found(samples, frozenset((sample.family.name, sample.labels) for sample in samples), self._clock())
        with self._lock:
            others = {key: other for key, other in self._fresh() if key != (collector, part)}
            for (name, its), other in others.items():
                if not found.keys.isdisjoint(other.keys):
                    twice = next(one for one in samples if (one.family.name, one.labels) in other.keys)
                    raise Fails(f"{shown(twice)} is already given by '{its}' of the collector '{name}'; change one")
            most = self._limits[collector].max_series
            if len(samples) + sum(len(one.samples) for key, one in others.items() if key[0] == collector) > most:
                raise Fails(f"it gives more than {most:,} series in all; aggregate them or raise max_series")
            self._found[collector, part] = found

    def finish(self, collector: str, *, success: bool, duration: float) -> None:
        """A run has ended, after so many seconds."""
        with self._lock:
            self._ended[collector] = (success, duration)

    def unfinished(self) -> tuple[str, ...]:
        """The collectors that have not finished a run yet."""
        with self._lock:
            return tuple(name for name in self._limits if name not in self._ended)

    def view(self) -> tuple[tuple[Sample, ...], tuple[Status, ...]]:
        """Every sample that is not stale, and the state of every collector that has finished a run."""
        now = self._clock()
        with self._lock:
            fresh = list(self._fresh())
            ended = dict(self._ended)
        samples = tuple(sample for _, found in fresh for sample in found.samples)
        statuses = tuple(
            Status(name, success, duration, max((now - one.at for key, one in fresh if key[0] == name), default=None))
            for name, (success, duration) in ended.items()
        )
        return samples, statuses

    def _fresh(self) -> Iterable[tuple[tuple[str, str], Found]]:
        now = self._clock()
        for key, found in self._found.items():
            if now - found.at <= self._limits[key[0]].stale_after:
                yield key, found
