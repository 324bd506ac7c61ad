"""Signals: what people watch. A fact about one is said here once; panels, rules, texts and tables follow."""

from collections.abc import Iterator, Mapping

from attrs import evolve, field, frozen

from kit.model import promql
from kit.model.expr import RULE_WINDOW, Expr, Quantile, Scope
from kit.model.fault import Where, here, report
from kit.model.logql import LogExpr, Stream
from kit.model.matcher import Match, Value, matchers
from kit.model.metric import PLACE, Histogram, Metric, words
from kit.model.unit import Unit
from kit.model.words import nearest, seconds

NO_DATA = "no data"
OVERALL = ", overall"


@frozen
class Level:
    """Where a signal's line becomes worth a warning, or wakes somebody.

    `above` is the direction (False: below is bad). `hold`: how long it must last. `window`: of the rates.
    `at_least`: the line is a share, judged only where its whole grew by so many in the window.
    `except_`: label → value → another number, or None for never. `also`: a second line, with the same direction,
    that alerts as well once it passes `also[1]`.
    """

    value: float
    above: bool | None = field(default=None, kw_only=True)
    line: str = field(default="", kw_only=True)
    hold: str = field(default="0s", kw_only=True)
    window: str = field(default=RULE_WINDOW, kw_only=True)
    at_least: float | None = field(default=None, kw_only=True)
    except_: Mapping[str, Mapping[str, float | None]] = field(factory=dict, kw_only=True)
    also: tuple[str, float] | None = field(default=None, kw_only=True)
    where: Where = field(factory=here, eq=False, kw_only=True)

    @property
    def direction(self) -> str:
        """`above` or `below`."""
        return "above" if self.above else "below"

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the lines that it judges."""
        return (self.line, self.also[0]) if self.also else (self.line,)

    def words(self, unit: Unit) -> str:
        """`above 5 % for 2m`."""
        return f"{self.direction} {unit.words(self.value)}" + (f" for {self.hold}" if seconds(self.hold) else "")


def _lines(given: Expr | Mapping[str, Expr]) -> Mapping[str, Expr]:
    return {"": given} if isinstance(given, Expr) else dict(given)


@frozen(slots=False)
class Signal:
    """A question and the lines that answer it.

    `name` is unique (the label `signal` of its alerts), `title` stands above panels, `question` is what they answer,
    `bad` what to do when it looks bad. `lines` share one unit. `per`: the labels with a line of their own.
    `answers`: the rows of the brief that it covers. `nothing`: what a panel says where there is no series.
    """

    name: str
    title: str
    lines: Mapping[str, Expr] = field(converter=_lines, kw_only=True)
    unit: Unit | None = field(default=None, kw_only=True)
    question: str = field(default="", kw_only=True)
    bad: str = field(default="", kw_only=True)
    per: tuple[str, ...] = field(default=(), converter=words, kw_only=True)
    warning: Level | None = field(default=None, kw_only=True)
    critical: Level | None = field(default=None, kw_only=True)
    answers: tuple[str, ...] = field(default=(), kw_only=True)
    nothing: str = field(default=NO_DATA, kw_only=True)
    where: Where = field(factory=here, eq=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for fault in self._faults():
            report(f"signal {self.name}: {fault}", self.where)
        if not isinstance(self.unit, Unit):
            object.__setattr__(self, "unit", None)  # reported; what is built on it goes on without a unit
        for severity, level in self.levels:
            for fault in self._level_faults(level):
                report(f"signal {self.name}: its {severity} level {fault}", level.where)

    @property
    def levels(self) -> tuple[tuple[str, Level], ...]:
        """Severity and level, the warning first."""
        pairs = (("warning", self.warning), ("critical", self.critical))
        return tuple((severity, level) for severity, level in pairs if level)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric that its lines read."""
        return tuple(dict.fromkeys(leaf.metric for line in self.lines.values() for leaf in line.leaves()))

    @property
    def logs(self) -> bool:
        """Whether Loki answers it (else Prometheus)."""
        return any(isinstance(line, LogExpr) for line in self.lines.values())

    @property
    def sources(self) -> tuple[Metric | Stream, ...]:
        """The metrics or log streams that its lines read."""
        streams = (line.lines.stream for line in self.lines.values() if isinstance(line, LogExpr))
        return (*self.metrics, *dict.fromkeys(streams))

    def view(self) -> "View":
        """The signal as it is shown when nothing is said."""
        return View(self, by_labels=self.per, lines=tuple(self.lines))

    def by(self, *labels: str) -> "View":
        """Grouped by other labels; by none, overall."""
        return self.view().by(*labels)

    def only(self, *lines: str) -> "View":
        """Some of its lines."""
        return self.view().only(*lines)

    def of(self, **asked: str | Value) -> "View":
        """Read through matchers."""
        return self.view().of(**asked)

    def top(self, n: int) -> "View":
        """The `n` greatest series."""
        return self.view().top(n)

    def _faults(self) -> Iterator[str]:
        if self.unit is None:
            yield "it has no unit; name one of kit/model/unit.py"
        elif not isinstance(self.unit, Unit):
            yield f"unknown unit {self.unit!r}; name one of kit/model/unit.py"
        if not self.question or not self.bad:
            yield "it has no description; say question= (what it answers) and bad= (what to do then)"
        yield from self._query_faults()
        yield from self._hand_over_faults()

    def _query_faults(self) -> Iterator[str]:
        catalogue = {series: metric for metric in self.metrics for series in metric.series}
        given = frozenset(label for line in self.lines.values() if isinstance(line, Expr) for label in line.given())
        for source in self.sources:
            for label in self.per:
                if label not in source.labels_all | given:
                    yield f"per '{label}', which {source.name} does not have{nearest(label, source.labels_all)}"
        for line in () if self.logs else self.lines.values():
            yield from promql.problems(line.text(Scope(by=self.per)), catalogue)

    def _hand_over_faults(self) -> Iterator[str]:
        """What the hand-over from warning to critical could not tell."""
        if not self.warning or not self.critical:
            return
        if self.critical.also:
            yield "its critical level has also=, which its warning cannot hand over to; give that a signal of its own"
        for label in self.critical.except_:
            if label not in self.per and label not in self.warning.except_:
                yield f"its critical level excepts '{label}', which is not in per=; so must the warning"

    def _level_faults(self, level: Level) -> Iterator[str]:
        if level.above is None:
            yield "has no direction; say above=True or above=False"
        try:
            seconds(level.hold), seconds(level.window)
        except ValueError as error:
            yield str(error)
        for name in level.lines:
            if name not in self.lines:
                yield f"names the line '{name}', which it does not have{nearest(name, self.lines)}"
            elif isinstance(line := self.lines[name], Quantile) and isinstance(line.buckets.metric, Histogram):
                for value in (level.value, *_exceptional(level)):
                    line.buckets.metric.check_level(value, level.where)
        for label in level.except_:
            if not any(label in metric.labels_all for metric in self.metrics):
                yield f"excepts the label '{label}', which none of its metrics has"


