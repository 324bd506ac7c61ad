"""What a schema cannot say: times that fit together, names that two collectors share, metrics that contradict."""

from collections.abc import Iterator, Set
from typing import Any

from dataflux_exporter.config.fault import Fault, Path
from dataflux_exporter.config.lines import Document
from dataflux_exporter.config.times import times
from dataflux_exporter.samples import KNOWN

_TARGET_LABELS = frozenset({"job", "instance", "cluster", "environment"})
# Each of these lists gives series that are told apart by the keys beside it.
_OWNED = {"paths": ("service", "store"), "buckets": ("service", "store"), "queues": ("queue",), "groups": ("queue",)}


def faults(document: Document, faulty: Set[str]) -> Iterator[Fault]:
    """What contradicts in a document. `faulty`: keys that its schema refuses; their collectors are left out."""
    # Without the right shape there is nothing to compare.
    if not all(key.startswith("collectors.") for key in faulty):
        return
    broken = {key.split(".")[1] for key in faulty}
    collectors = {name: one for name, one in document.data["collectors"].items() if name not in broken}
    port = int(document.data.get("listen", ":9400").rsplit(":", 1)[1])
    if port > 65_535:
        yield document.fault(("listen",), "a port is at most 65535")
    owners: dict[tuple[str, ...], str] = {}
    shapes: dict[str, tuple[tuple[str, ...], str, str]] = {}
    for name, collector in collectors.items():
        path: Path = ("collectors", name)
        yield from _times(document, path, collector)
        yield from _owned(document, path, collector, owners)
        for query, one in collector.get("queries", {}).items():
            yield from _metrics(document, (*path, "queries", query, "metrics"), one["metrics"], shapes)


def _times(document: Document, path: Path, collector: dict[str, Any]) -> Iterator[Fault]:
    interval, timeout, stale_after = times(collector, document.data)
    if interval < 1:
        yield document.fault((*path, "interval"), "it must be at least 1s")
    if timeout < 0.1:
        yield document.fault((*path, "timeout"), "it must be at least 100ms")
    if stale_after < interval + timeout:
        yield document.fault(
            (*path, "stale_after"), "it is shorter than interval and timeout together, so good data would come and go"
        )


def _owned(
    document: Document, path: Path, collector: dict[str, Any], owners: dict[tuple[str, ...], str]
) -> Iterator[Fault]:
    for kind, keys in _OWNED.items():
        for index, entry in enumerate(collector.get(kind, ())):
            own = tuple(str(entry.get(key, entry.get("bucket"))) for key in keys)
            place = f"{'.'.join(map(str, path))}.{kind}[{index}]"
            if (first := owners.setdefault((*keys, *own), place)) != place:
                shown = ", ".join(f"{key} '{value}'" for key, value in zip(keys, own, strict=True))
                yield document.fault((*path, kind, index), f"{shown} is given by {first} already; name one otherwise")


def _metrics(
    document: Document,
    path: Path,
    metrics: list[dict[str, Any]],
    shapes: dict[str, tuple[tuple[str, ...], str, str]],
) -> Iterator[Fault]:
    here: set[str] = set()
    for index, metric in enumerate(metrics):
        at: Path = (*path, index)
        name, labels, kind = metric["name"], tuple(metric.get("labels", ())), metric.get("type", "gauge")
        if name in here:
            yield document.fault((*at, "name"), "this query gives it already; name one otherwise")
        here.add(name)
        if (kind == "counter") != name.endswith("_total"):
            yield document.fault((*at, "name"), "counters, and only they, end in _total; change name or type")
        if taken := sorted(_TARGET_LABELS & set(labels)):
            yield document.fault(
                (*at, "labels"), f"'{taken[0]}' is a label that Prometheus sets; name the column otherwise"
            )
        if metric["value"] in labels:
            yield document.fault((*at, "value"), "the value's column cannot be a label as well")
        if name in KNOWN and (set(labels), kind) != (set(KNOWN[name].labels), "gauge"):
            wanted = ", ".join(KNOWN[name].labels)
            yield document.fault(at, f"{name} is a gauge with the labels {wanted}: dashboards and alerts rely on it")
        base = name.removesuffix("_total")
        shape = (tuple(sorted(labels)), kind, ".".join(map(str, at)))
        if (first := shapes.setdefault(base, shape))[:2] != shape[:2]:
            yield document.fault(at, f"{first[2]} gives this metric another type or other labels; make them the same")
