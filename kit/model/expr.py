"""PromQL as a frozen tree of small nodes: it can be compared, recorded and rendered for a scope.

A leaf reads one metric and adds its series up to the grouping of the scope by itself, so a tree never says how it
is grouped: `signal.by("endpoint")` only changes the scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from kit.model.matcher import Match, selector
from kit.model.words import number

if TYPE_CHECKING:
    from kit.model.metric import Metric

PANEL_WINDOW = "$__rate_interval"
RULE_WINDOW = "5m"
# The function that reads a counter as it stands: whether it has ever grown.
LATEST = "last_over_time"


@dataclass(frozen=True)
class Scope:
    """Where an expression is rendered.

    `by`: the labels it is grouped by. `where`: matchers laid on every metric that has their label (a page's
    variables). `window`: of rates (`$__rate_interval` in panels, fixed in rules). `recorded`: what is recorded of a
    rate, by the name of the series that is rated.
    """

    by: tuple[str, ...] = ()
    where: tuple[Match, ...] = ()
    window: str = PANEL_WINDOW
    recorded: Mapping[str, "Recorded"] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """A recorded rate: its name, the labels it is grouped by, the query that fills it, the window of its rate."""

    name: str
    labels: tuple[str, ...]
    query: str
    window: str


class Expr:
    """A node. Arithmetic between nodes and numbers makes a new one. `compound`: its text has an operator of its own."""

    compound: ClassVar[bool] = False

    def text(self, scope: Scope) -> str:
        """The node as query text for `scope`, on one line."""
        raise TypeError(f"{type(self).__name__} does not say how it is rendered")

    def parts(self) -> tuple["Expr", ...]:
        """The nodes directly below."""
        return ()

    def leaves(self) -> tuple["Leaf", ...]:
        """Every reading of a metric in the tree, in order."""
        return tuple(leaf for part in self.parts() for leaf in part.leaves())

    def given(self) -> frozenset[str]:
        """Labels of a grouping that need not be those of every metric in it."""
        return frozenset(label for part in self.parts() for label in part.given())

    def __add__(self, other: "Expr | float") -> "Expr":
        return Binary("+", self, _node(other))

    def __sub__(self, other: "Expr | float") -> "Expr":
        return Binary("-", self, _node(other))

    def __rsub__(self, other: float) -> "Expr":
        return Binary("-", Number(other), self)

    def __mul__(self, other: "Expr | float") -> "Expr":
        return Binary("*", self, _node(other))

    def __truediv__(self, other: "Expr | float") -> "Expr":
        return Binary("/", self, _node(other))


def _node(value: Expr | float) -> Expr:
    return value if isinstance(value, Expr) else Number(value)


@dataclass(frozen=True)
class Number(Expr):
    """A literal."""

    value: float

    def text(self, scope: Scope) -> str:
        """See Expr."""
        return number(self.value)


@dataclass(frozen=True)
class Always(Expr):
    """One series with the value 1 and no label, whatever there is to read: what a heartbeat beats with."""

    def text(self, scope: Scope) -> str:
        """See Expr."""
        return "vector(1)"


@dataclass(frozen=True)
class Leaf(Expr):
    """One metric, read: selector, function over a range, and the way its series add up.

    `how` is the aggregation over what the grouping drops; `keep` are labels kept beside the grouping (`le`).
    `window` None takes the scope's. `before` and `after` are further arguments of the function.
    """

    metric: "Metric"
    suffix: str = ""
    where: tuple[Match, ...] = ()
    function: str = ""
    window: str | None = None
    before: tuple[float, ...] = ()
    after: tuple[float, ...] = ()
    how: str = "sum"
    keep: tuple[str, ...] = ()
    offset: str = ""

    def leaves(self) -> tuple["Leaf", ...]:
        """Itself."""
        return (self,)

    def ago(self, offset: str) -> "Leaf":
        """The same reading, `offset` earlier."""
        return replace(self, offset=offset)

    @property
    def rated(self) -> bool:
        """Whether it is a rate over the scope's window: what a recording rule can stand in for."""
        return self.function == "rate" and self.window is None and self.how == "sum" and not self.offset

    def text(self, scope: Scope) -> str:
        """See Expr. Series of replicas that say the same are never added up (`Metric.same_on_replicas`)."""
        by = tuple(dict.fromkeys((*scope.by, *self.keep)))
        laid = (self._lenient(m) for m in scope.where if m.label in self.metric.labels_all)
        seen = (*self.metric.only, *self.where, *laid)
        recorded = scope.recorded.get(self.series) if self.rated else None
        if recorded and scope.window in (recorded.window, PANEL_WINDOW):
            return f"sum{_by(by)}({recorded.name}{selector(m for m in seen if m not in self.metric.only)})"
        text = self._read(seen, scope)
        identity = tuple(label for label in self.metric.identity if label not in self.keep)
        if self.metric.same_on_replicas and self.how == "sum":
            if set(identity) <= set(by):
                return f"max{_by(by)}({text})"
            text = f"max{_by(tuple(dict.fromkeys((*identity, *by))))}({text})"
        return f"{self.how}{_by(by)}({text})"

    @property
    def series(self) -> str:
        """The name of the series that it reads."""
        return f"{self.metric.name}{self.suffix}"

    def needs(self, scope: Scope) -> tuple[str, ...]:
        """The labels that a recording of it must keep to stand in for it in `scope`."""
        matched = (m.label for m in (*self.where, *scope.where) if m.label in self.metric.labels_all)
        return tuple(dict.fromkeys((*scope.by, *self.keep, *matched)))

    def _lenient(self, match: Match) -> Match:
        """A choice among values also takes the series that lack the label, where the metric says that some do."""
        if match.op == "=~" and match.label in self.metric.optional:
            return replace(match, value=f"{match.value}|")
        return match

    def _read(self, seen: tuple[Match, ...], scope: Scope) -> str:
        text = f"{self.series}{selector(seen)}"
        if not self.function:
            return text + (f" offset {self.offset}" if self.offset else "")
        text += f"[{self.window or scope.window}]" + (f" offset {self.offset}" if self.offset else "")
        arguments = (*map(number, self.before), text, *map(number, self.after))
        return f"{self.function}({', '.join(arguments)})"


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({', '.join(labels)}) " if labels else ""


