"""What one stretch of time exports: for each target its series, checked against the catalogue."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kit.model.metric import Counter, Gauge, Histogram, Metric, Summary
from kit.model.words import number
from simulator import cast
from simulator.world import Frame

# Labels beside the catalogue's that the scrape reads and turns into `service`.
READ_BY_RELABELLING = frozenset({"container", "pod", "namespace", "container_label_com_docker_compose_service"})
RELABELLED_JOBS = frozenset({"cadvisor", "kube-state-metrics"})

# What adding up may lack of a whole number.
SLACK = 1e-6

Values = Any
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Target:
    """What is scraped: a job's address."""

    job: str
    address: str


@dataclass(frozen=True)
class Series:
    """`values`: one a step, NaN where it is not exported."""

    metric: Metric
    name: str
    labels: Labels
    values: Values


Totals = dict[tuple[Target, str, Labels], float]


def python_le(bound: float) -> str:
    """A bucket's bound as prometheus_client writes it: 1.0."""
    return repr(float(bound))


def go_le(bound: float) -> str:
    """A bucket's bound as client_golang writes it: 1."""
    return number(bound)


class Sheet:
    """Filled by the plays; `totals` are the counters' readings before the stretch, and after it."""

    def __init__(self, frame: Frame, totals: Totals):
        """`totals` is changed in place."""
        self.frame = frame
        self.totals = totals
        self.series: dict[Target, list[Series]] = {}

    def at(self, job: str, address: str, *, started: Values = None, le: Callable[[float], str] = python_le) -> "Page":
        """A target to write on. `started`: when its process started, a step each; its counters begin again then."""
        return Page(self, Target(job, address), started, le)

    def only(self, job: str, *, le: Callable[[float], str] = python_le) -> "Page":
        """The one target of a job."""
        [address] = cast.EXPORTERS[job]
        return self.at(job, address, le=le)

    def up(self, target: Target) -> Values:
        """1 where the target answers, a step each."""
        found = self.frame.actors.get(("target", target.address))
        return np.ones(len(self.frame.times)) if found is None else found.up


class Page:
    """One target's part of a sheet."""

    def __init__(self, sheet: Sheet, target: Target, started: Values, le: Callable[[float], str]):
        """See Sheet.at."""
        self._sheet, self._target, self._le = sheet, target, le
        self._frame = sheet.frame
        self._begins = None if started is None else started > self._frame.times - self._frame.lengths
        self._list = sheet.series.setdefault(target, [])

    def gauge(self, metric: Gauge, values: Values, **labels: str) -> None:
        """A gauge's values (a number, or one a step; NaN: not exported)."""
        self._add(metric, metric.name, labels, self._each(values))

    def counter(self, metric: Counter, per_second: Values, **labels: str) -> None:
        """A counter that grows by so much a second."""
        self._count(metric, metric.name, labels, self._grown(per_second), whole="seconds" not in metric.name)

    def reading(self, metric: Counter, values: Values, **labels: str) -> None:
        """A counter whose readings are known."""
        self._add(metric, metric.name, labels, self._each(values))

    def growing(self, metric: Gauge, per_second: Values, there: Values, **labels: str) -> None:
        """A gauge that grows by so much a second (an offset in a log), where `there` is not NaN."""
        total = np.floor(self._total(metric.name, labels, self._grown(per_second)) + SLACK)
        self._add(metric, metric.name, labels, total * there)

    def histogram(
        self,
        metric: Histogram,
        per_second: Values,
        median: Values,
        shape: float = 2.2,
        buckets: tuple[float, ...] = (),
        **labels: str,
    ) -> None:
        """Observations a second, spread log-logistically around `median`: fat to the right, as waiting times are."""
        grown, middle = self._grown(per_second), np.maximum(self._each(median), 1e-9)
        for bound in metric.buckets or buckets:
            below = 1 / (1 + (bound / middle) ** -shape)
            self._count(metric, f"{metric.name}_bucket", {**labels, "le": self._le(bound)}, grown * below)
        self._count(metric, f"{metric.name}_bucket", {**labels, "le": "+Inf"}, grown)
        self._count(metric, f"{metric.name}_count", labels, grown)
        mean = middle * (math.pi / shape) / math.sin(math.pi / shape)
        self._count(metric, f"{metric.name}_sum", labels, grown * mean, whole=False)

    def summary(self, metric: Summary, per_second: Values, quantiles: dict[str, Values], **labels: str) -> None:
        """Observations a second, and the quantiles that the process computed."""
        grown = self._grown(per_second)
        for name, values in quantiles.items():
            self._add(metric, metric.name, {**labels, "quantile": name}, self._each(values))
        self._count(metric, f"{metric.name}_count", labels, grown)
        self._count(metric, f"{metric.name}_sum", labels, grown * self._each(quantiles["0.5"]), whole=False)

    def _each(self, values: Values) -> Values:
        """One a step."""
        return np.broadcast_to(np.asarray(values, dtype=float), self._frame.times.shape)

    def _grown(self, per_second: Values) -> Values:
        """How much was added in each step."""
        return self._each(per_second) * self._frame.lengths

    def _total(self, name: str, labels: dict[str, str], grown: Values) -> Values:
        """The reading after each step, from where the stretch before ended or the process began."""
        key = (self._target, name, _sorted(labels))
        total = self._sheet.totals.get(key, 0.0) + np.cumsum(grown)
        if self._begins is not None and self._begins.any():
            total = total - np.maximum.accumulate(np.where(self._begins, total - grown, 0.0))
        self._sheet.totals[key] = float(total[-1])
        return total

    def _count(self, metric: Metric, name: str, labels: dict[str, str], grown: Values, *, whole: bool = True) -> None:
        total = self._total(name, labels, grown)
        self._add(metric, name, labels, np.floor(total + SLACK) if whole else np.round(total, 4))

    def _add(self, metric: Metric, name: str, labels: dict[str, str], values: Values) -> None:
        given = set(labels) - set(metric.own)
        asked = set(metric.labels) - ({"service"} if self._target.job in RELABELLED_JOBS else set())
        if given - READ_BY_RELABELLING != asked - READ_BY_RELABELLING:
            raise ValueError(f"{metric.name} is played with {sorted(given)}; the catalogue says {sorted(asked)}")
        self._list.append(Series(metric, name, _sorted(labels), values))


def _sorted(labels: dict[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def exposition(series: list[Series], step: int = -1) -> str:
    """A target's page in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
    return "".join(_lines(series, step))


def _lines(series: list[Series], step: int) -> Iterator[str]:
    families: dict[str, list[Series]] = {}
    for one in series:
        families.setdefault(one.metric.name, []).append(one)
    for name, members in families.items():
        metric = members[0].metric
        yield f"# HELP {name} {metric.help}\n# TYPE {name} {metric.type if metric.typed else 'untyped'}\n"
        for one in members:
            value = float(one.values[step])
            if not math.isnan(value):
                yield f"{one.name}{written(one.labels)} {number(value) if math.isfinite(value) else value}\n"


def written(labels: Labels) -> str:
    """Labels in braces; nothing where there is none."""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels)
    return "{" + ",".join(pairs) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
