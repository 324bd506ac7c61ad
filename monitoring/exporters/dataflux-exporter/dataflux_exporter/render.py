"""What a scrape is answered with: the store's latest, in prometheus_client's families."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from dataflux_exporter import __version__
from dataflux_exporter.samples import Family, Sample
from dataflux_exporter.store import Status, Store

_OWN: tuple[tuple[str, str, Callable[[Status], float | None]], ...] = (
    ("success", "1 if the collector's last run succeeded", lambda status: float(status.success)),
    ("age_seconds", "Seconds since the oldest data that it shows was collected", lambda status: status.age),
    ("duration_seconds", "How long the collector's last run took", lambda status: status.duration),
)


class Latest(Collector):
    """prometheus_client's view of the store; asks no source."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry would call collect() to learn the names, before there are any."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family that has samples, and how the collectors are."""
        samples, statuses = self._store.view()
        yield from _families(samples)
        for name, text, value in _OWN:
            own = GaugeMetricFamily(f"dataflux_exporter_collector_{name}", text, labels=["collector"])
            for status in statuses:
                if (number := value(status)) is not None:
                    own.add_metric([status.collector], number)
            yield own
        yield InfoMetricFamily("dataflux_exporter_build", "The exporter's version", {"version": __version__})


def _families(samples: Iterable[Sample]) -> Iterable[Metric]:
    """One family a name: several collectors may give series of the same metric."""
    families: dict[str, Metric] = {}
    for family, labels, value in samples:
        metric = families.get(family.name)
        if metric is None:
            metric = families[family.name] = _family(family)
        metric.add_sample(family.name, dict(zip(family.labels, labels, strict=True)), value)
    return families.values()


def _family(family: Family) -> Metric:
    # A counter's family has no _total in prometheus_client; the exposition puts it back.
    return Metric(
        family.name.removesuffix("_total") if family.kind == "counter" else family.name, family.help, family.kind
    )


def registry(store: Store) -> CollectorRegistry:
    """A registry of the store's latest and of the process's own `process_*`."""
    made = CollectorRegistry()
    made.register(Latest(store))
    ProcessCollector(registry=made)
    return made