@dataclass(frozen=True)
class Quantile(Expr):
    """A quantile (0 to 1) of a histogram's buckets, which keep their `le`."""

    q: float
    buckets: Leaf

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.buckets,)

    def text(self, scope: Scope) -> str:
        """See Expr."""
        return f"histogram_quantile({number(self.q)}, {self.buckets.text(scope)})"


@dataclass(frozen=True)
class Binary(Expr):
    """Two nodes and an operator; both sides have the scope's grouping, so they match one to one."""

    compound: ClassVar[bool] = True

    op: str
    left: Expr
    right: Expr

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.left, self.right)

    def text(self, scope: Scope) -> str:
        """See Expr."""
        if self.op == "/":
            scope = one_window(scope, self.leaves())
        return f" {self.op} ".join(self._side(part, scope) for part in self.parts())

    def _side(self, part: Expr, scope: Scope) -> str:
        text = part.text(scope)
        same = self.op in ("or", "and", "+") and isinstance(part, Binary) and part.op == self.op
        return f"({text})" if part.compound and not same else text


def one_window(scope: Scope, leaves: Iterable[Leaf]) -> Scope:
    """The scope for a quotient: without recordings in a panel where only some of its rates are recorded.

    A recorded rate has a window of its own. Over another one than the rest, a part may be above its whole: after a
    start, a deployment, or any change that is faster than the longer of the two.
    """
    recorded = {leaf.series in scope.recorded for leaf in leaves if leaf.rated}
    return replace(scope, recorded={}) if scope.window == PANEL_WINDOW and len(recorded) == 2 else scope