def _exceptional(level: Level) -> Iterator[float]:
    for values in level.except_.values():
        yield from (value for value in values.values() if value is not None)


@frozen
class View:
    """A signal, the way a panel shows it."""

    signal: Signal
    by_labels: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    where: tuple[Match, ...] = ()
    greatest: int = 0

    def view(self) -> "View":
        """Itself: panels take signals and views alike."""
        return self

    def by(self, *labels: str) -> "View":
        """Grouped by other labels; by none, overall."""
        place = here()
        for source in self.signal.sources:
            source.check_labels(tuple(label for label in labels if label not in PLACE), place)
        return evolve(self, by_labels=labels)

    def only(self, *lines: str) -> "View":
        """Some of its lines."""
        for name in lines:
            if name not in self.signal.lines:
                report(f"signal {self.signal.name} has no line '{name}'{nearest(name, self.signal.lines)}", here())
        return evolve(self, lines=tuple(name for name in lines if name in self.signal.lines))

    def of(self, **asked: str | Value) -> "View":
        """Read through matchers."""
        for label in asked:
            if not any(label in source.labels_all for source in self.signal.sources):
                kind = "log stream" if self.signal.logs else "metric"
                report(f"no {kind} of signal {self.signal.name} has a label '{label}'", here())
        return evolve(self, where=(*self.where, *matchers(asked)))

    def top(self, n: int) -> "View":
        """The `n` greatest series."""
        return evolve(self, greatest=n)

    @property
    def title(self) -> str:
        """The signal's title, with the grouping where it is another than the signal's own."""
        title = self.signal.title
        if len(self.lines) == 1 and len(self.signal.lines) > 1:
            title += f" ({self.lines[0]})"
        if self.by_labels == self.signal.per:
            return title
        return f"{title} by {' and '.join(self.by_labels)}" if self.by_labels else f"{title}{OVERALL}"

    @property
    def levels(self) -> tuple[tuple[str, Level], ...]:
        """The levels that hold for what is shown: of its lines, and not where groups were added up."""
        if not set(self.signal.per) <= set(self.by_labels):
            return ()
        shown = tuple((severity, level) for severity, level in self.signal.levels if level.line in self.lines)
        directions = {level.above for _, level in shown}
        return shown if len(directions) < 2 else tuple(pair for pair in shown if pair[0] == "critical")

    def queries(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """Each line's name and query, grouped and filtered for this view."""
        inner = evolve_scope(scope, self)
        for name in self.lines:
            text = self.signal.lines[name].text(inner)
            yield name, f"topk({self.greatest}, {text})" if self.greatest else text


def evolve_scope(scope: Scope, view: View) -> Scope:
    """The scope with the view's grouping and matchers; a matcher of the view replaces the page's on that label."""
    own = {match.label for match in view.where}
    where = (*(match for match in scope.where if match.label not in own), *view.where)
    return Scope(by=view.by_labels, where=where, window=scope.window, recorded=scope.recorded)
