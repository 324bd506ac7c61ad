"""LogQL from streams and fields, the way PromQL is built from metrics.

A stream's labels are what Loki indexes; its fields are in the line (JSON) and cost a parser stage.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from attrs import field, frozen

from kit.model.expr import Expr, Leaf, Scope
from kit.model.fault import Where, here, report
from kit.model.matcher import Match, Value, matchers, selector
from kit.model.metric import words
from kit.model.words import nearest, number


@frozen(slots=False)
class Stream:
    """Log lines of one format: the labels that Loki indexes, the fields that stand in the line.

    `shown` is the template of what people read of a line (LogQL's line_format); empty shows the line itself.
    """

    name: str
    labels: tuple[str, ...] = field(default=(), converter=words)
    fields: tuple[str, ...] = field(default=(), converter=words)
    help: str = field(default="", kw_only=True)
    shown: str = field(default="", kw_only=True)
    where: Where = field(factory=here, eq=False, kw_only=True)

    @cached_property
    def labels_all(self) -> frozenset[str]:
        """Labels and fields: what its lines can be grouped and filtered by."""
        return frozenset((*self.labels, *self.fields))

    def check_labels(self, asked: tuple[str, ...], where: Where) -> bool:
        """Report what is neither a label nor a field; True when there is no such."""
        for name in asked:
            if name not in self.labels_all:
                report(f"log stream {self.name} has no label or field '{name}'{nearest(name, self.labels_all)}", where)
        return self.labels_all.issuperset(asked)

    def lines(self, **asked: str | Value) -> "LogLines":
        """The lines themselves, filtered by labels and fields."""
        self.check_labels(tuple(asked), here())
        return LogLines(self, matchers({name: value for name, value in asked.items() if name in self.labels_all}))

    def count(self, **asked: str | Value) -> "LogCount":
        """How many lines there are in each step."""
        return LogCount(self.lines(**asked))

    def quantile(self, q: float, unwrap: str, **asked: str | Value) -> "LogQuantile":
        """A quantile of a number that stands in the field `unwrap`."""
        if unwrap not in self.fields:
            report(f"log stream {self.name} has no field '{unwrap}'{nearest(unwrap, self.fields)}", here())
        return LogQuantile(q, unwrap, self.lines(**asked))


class LogExpr(Expr):
    """A node of LogQL; it has no leaves in the metric catalogue, but the lines of a stream."""

    lines: "LogLines"

    def leaves(self) -> tuple[Leaf, ...]:
        """None: logs are no metrics."""
        return ()


@dataclass(frozen=True)
class LogLines(LogExpr):
    """A log query: stream selector, then filters on the line's fields."""

    stream: Stream
    where: tuple[Match, ...] = ()

    @property
    def lines(self) -> "LogLines":  # type: ignore[override]
        """Itself."""
        return self

    def text(self, scope: Scope) -> str:
        """See Expr; scope matchers are laid on labels and, parsed, on fields."""
        shown = f" | line_format `{self.stream.shown}`" if self.stream.shown else ""
        return self.filtered(scope) + shown

    def filtered(self, scope: Scope) -> str:
        """The lines without the form in which they are shown: what is counted."""
        found = (*self.where, *(m for m in scope.where if m.label in self.stream.labels_all))
        labels = [m for m in found if m.label in self.stream.labels]
        # Loki refuses a selector in which every matcher also matches the empty string.
        if all(_matches_nothing(match) for match in labels):
            labels.append(Match("service", "=~", ".+"))
        fields = sorted({m for m in found if m.label in self.stream.fields} - set(labels))
        return selector(labels) + "".join([" | json", *(f" | {m}" for m in fields)])


@dataclass(frozen=True)
class LogCount(LogExpr):
    """Lines per step, added up to the scope's grouping."""

    lines: LogLines

    def text(self, scope: Scope) -> str:
        """See Expr."""
        return f"sum{_by(scope.by)}(count_over_time({self.lines.filtered(scope)} [$__auto]))"


@dataclass(frozen=True)
class LogQuantile(LogExpr):
    """A quantile of a field over the step."""

    q: float
    unwrap: str
    lines: LogLines

    def text(self, scope: Scope) -> str:
        """See Expr. Lines whose field is no number are left out."""
        inner = f"{self.lines.filtered(scope)} | unwrap {self.unwrap} | __error__=``"
        return f"quantile_over_time({number(self.q)}, {inner} [$__auto]){_by(scope.by).rstrip()}"


def _matches_nothing(match: Match) -> bool:
    """Whether the matcher also takes lines without the label; a page's All is `.+` for the service, else `.*`."""
    if match.op in ("=", "!="):
        return (match.value == "") is (match.op == "=")
    pattern = {"$service": ".+"}.get(match.value, re.sub(r"\$\w+", ".*", match.value))
    return bool(re.fullmatch(pattern, "")) is (match.op == "=~")


def _by(labels: Iterable[str]) -> str:
    return f" by ({', '.join(labels)}) " if labels else ""
