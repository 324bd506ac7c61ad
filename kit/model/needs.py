"""What alerts need to be exported, read from their conditions: without it they are silent, which looks like health."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from kit.model.alert import Alert, watched_line
from kit.model.expr import Absent, Binary, Expr, Leaf, Share
from kit.model.matcher import Match
from kit.model.metric import TARGET


def series(alerts: Iterable[Alert]) -> tuple[Leaf, ...]:
    """The series that must be there for the alerts to fire at all, each once, counted.

    The part of a share need not be there (no part is 0), nor what is asked for its absence, nor what every job has
    (`up`). Those of a `sparse` metric must be there only once something has happened.
    """
    found = {leaf.series: _counted(leaf) for line in _lines(alerts) for leaf in _needed(line) if leaf.metric.job != "*"}
    return tuple(found[name] for name in sorted(found))


def labels(alerts: Iterable[Alert]) -> tuple[tuple[Leaf, str], ...]:
    """Each series with each label that an alert needs on it: series without the label, counted, and the label.

    Needed is a label by which the alert tells its instances apart, or which its matchers ask to have a value. A label
    of the target, or one that the metric calls optional, is not; nor one that an alert of its own already asks about.
    """
    known = tuple(alerts)
    told = {(leaf.series, m.label) for leaf in _leaves(known) for m in leaf.where if (m.op, m.value) == ("=", "")}
    found = {
        (leaf.series, label): replace(_counted(leaf), where=(Match(label, "=", ""),))
        for alert in known
        for leaf in _leaves((alert,))
        for label in _asked(leaf, alert)
        if (leaf.series, label) not in told
    }
    return tuple((found[key], key[1]) for key in sorted(found))


def _lines(alerts: Iterable[Alert]) -> Iterator[Expr]:
    for alert in alerts:
        for name in alert.level.lines:
            yield watched_line(alert.signal, alert.level, name)


def _leaves(alerts: Iterable[Alert]) -> Iterator[Leaf]:
    for line in _lines(alerts):
        yield from line.leaves()


def _needed(expr: Expr) -> Iterator[Leaf]:
    if isinstance(expr, Leaf):
        yield expr
    elif isinstance(expr, Share):
        yield from _needed(expr.of)
    elif isinstance(expr, Binary) and expr.op == "unless":
        yield from _needed(expr.left)
    elif not isinstance(expr, Absent):
        for part in expr.parts():
            yield from _needed(part)


def _counted(leaf: Leaf) -> Leaf:
    """How many series of that name there are."""
    return Leaf(leaf.metric, leaf.suffix, how="count")


def _asked(leaf: Leaf, alert: Alert) -> Iterator[str]:
    own = set(leaf.metric.labels) - set(leaf.metric.optional) - {*TARGET, "service"}  # relabelling sets the service
    matched = {match.label for match in leaf.where if not _takes_nothing(match)}
    yield from sorted(own & {*alert.signal.per, *matched})


def _takes_nothing(match: Match) -> bool:
    """Whether a series without the label passes the matcher."""
    same = re.fullmatch(match.value, "") is not None if "~" in match.op else match.value == ""
    return same != match.op.startswith("!")
