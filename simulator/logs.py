"""What the services say: log lines in DataFlux's format, one JSON object a line, with request ids that go through."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from simulator import cast
from simulator.world import World

# Of all requests, those whose lines are written: enough to read, not to drown in.
SAMPLED = 0.2
UPLOADED, ANALYZED, SEARCHED = "Asset uploaded successfully", "Asset analyzed", "Search answered"
SLOW = 2.0


@dataclass(frozen=True)
class Line:
    """A log line; `time` in Unix seconds, `duration` in seconds (NaN: none)."""

    time: float
    level: str
    service: str
    request_id: str
    message: str
    asset_id: str = ""
    duration: float = float("nan")

    def text(self) -> str:
        """As it is written."""
        at = datetime.fromtimestamp(self.time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        said: dict[str, Any] = {
            "timestamp": at,
            "level": self.level,
            "service": self.service,
            "request_id": self.request_id,
            "message": self.message,
        }
        if self.asset_id:
            said["asset_id"] = self.asset_id
        if self.duration == self.duration:
            said["duration_ms"] = round(self.duration * 1000)
        return json.dumps(said)


@dataclass
class Scribe:
    """Writes what is said in each step; with numbers of its own, so that logging changes nothing in the world."""

    seed: int
    _rng: np.random.Generator = field(init=False)
    _number: int = 0
    _later: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rng = np.random.default_rng([self.seed, 7])

    def lines(self, world: World, length: float) -> list[Line]:
        """The lines until the end of the step that was just made, in order; what is said later is kept until then."""
        said = [*self._later, *self._requests(world, length), *self._sayings(world, length)]
        said.sort(key=lambda line: line.time)
        self._later = [line for line in said if line.time > world.now]
        return [line for line in said if line.time <= world.now]

    def _many(self, rate: float, length: float) -> int:
        return int(self._rng.poisson(max(0.0, rate) * length))

    def _id(self) -> str:
        self._number += 1
        return f"req-{self.seed:02d}{self._number:07d}"

    def _when(self, world: World, length: float) -> float:
        return world.now - float(self._rng.uniform(0, length))

    def _requests(self, world: World, length: float) -> Iterator[Line]:
        for route in cast.ENDPOINTS:
            one = world.endpoint(route.path)
            for _ in range(self._many(float(one.rate) * SAMPLED, length)):
                luck, when, request = float(self._rng.uniform()), self._when(world, length), self._id()
                took = float(one.time) * float(self._rng.lognormal(0, 0.5))
                if luck < one.fails:
                    yield Line(when, "ERROR", route.service, request, f"{route.path} failed", duration=took)
                elif luck < one.fails + one.denied:
                    yield Line(when, "INFO", route.service, request, f"{route.path} refused", duration=took)
                else:
                    yield from self._answered(route, when, request, took)

    def _answered(self, route: cast.Endpoint, when: float, request: str, took: float) -> Iterator[Line]:
        level = "WARN" if took > SLOW and route.media != "video" else "INFO"
        if not route.media:
            said = SEARCHED if route.path in cast.MODALITIES else f"{route.path} answered"
            yield Line(when, level, route.service, request, said, duration=took)
            return
        asset = f"asset-{self._rng.integers(10**9):09d}"
        yield Line(when, level, route.service, request, UPLOADED, asset, took)
        analysis = 3 * float(self._rng.lognormal(0, 0.6))
        yield Line(when + 0.2, "DEBUG", cast.ANALYSIS, request, "Taken from the queue", asset)
        yield Line(when + 0.2 + analysis, "INFO", cast.ANALYSIS, request, ANALYZED, asset, analysis)

    def _sayings(self, world: World, length: float) -> Iterator[Line]:
        for saying in world.sayings:
            for _ in range(self._many(saying.rate, length)):
                yield Line(self._when(world, length), saying.level, saying.service, self._id(), saying.message)


class Files:
    """`<folder>/<service>.log`, appended to."""

    def __init__(self, folder: Path):
        """Makes the folder. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._files = {name: (folder / f"{name}.log").open("a", encoding="utf-8") for name in cast.SERVICES}

    def write(self, lines: list[Line]) -> None:
        """Append, and let readers see it."""
        for line in lines:
            self._files[line.service].write(f"{line.text()}\n")
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
