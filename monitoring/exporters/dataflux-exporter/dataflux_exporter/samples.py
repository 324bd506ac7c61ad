"""Metric families and samples, and what no source may tell: NaN, duplicates, negative sizes, a flood of series."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dataflux_exporter.errors import Fails

_LONGEST_LABEL = 1024


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name as it is exported, its labels in order, `kind` gauge or counter, `signed` if it may be < 0."""

    name: str
    help: str
    labels: tuple[str, ...]
    kind: str = "gauge"
    signed: bool = False


class Sample(NamedTuple):
    """One value of a family; `labels` are values in the order of the family's labels."""

    family: Family
    labels: tuple[str, ...]
    value: float


# What DataFlux's dashboards and alerts read (signals/ in the repository): names and labels are not ours to change.
USED = Family("dataflux_storage_used_bytes", "Bytes that a service's store holds", ("service", "store"))
CAPACITY = Family("dataflux_storage_capacity_bytes", "Bytes that the store can hold", ("service", "store"))
ASSETS = Family("dataflux_assets", "Assets by state", ("state", "media_type"))
USERS = Family("dataflux_active_users", "People who did something in the window", ("window",))
OLDEST = Family("dataflux_queue_oldest_age_seconds", "Age of the oldest waiting item", ("queue",))
QUEUE = Family("dataflux_queue_size", "Items waiting", ("queue",))
KNOWN = {family.name: family for family in (USED, CAPACITY, ASSETS, USERS, OLDEST, QUEUE)}


def stored(service: str, store: str, used: float, capacity: float | None) -> tuple[Sample, ...]:
    """What a store holds and, where it is known, can hold."""
    labels = (service, store)
    held = Sample(USED, labels, used)
    return (held,) if capacity is None else (held, Sample(CAPACITY, labels, capacity))


def waiting(queue: str, size: float, oldest: float | None) -> tuple[Sample, ...]:
    """How much waits in a queue and, where it is known, the age of its oldest item in seconds."""
    held = Sample(QUEUE, (queue,), size)
    return (held,) if oldest is None else (held, Sample(OLDEST, (queue,), oldest))


def checked(samples: Iterable[Sample], limit: int) -> tuple[Sample, ...]:
    """The samples, if they can be exported, at most `limit` of them. Raises Fails."""
    kept: dict[tuple[str, tuple[str, ...]], Sample] = {}
    for sample in samples:
        if len(kept) >= limit:
            raise Fails(f"it gives more than {limit:,} series; aggregate them in the source or raise max_series")
        _check(sample)
        if (sample.family.name, sample.labels) in kept:
            raise Fails(f"{shown(sample)} comes twice; its labels must tell its series apart")
        kept[sample.family.name, sample.labels] = sample
    return tuple(kept.values())


def _check(sample: Sample) -> None:
    if not math.isfinite(sample.value):
        raise Fails(f"{shown(sample)} is {sample.value}; only finite numbers can be exported")
    if sample.value < 0 and not sample.family.signed:
        raise Fails(f"{shown(sample)} is negative, which it cannot be")
    for name, value in zip(sample.family.labels, sample.labels, strict=True):
        if len(value) > _LONGEST_LABEL:
            raise Fails(f"{sample.family.name}: the label '{name}' is longer than {_LONGEST_LABEL} characters")


def shown(sample: Sample) -> str:
    """`dataflux_assets{state="new"}`, cut short."""
    labels = ",".join(f'{name}="{value}"' for name, value in zip(sample.family.labels, sample.labels, strict=True))
    text = f"{sample.family.name}{{{labels}}}"
    return text if len(text) <= 150 else f"{text[:150]}…"
