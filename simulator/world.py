"""The world: actors that are stepped through time, each step following from the one before and from causes."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from kit.model.words import nearest
from simulator import actors, cast, dynamics
from simulator.actors import Actor, Record
from simulator.day import DAY, HOUR, weekday
from simulator.incident import Incident, Unknown

A = TypeVar("A", bound=Actor)
# How long a wobble lasts, in seconds: what people do drifts, it does not flicker.
DRIFT = 900.0
WOBBLES = 64


@dataclass(frozen=True)
class Saying:
    """A log line that an incident asks for: `rate` lines a second."""

    service: str
    level: str
    message: str
    rate: float


@dataclass(frozen=True)
class Frame:
    """A stretch of steps: their times (Unix seconds) and lengths, and each actor with an array a driver.

    `began`: when the world did.
    """

    began: float
    times: Any
    lengths: Any
    actors: Mapping[Any, Any]

    def __getitem__(self, key: Any) -> Any:
        return self.actors[key]


class World:
    """Deterministic: the same seed, beginning and steps give the same world.

    Actors are found by kind and name (`world.service("query-service")`); an unknown name raises Unknown.
    """

    def __init__(self, seed: int, begin: float):
        """`begin`: Unix seconds, UTC."""
        self.rng = np.random.default_rng(seed)
        self.now = begin
        self.began = begin
        self.actors: dict[Any, Actor] = {}
        self.schedule: list[tuple[float, float, Incident]] = []
        self.sayings: list[Saying] = []
        self.releases: dict[str, float] = {}
        self._drift = self.rng.standard_normal(WOBBLES)
        self._wobbles: dict[str, int] = {}
        self._next: dict[str, float] = {}
        self._build()
        self._all = tuple(self.actors.values())

    def _build(self) -> None:
        add = self.actors.setdefault
        add("people", actors.People())
        for name in cast.SERVICES:
            made = add(name, actors.Service())
            assert isinstance(made, actors.Service)
            made.release, made.started = float(self.rng.integers(8, 30)), self.now - 4 * DAY
            self._next[name] = self.now + float(self.rng.uniform(0.2, 2)) * DAY
        for route in cast.ENDPOINTS:
            add(("endpoint", route.path), actors.Endpoint())
        for queue in cast.QUEUES:
            add(("queue", queue.name), actors.Queue())
        for key in cast.ANALYZERS:
            add(("analyzer", *key), actors.Analyzer())
        add("database", actors.Database(size=cast.DATABASE_BYTES))
        add("cache", actors.Cache())
        add("kafka", actors.Broker())
        add("objects", actors.ObjectStore())
        for (_, store), (used, _) in cast.STORES.items():
            add(("store", store), actors.Store(kept=used))
        for host in cast.HOSTS:
            add(("host", host.name), actors.Host())
            for mount in host.mounts:
                add(("mount", host.name, mount), actors.Mount())
        for box in cast.CONTAINERS:
            add(("container", box.service, box.host), actors.Container(started=self.now - 6 * DAY))
        add("monitoring", actors.Monitoring())
        for address in (*cast.ADDRESSES, *(one for addresses in cast.EXPORTERS.values() for one in addresses)):
            add(("target", address), actors.Target())

    # --- who is there

    def _find(self, kind: type[A], *key: str) -> A:
        found = self.actors.get(key if len(key) > 1 else key[0])
        if not isinstance(found, kind):
            known = [" ".join(k[1:]) if isinstance(k, tuple) else k for k, a in self.actors.items() if type(a) is kind]
            name = " ".join(key[1:] if len(key) > 1 else key)
            raise Unknown(f"nobody of kind {kind.__name__} is named '{name}'{nearest(name, known)}")
        return found

    def service(self, name: str) -> actors.Service:
        """A DataFlux service."""
        return self._find(actors.Service, name)

    def endpoint(self, path: str) -> actors.Endpoint:
        """A route of a service."""
        return self._find(actors.Endpoint, "endpoint", path)

    def queue(self, name: str) -> actors.Queue:
        """A queue."""
        return self._find(actors.Queue, "queue", name)

    def analyzer(self, name: str, media_type: str) -> actors.Analyzer:
        """An analyzer, for one media type."""
        return self._find(actors.Analyzer, "analyzer", name, media_type)

    def store(self, name: str) -> actors.Store:
        """What a service stores."""
        return self._find(actors.Store, "store", name)

    def host(self, name: str) -> actors.Host:
        """A host."""
        return self._find(actors.Host, "host", name)

    def mount(self, host: str, mountpoint: str) -> actors.Mount:
        """A file system of a host."""
        return self._find(actors.Mount, "mount", host, mountpoint)

    def container(self, service: str, host: str) -> actors.Container:
        """A service's container on a host."""
        return self._find(actors.Container, "container", service, host)

    def target(self, address: str) -> actors.Target:
        """An address that is scraped."""
        return self._find(actors.Target, "target", address)

    @property
    def people(self) -> actors.People:
        """Who uses DataFlux."""
        return self._find(actors.People, "people")

    @property
    def database(self) -> actors.Database:
        """PostgreSQL."""
        return self._find(actors.Database, "database")

    @property
    def cache(self) -> actors.Cache:
        """Redis."""
        return self._find(actors.Cache, "cache")

    @property
    def kafka(self) -> actors.Broker:
        """Kafka."""
        return self._find(actors.Broker, "kafka")

    @property
    def objects(self) -> actors.ObjectStore:
        """MinIO."""
        return self._find(actors.ObjectStore, "objects")

    @property
    def monitoring(self) -> actors.Monitoring:
        """Alertmanager, Grafana and Loki."""
        return self._find(actors.Monitoring, "monitoring")

    def say(self, service: str, level: str, message: str, rate: float = 0.2) -> None:
        """Let a service log a message, `rate` lines a second."""
        self.sayings.append(Saying(service, level, message, rate))

    # --- what happens

    def begin(self, incident: Incident, at: float | None = None) -> None:
        """Play an incident from `at` (Unix seconds; now where None) for as long as it lasts."""
        start = self.now if at is None else at
        self.schedule.append((start, start + incident.lasts, incident))

    def end(self, name: str) -> None:
        """End an incident that is being played, or was going to be."""
        self.schedule = [entry for entry in self.schedule if entry[2].name != name or entry[1] <= self.now]

    def playing(self) -> tuple[tuple[float, Incident], ...]:
        """(since when, which) of the incidents that are being played."""
        return tuple((start, one) for start, end, one in self.schedule if start <= self.now < end)

    def deploy(self, service: str) -> None:
        """A new version of a service."""
        self.service(service).release += 1

    def wobble(self, name: str, much: float) -> float:
        """A factor around 1 that drifts; `much` is its spread (0.1: a tenth)."""
        place = self._wobbles.setdefault(name, len(self._wobbles) % WOBBLES)
        return math.exp(much * float(self._drift[place]))

    def step(self, length: float) -> None:
        """Go on by `length` seconds."""
        self.now += length
        keep = math.exp(-length / DRIFT)
        self._drift = keep * self._drift + math.sqrt(1 - keep * keep) * self.rng.standard_normal(WOBBLES)
        for actor in self._all:
            actor.reset()
        self.sayings = []
        for start, incident in self.playing():
            incident.play(self, self.now - start)
        self._deployments()
        dynamics.follow(self, length)

    def _deployments(self) -> None:
        """Each service is deployed every few days, at working hours."""
        hour = self.now % DAY / HOUR
        for name, due in self._next.items():
            if self.now >= due and 8 <= hour < 17 and weekday(self.now) < 5:
                self.deploy(name)
                self._next[name] = self.now + float(self.rng.uniform(1.5, 5)) * DAY

    def stretch(self, until: float, length: float) -> Iterator[float]:
        """Step until `until`; yields each step's time, after it was made."""
        while self.now + length <= until + 1e-6:
            self.step(length)
            yield self.now

    def play(self, until: float, length: float, each: Callable[[], None] = lambda: None) -> Frame:
        """A stretch of steps, recorded; `each` is called after each of them."""
        record, times = Record(self.actors), []
        for time in self.stretch(until, length):
            record.note()
            times.append(time)
            each()
        return Frame(self.began, np.array(times), np.full(len(times), length), record.columns())