@dataclass(frozen=True)
class Absent(Expr):
    """1 when no series of the metric matches; carries the labels of the equality matchers."""

    metric: "Metric"
    where: tuple[Match, ...] = ()

    def leaves(self) -> tuple[Leaf, ...]:
        """The reading that it asks about."""
        return (Leaf(self.metric, where=self.where),)

    def text(self, scope: Scope) -> str:
        """See Expr. Scope matchers are left out: absence is asked for by name."""
        return f"absent({self.metric.name}{selector((*self.metric.only, *self.where))})"


@dataclass(frozen=True)
class Share(Expr):
    """A part of a whole, 0 to 1.

    Decided once for everybody: no part at all is 0, a share of nothing is no series (neither NaN nor 0).
    """

    compound: ClassVar[bool] = True

    part: Expr
    of: Expr

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.part, self.of)

    def text(self, scope: Scope) -> str:
        """See Expr."""
        scope = one_window(scope, self.leaves())
        part, whole = (f"({n.text(scope)})" if n.compound else n.text(scope) for n in self.parts())
        return f"({part} or {whole} * 0) / ({whole} > 0)"


def ratio(part: Expr, *, of: Expr) -> Expr:
    """`part` for each one of `of`, where both are always there together (two gauges); of nothing, no series."""
    return Binary("/", part, Binary(">", of, Number(0)))


def share(part: Expr, *, of: Expr) -> Share:
    """Which part of `of` is `part`, where there may be none (counters chosen by a label)?"""
    return Share(part, of)


@dataclass(frozen=True)
class Labelled(Expr):
    """The series of a node with further labels: what absence cannot know, and routes and groups need.

    `without`: labels of the grouping that do not tell its series apart, though they do others beside it.
    """

    of: Expr
    labels: tuple[tuple[str, str], ...]
    without: tuple[str, ...] = ()

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.of,)

    def given(self) -> frozenset[str]:
        """See Expr."""
        return self.of.given() | {label for label, _ in self.labels} | {*self.without}

    def text(self, scope: Scope) -> str:
        """See Expr. What is inside is not grouped by a label that it only gets here, or does not have."""
        own = {*self.without, *(label for label, _ in self.labels)}
        text = self.of.text(replace(scope, by=tuple(label for label in scope.by if label not in own)))
        for label, value in self.labels:
            text = f'label_replace({text}, "{label}", "{value}", "", "")'
        return text


@dataclass(frozen=True)
class Beside(Expr):
    """A node, and added to each of its series what another one sums up to, wherever that is: in all places together."""

    compound: ClassVar[bool] = True

    of: Expr
    everywhere: Expr

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.of, self.everywhere)

    def text(self, scope: Scope) -> str:
        """See Expr."""
        scopes = scope, replace(scope, by=(), where=())
        own, whole = (
            f"({part.text(one)})" if part.compound else part.text(one)
            for part, one in zip(self.parts(), scopes, strict=True)
        )
        return f"{own} + on () group_left () {whole}"


@dataclass(frozen=True)
class OrZero(Expr):
    """0 where there is nothing to count; a grouped count has no group to be 0 of, and stays as it is."""

    compound: ClassVar[bool] = True

    of: Expr

    def parts(self) -> tuple[Expr, ...]:
        """See Expr."""
        return (self.of,)

    def text(self, scope: Scope) -> str:
        """See Expr."""
        text = self.of.text(scope)
        return text if scope.by else f"{f'({text})' if self.of.compound else text} or vector(0)"


def or_zero(counted: Expr) -> Expr:
    """A count that is 0, not absent, when there is nothing."""
    return OrZero(counted)


def begun(leaf: Leaf) -> Expr:
    """The series that were not there a step of the graph before: a mark where something begins, not a region."""
    return Binary("unless", leaf, leaf.ago("$__interval"))


def either(first: Expr, *others: Expr) -> Expr:
    """The series of all of them."""
    whole = first
    for other in others:
        whole = Binary("or", whole, other)
    return whole
