"""What moves: each actor's knobs, which incidents turn, and its drivers, from which all that is exported follows.

Knobs are neutral again at the beginning of each step. A driver is a number at one step; in a Frame the same actors
hold an array of it, a value a step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

Values = Any  # a float at one step, an array over a stretch


def knob(neutral: float) -> Any:
    """A field that incidents turn, and its neutral position."""
    return field(default=neutral, metadata={"neutral": neutral})


class Actor:
    """Knobs can be reset; drivers are recorded."""

    def reset(self) -> None:
        """Turn every knob back."""
        for name, neutral in _knobs(type(self)):
            setattr(self, name, neutral)


@dataclass
class Target(Actor):
    """An address that is scraped: `down`, and whether it answers."""

    down: float = knob(0)
    up: Values = 1.0


@dataclass
class People(Actor):
    """`busy`: times the usual activity. `activity`: share of the busiest hour."""

    busy: float = knob(1)
    activity: Values = 0.0


@dataclass
class Endpoint(Actor):
    """`load` and `slow`: times the usual; `failing`, `refused`: shares that are answered 5xx and 4xx in addition."""

    load: float = knob(1)
    slow: float = knob(1)
    failing: float = knob(0)
    refused: float = knob(0)
    rate: Values = 0.0
    time: Values = 0.0
    fails: Values = 0.0
    denied: Values = 0.0


@dataclass
class Service(Endpoint):
    """Its knobs turn those of all its endpoints; `cpu` and `memory` are of each replica, `down` a number of replicas.

    `leak`: bytes more; `burn`: cores more. `release` counts deployments; `candidate`: an unfinished one runs instead.
    """

    down: float = knob(0)
    leak: float = knob(0)
    burn: float = knob(0)
    candidate: float = knob(0)
    release: Values = 0.0
    up: Values = 2.0
    started: Values = 0.0
    waiting: Values = 0.0
    cores: Values = 0.0


@dataclass
class Queue(Actor):
    """`flood`: items a second more; `consumers`: the share of them that works; `stuck`: the oldest is never taken."""

    flood: float = knob(0)
    consumers: float = knob(1)
    slow: float = knob(1)
    stuck: float = knob(0)
    put: Values = 0.0
    taken: Values = 0.0
    depth: Values = 0.0
    oldest: Values = 0.0
    time: Values = 0.0
    backlog: float = 0.0


@dataclass
class Analyzer(Actor):
    """One analyzer for one media type; `failing`: share that fails in addition."""

    slow: float = knob(1)
    failing: float = knob(0)
    rate: Values = 0.0
    time: Values = 0.0
    fails: Values = 0.0


@dataclass
class Database(Actor):
    """PostgreSQL. `slow`: times the usual; `connections`, `locks`: more of them; `deadlocks`: a second."""

    slow: float = knob(1)
    connections: float = knob(0)
    locks: float = knob(0)
    deadlocks: float = knob(0)
    down: float = knob(0)
    up: Values = 1.0
    load: Values = 0.0
    time: Values = 1.0
    used: Values = 0.0
    rolled_back: Values = 0.0
    locked: Values = 0.0
    deadlocked: Values = 0.0
    size: Values = 0.0


@dataclass
class Cache(Actor):
    """Redis. `hits`: times the usual share; `full`: share of its memory in addition; `down`."""

    hits: float = knob(1)
    full: float = knob(0)
    slow: float = knob(1)
    down: float = knob(0)
    up: Values = 1.0
    slow_now: Values = 1.0
    rate: Values = 0.0
    hit: Values = 0.0
    memory: Values = 0.0
    evicted: Values = 0.0


@dataclass
class Broker(Actor):
    """Kafka. `lost`: brokers that are gone."""

    lost: float = knob(0)
    brokers: Values = 3.0
    lagging: Values = 0.0


@dataclass
class ObjectStore(Actor):
    """MinIO. `failing`: share of requests; `more`: bytes."""

    failing: float = knob(0)
    nodes: float = knob(0)
    drives: float = knob(0)
    slow: float = knob(1)
    offline_nodes: Values = 0.0
    offline_drives: Values = 0.0
    put: Values = 0.0
    got: Values = 0.0
    bytes_in: Values = 0.0
    bytes_out: Values = 0.0
    fails: Values = 0.0


@dataclass
class Store(Actor):
    """What a service stores: `more` bytes in addition."""

    more: float = knob(0)
    used: Values = 0.0
    kept: float = 0.0
    fresh: float = 0.0


@dataclass
class Mount(Actor):
    """A file system: `more` is a share in addition, of bytes and of inodes."""

    more: float = knob(0)
    inodes: float = knob(0)
    used: Values = 0.0
    files: Values = 0.0


@dataclass
class Host(Actor):
    """`busy`: share of the CPUs that something else takes; `memory_more`: share; `waits`: share of time in iowait."""

    busy: float = knob(0)
    stolen: float = knob(0)
    waits: float = knob(0)
    memory_more: float = knob(0)
    copying: float = knob(0)
    dropping: float = knob(0)
    broken: float = knob(0)
    cpu: Values = 0.0
    iowait: Values = 0.0
    steal: Values = 0.0
    memory: Values = 0.0
    swap: Values = 0.0
    received: Values = 0.0
    sent: Values = 0.0
    read: Values = 0.0
    written: Values = 0.0
    drops: Values = 0.0
    errors: Values = 0.0


@dataclass
class Container(Actor):
    """`crashes`: restarts an hour; `kills`: of them for want of memory; `waiting`: it does not come up.

    `leak`: bytes more in this container alone.
    """

    leak: float = knob(0)
    crashes: float = knob(0)
    kills: float = knob(0)
    waiting: float = knob(0)
    cpu: Values = 0.0
    memory: Values = 0.0
    throttled: Values = 0.0
    received: Values = 0.0
    sent: Values = 0.0
    started: Values = 0.0
    restarts: Values = 0.0
    killed: Values = 0.0
    waits: Values = 0.0


@dataclass
class Monitoring(Actor):
    """Alertmanager, Grafana and Loki: shares that fail, times that are longer, lines that are thrown away a second.

    `dropping`: notifications a second that no Alertmanager takes. `pausing`: above 0, Grafana's rules are paused.
    `refusing`: above 0, the dataflux-exporter may not ask for the queues. `renaming`: above 0, it calls their age
    otherwise. `misread`: above 0, Alertmanager rejected its configuration.
    """

    dropping: float = knob(0)
    misread: float = knob(0)
    pausing: float = knob(0)
    refusing: float = knob(0)
    renaming: float = knob(0)
    notifications_failing: float = knob(0)
    grafana_slow: float = knob(1)
    rules_failing: float = knob(0)
    discarding: float = knob(0)
    dropped: Values = 0.0
    alertmanagers: Values = 0.0
    rejected: Values = 0.0
    paused: Values = 0.0
    queues_seen: Values = 1.0
    ages_told: Values = 1.0
    notified: Values = 0.0
    undelivered: Values = 0.0
    looked: Values = 0.0
    grafana_time: Values = 1.0
    rules_failed: Values = 0.0
    lines: Values = 0.0
    discarded: Values = 0.0


def _knobs(kind: type) -> tuple[tuple[str, float], ...]:
    if kind not in _KNOBS:
        _KNOBS[kind] = tuple((f.name, f.metadata["neutral"]) for f in fields(kind) if "neutral" in f.metadata)
    return _KNOBS[kind]


_KNOBS: dict[type, tuple[tuple[str, float], ...]] = {}


class Record:
    """Steps of a cast of actors, written down row by row."""

    def __init__(self, actors: Mapping[Any, Actor]):
        """`actors`: by the key under which the Frame will have them."""
        self._plan = [(key, actor, _drivers(type(actor))) for key, actor in actors.items()]
        self._read = [(actor, name) for _, actor, names in self._plan for name in names]
        self._rows: list[list[float]] = []

    def note(self) -> None:
        """Write the actors' drivers down as they are now."""
        self._rows.append([getattr(actor, name) for actor, name in self._read])

    def columns(self) -> dict[Any, Any]:
        """Each actor with an array, a value a step, in the place of each driver."""
        table: Any = np.array(self._rows, dtype=float).reshape(len(self._rows), len(self._read)).T
        found, place = {}, 0
        for key, actor, names in self._plan:
            held = type(actor)()
            for name, _ in _knobs(type(actor)):
                setattr(held, name, None)  # what is exported follows from drivers
            for name in names:
                setattr(held, name, table[place])
                place += 1
            found[key] = held
        return found


def _drivers(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if "neutral" not in f.metadata)
