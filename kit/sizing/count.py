"""Series and samples, counted from the catalogue and from what is known of other people's exporters. Pure.

What the catalogue declares is counted at its most: every label with every value, so that it is an upper bound.
"""

from collections.abc import Iterator
from math import prod

from attrs import frozen

from kit.emit.coverage import signals
from kit.emit.model import Product
from kit.model.expr import Recorded
from kit.model.metric import PLACE, Histogram, Metric, Summary
from kit.model.sizing import Amounts, Own, Scraped, Sizing, amount
from kit.model.words import milliseconds
from kit.settings import SERVICES_JOB

# Series that Prometheus adds for each target: up, scrape_duration_seconds, scrape_series_added and two of
# scrape_samples_*. https://prometheus.io/docs/concepts/jobs_instances/
PER_TARGET = 5
# A rule that fires and one that waits to: ALERTS and ALERTS_FOR_STATE.
PER_ALERT = 2
# How many values a label has of which nothing is said.
OTHERWISE = 3


@frozen
class Row:
    """A part of what is stored; `every`: seconds between two samples of a series."""

    what: str
    targets: float
    series: float
    every: float

    @property
    def samples(self) -> float:
        """Per second."""
        return self.series / self.every


def rows(product: Product, amounts: Amounts) -> tuple[Row, ...]:
    """Everything that one Prometheus stores, part by part; a job that is not scraped has none."""
    settings, sizing = product.settings, product.site.sizing
    jobs = {SERVICES_JOB, *(job.name for job in settings.jobs)}
    own = (_own(one, product, amounts) for one in sizing.own if one.job in jobs)
    others = (_scraped(one, product, amounts) for one in sizing.scraped if one.job in jobs)
    return (*own, *others, *_ruled(product, amounts))


def uncounted(product: Product) -> tuple[str, ...]:
    """The jobs of the settings of whose size nothing is known."""
    sizing = product.site.sizing
    known = {one.job for one in sizing.own} | {one.job for one in sizing.scraped}
    return tuple(job.name for job in product.settings.jobs if job.name not in known)


def catalogue(product: Product) -> dict[str, Metric]:
    """Name of a series → its metric, of all that is shown or watched."""
    return {series: metric for signal in signals(product) for metric in signal.metrics for series in metric.series}


def metric_series(metric: Metric, own: Own, sizing: Sizing, amounts: Amounts) -> float:
    """How many series one target has of a metric at the most."""
    if set(metric.labels) & set(own.lacks):
        return 0
    labels = {**sizing.labels, **own.labels}
    return prod(amount(labels.get(label, OTHERWISE), amounts) for label in metric.labels) * _parts(metric)


def _parts(metric: Metric) -> int:
    """Series of one set of labels: a histogram's buckets (with +Inf), its sum and count."""
    if isinstance(metric, Histogram):
        return len(metric.buckets) + 3
    return 5 if isinstance(metric, Summary) else 1


def _every(job: str, product: Product) -> float:
    settings = product.settings
    every = settings.service_scrape_interval if job == SERVICES_JOB else settings.scrape_interval
    return milliseconds(every) / 1000


def _own(own: Own, product: Product, amounts: Amounts) -> Row:
    metrics = {metric.name: metric for metric in catalogue(product).values() if own.job == metric.job}
    one = sum(metric_series(metric, own, product.site.sizing, amounts) for metric in metrics.values())
    targets = amount(own.targets, amounts)
    return Row(own.what, targets, targets * (one + own.process + PER_TARGET), _every(own.job, product))


def _scraped(one: Scraped, product: Product, amounts: Amounts) -> Row:
    targets = amount(one.targets, amounts)
    return Row(f"`{one.job}`", targets, one.total(amounts) + targets * PER_TARGET, _every(one.job, product))


def _ruled(product: Product, amounts: Amounts) -> Iterator[Row]:
    every = milliseconds(product.settings.rule_interval) / 1000
    known = catalogue(product)
    recorded = sum(
        _recorded(one, known[name], product.site.sizing, amounts) for name, one in product.site.recorded.items()
    )
    yield Row("recording rules", 0, recorded, every)
    alerts = sum(len(rules) for rules in product.rules.values())
    yield Row("alert rules, each firing once", 0, alerts * PER_ALERT, every)


def _targets(job: str, sizing: Sizing, amounts: Amounts) -> Iterator[float]:
    yield from (amount(one.targets, amounts) for one in sizing.own if one.job == job)
    yield from (amount(one.targets, amounts) for one in sizing.scraped if one.job == job)


def _recorded(one: Recorded, metric: Metric, sizing: Sizing, amounts: Amounts) -> float:
    """How many series a recording rule makes: over all targets, so that services and instances count."""
    whole: dict[str, float] = {
        "service": amount(sizing.services, amounts),
        "instance": sum(_targets(metric.job, sizing, amounts)),
        "le": len(metric.buckets) + 1 if isinstance(metric, Histogram) else 1,
    }
    labels = [label for label in one.labels if label not in PLACE]
    return prod(whole.get(label) or amount(sizing.labels.get(label, OTHERWISE), amounts) for label in labels)
