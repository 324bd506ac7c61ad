"""Metrics: what is exported. Names and labels are asked for here and nowhere else, and a wrong one is an error."""

from functools import cached_property
from typing import ClassVar, NoReturn

from attrs import field, frozen

from kit.model.expr import Absent, Binary, Expr, Leaf, Number, Quantile
from kit.model.fault import Where, here, report
from kit.model.matcher import Match, Value, matchers, re
from kit.model.words import nearest, number

# Labels that the scrape sets on every target (monitoring/prometheus/prometheus.yml).
TARGET = ("cluster", "environment", "job", "instance")
# How every grouping of a rule begins, so that notifications can be told apart.
PLACE = ("cluster", "environment")


READINGS = frozenset({"value", "rate", "increase", "over", "change", "ahead", "quantile", "mean", "heat", "below"})
INSTEAD = {
    "counter": ", which says nothing of a number that only grows: use rate() or increase()",
    "gauge": ", which means nothing for a number that goes up and down: use value(), change() or over()",
    "histogram": ": use quantile(), rate(), mean() or heat()",
    "summary": ": use quantile_now() or rate()",
}


class Misread(AttributeError):
    """A metric was asked for a reading that its type does not have; one sentence with the remedy."""


def words(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """`"service endpoint"` → `("service", "endpoint")`."""
    return tuple(text.split()) if isinstance(text, str) else text


@frozen(slots=False)
class Metric:
    """Name, labels of its own (without those of the target), help, and the job that exports it.

    `same_on_replicas`: every replica exports the same fact (a queue's depth), so replicas are a maximum and never
    a sum. `only`: matchers that every reading needs (cAdvisor's `image!=""`). `typed`: False where the exporter
    itself gives no type. `optional`: labels that some of its series lack; a page's choice keeps those. `sparse`: it has
    no series until something happens, or where a thing does not apply, so that its absence says nothing. `elsewhere`:
    another job that may export it in the place of `job`.
    """

    name: str
    labels: tuple[str, ...] = field(default=(), converter=words)
    help: str = field(default="", kw_only=True)
    job: str = field(default="", kw_only=True)
    same_on_replicas: bool = field(default=False, kw_only=True)
    only: tuple[Match, ...] = field(default=(), kw_only=True)
    typed: bool = field(default=True, kw_only=True)
    optional: tuple[str, ...] = field(default=(), converter=words, kw_only=True)
    sparse: bool = field(default=False, kw_only=True)
    elsewhere: str = field(default="", kw_only=True)
    where: Where = field(factory=here, eq=False, kw_only=True)

    type: ClassVar[str] = "untyped"
    own: ClassVar[tuple[str, ...]] = ()

    def __getattr__(self, name: str) -> NoReturn:
        """Only asked for what it does not have: a way of reading that makes no sense for its type."""
        if name.startswith("_") or name not in READINGS:
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'", name=name, obj=self)
        raise Misread(f"the {self.type} {self.name} cannot be read by {name}(){INSTEAD.get(self.type, '')}")

    @cached_property
    def labels_all(self) -> frozenset[str]:
        """Its own labels and the target's."""
        return frozenset((*self.labels, *self.own, *TARGET))

    @property
    def identity(self) -> tuple[str, ...]:
        """What tells one fact from another where replicas say the same: everything but the replica."""
        return tuple(dict.fromkeys((*PLACE, *self.labels)))

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which its samples are stored."""
        return (self.name,)

    def check_labels(self, asked: tuple[str, ...], where: Where) -> bool:
        """Report the labels that it does not have; True when there is none."""
        for label in asked:
            if label not in self.labels_all:
                known = ", ".join(sorted({*self.labels, *self.own})) or "only those of its target"
                report(f"{self.name} has no label '{label}'{nearest(label, self.labels_all)} (it has {known})", where)
        return self.labels_all.issuperset(asked)

    def _matchers(self, asked: dict[str, str | Value]) -> tuple[Match, ...]:
        where = here()
        return matchers({label: value for label, value in asked.items() if self.check_labels((label,), where)})

    def absent(self, **asked: str | Value) -> Absent:
        """1 when there is no such series."""
        return Absent(self, self._matchers(asked))

    def count(self, **asked: str | Value) -> Leaf:
        """How many series there are."""
        return Leaf(self, where=self._matchers(asked), how="count")


@frozen(slots=False)
class Counter(Metric):
    """A number that only grows, and starts from 0 with its process; it is read as a rate or an increase."""

    type: ClassVar[str] = "counter"

    def rate(self, **asked: str | Value) -> Leaf:
        """Per second, over the scope's window."""
        return Leaf(self, where=self._matchers(asked), function="rate")

    def increase(self, window: str | None = None, **asked: str | Value) -> Leaf:
        """How much it grew over `window` (the scope's where None)."""
        return Leaf(self, where=self._matchers(asked), function="increase", window=window)


@frozen(slots=False)
class Gauge(Metric):
    """A number that goes up and down."""

    type: ClassVar[str] = "gauge"

    def value(self, how: str = "sum", **asked: str | Value) -> Leaf:
        """As it is now; `how` adds up what the grouping drops (sum, max, min, avg)."""
        return Leaf(self, where=self._matchers(asked), how=how)

    def over(self, function: str, window: str | None = None, how: str = "sum", **asked: str | Value) -> Leaf:
        """`over("avg")`: the average (max, min, …) over `window` (the scope's where None)."""
        return Leaf(self, where=self._matchers(asked), function=f"{function}_over_time", window=window, how=how)

    def change(
        self, function: str = "deriv", window: str | None = None, how: str = "sum", **asked: str | Value
    ) -> Leaf:
        """How it moves: `deriv` per second, `delta` over the window, `changes` in number."""
        return Leaf(self, where=self._matchers(asked), function=function, window=window, how=how)

    def ahead(self, horizon: float, window: str, **asked: str | Value) -> Leaf:
        """Where its course over `window` leads in `horizon` seconds."""
        return Leaf(self, where=self._matchers(asked), function="predict_linear", window=window, after=(horizon,))


@frozen(slots=False)
class Histogram(Metric):
    """Observations in buckets; `buckets` are the upper bounds in the base unit, +Inf left out."""

    buckets: tuple[float, ...] = field(default=(), kw_only=True)

    type: ClassVar[str] = "histogram"
    own: ClassVar[tuple[str, ...]] = ("le",)

    @property
    def series(self) -> tuple[str, ...]:
        """See Metric."""
        return tuple(f"{self.name}_{suffix}" for suffix in ("bucket", "count", "sum"))

    def _part(self, suffix: str, asked: dict[str, str | Value], keep: tuple[str, ...] = ()) -> Leaf:
        return Leaf(self, f"_{suffix}", where=self._matchers(asked), function="rate", keep=keep)

    def quantile(self, q: float, **asked: str | Value) -> Quantile:
        """The value that the share `q` of the observations stays below."""
        return Quantile(q, self._part("bucket", asked, keep=("le",)))

    def rate(self, **asked: str | Value) -> Leaf:
        """Observations per second."""
        return self._part("count", asked)

    def below(self, bound: float, **asked: str | Value) -> Leaf:
        """Observations per second up to the bucket `bound`, written `1` by Go and `1.0` by Python."""
        self.check_level(bound, here())
        le = re(f"{number(bound)}(\\.0)?") if float(bound).is_integer() else number(bound)
        return self._part("bucket", {**asked, "le": le})

    def total(self, **asked: str | Value) -> Leaf:
        """The observed quantity per second (for a duration: seconds spent per second)."""
        return self._part("sum", asked)

    def mean(self, **asked: str | Value) -> Expr:
        """The average observation; no observation, no series."""
        return self.total(**asked) / Binary(">", self.rate(**asked), Number(0))

    def heat(self, **asked: str | Value) -> Leaf:
        """Observations per second and bucket, for a heatmap."""
        return self._part("bucket", asked, keep=("le",))

    def check_level(self, value: float, where: Where) -> None:
        """Report a level or objective that is not the bound of a bucket: a quantile could not tell it."""
        if self.buckets and value not in self.buckets:
            report(
                f"{self.name} has no bucket at {number(value)}, so a level there would be a guess between its "
                f"neighbours; add {number(value)} to its buckets",
                where,
            )


@frozen(slots=False)
class Summary(Metric):
    """Observations with quantiles that the process itself computed; they can be shown and never added up."""

    type: ClassVar[str] = "summary"
    own: ClassVar[tuple[str, ...]] = ("quantile",)

    @property
    def series(self) -> tuple[str, ...]:
        """See Metric."""
        return (self.name, f"{self.name}_count", f"{self.name}_sum")

    def quantile_now(self, quantile: str, **asked: str | Value) -> Leaf:
        """One of its quantiles (`"0.9"`), the worst over what the grouping drops."""
        return Leaf(self, where=self._matchers({**asked, "quantile": quantile}), how="max")

    def rate(self, **asked: str | Value) -> Leaf:
        """Observations per second."""
        return Leaf(self, "_count", where=self._matchers(asked), function="rate")


@frozen(slots=False)
class RecordedSeries(Metric):
    """A series that a recording rule makes: it has the labels of its grouping and no others."""

    type: ClassVar[str] = "recorded"

    @cached_property
    def labels_all(self) -> frozenset[str]:
        """See Metric."""
        return frozenset(self.labels)
