"""Alerts: neutral objects made from a signal and one of its levels.

Both dialects (Grafana's provisioning file, Prometheus's rule file) are written from them by kit/emit.
"""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from kit.model.expr import Binary, Expr, Leaf, Number, Scope, Share
from kit.model.fault import Where, here, report
from kit.model.matcher import Match
from kit.model.metric import PLACE
from kit.model.signal import Level, Signal
from kit.model.words import nearest, seconds

# The severity of what always fires: nobody's problem, and a problem where it is not heard.
HEARTBEAT = "none"
# Seconds between two looks at the past: Grafana's tick. Whatever the offset of a rule group is, its evaluations are
# then among them, so that this says the same as the pending period of the critical rule.
TICK = 10
_BRACES = frozenset("{}")


@frozen(slots=False)
class Alert:
    """`name` is the module's variable, `area` the module.

    `summary` is fixed text; `description` may name labels, {value} and {level}.

    `no_data`: `ok` or `alerting`, what it means when the query has no series. `on_error`: `keep` or `alerting`.
    `unheard`: why its messages may reach nobody while what it tells of is so, for each evaluator where that can be.
    `nothing`: what the text says when no data is what alerts. `panel`: the stem of the page whose first panel of the
    signal it links to (None: found by the compiler); `shown_as`: the signal to link to where its own is on no page.
    """

    name: str
    severity: str
    signal: Signal
    level: Level
    summary: str
    description: str
    no_data: str = "ok"
    on_error: str = "keep"
    panel: str | None = None
    shown_as: Signal | None = None
    nothing: str = "There is no data at all."
    unheard: Mapping[str, str] = field(factory=dict)
    answers: str = ""
    area: str = ""
    where: Where = field(factory=here, eq=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        known = {*PLACE, *self.signal.per, "value", "level"}
        if _BRACES & set(self.summary):
            report("a summary is fixed text, so that notifications group; put values into description=", self.where)
        if _BRACES & set(self.nothing):
            # There is no series then: no label and no value to put in, and it is sent as it stands.
            report(
                f"nothing= is fixed text, sent as it stands: '{self.nothing:.60}'; write it without braces", self.where
            )
        if not _balanced(self.description):
            text = f"{self.description:.60}"
            report(
                f"alert text has a brace without its pair, or something else than a name in two: '{text}'", self.where
            )
            return
        for whole, name in _dressed(self.description):
            report(f"alert text says {whole}, but nothing beside a name stands in braces; write {{{name}}}", self.where)
        for name in placeholders(self.description):
            if name not in known:
                report(
                    f"alert text names {{{name}}}{nearest(name, known)} (it has {', '.join(sorted(known))})", self.where
                )
        if "value" not in placeholders(self.description):
            report("the description says no {value}, so nobody knows how bad it is", self.where)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that tell one instance of it from another."""
        return tuple(dict.fromkeys((*PLACE, *self.signal.per)))


def _balanced(text: str) -> bool:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text)]
    except ValueError:
        return False
    return all(name is None or _plain(name) for name in names)


def _plain(name: str) -> str:
    """A name in braces without the parts that Python would take of it: `queue[0]`, `queue.x` → `queue`."""
    return re.split(r"[.\[]", name)[0]


def placeholders(text: str) -> tuple[str, ...]:
    """The names in braces in an alert text."""
    return tuple(_plain(name) for _, name, _, _ in string.Formatter().parse(text) if name)


def _dressed(text: str) -> Iterator[tuple[str, str]]:
    """What in braces is more than a name, with the name: `{value:.2f}`, `{queue!r}`, `{queue[0]}`.

    What is put in is a piece of a template, whose value only the evaluator knows; the unit says how it is written.
    """
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name and (spec or conversion or name != _plain(name)):
            form = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            yield f"{{{name}{form}}}", _plain(name)


def _alert(severity: str, signal: Signal, summary: str, description: str, **more: Any) -> Alert:
    level: Level | None = getattr(signal, severity)
    if level is None:
        report(f"signal {signal.name} has no {severity} level, so nothing could fire", here())
        level = Level(0, above=True)
    return Alert("", severity, signal, level, summary, description, **more)


def critical(signal: Signal, *, summary: str, description: str, **more: Any) -> Alert:
    """The alert of a signal's critical level: it wakes somebody."""
    return _alert("critical", signal, summary, description, **more)


def warning(signal: Signal, *, summary: str, description: str, **more: Any) -> Alert:
    """The alert of a signal's warning level: somebody looks at it in working hours."""
    return _alert("warning", signal, summary, description, **more)


def heartbeat(signal: Signal, *, summary: str, description: str, **more: Any) -> Alert:
    """The alert that always fires, so that its absence tells: a deadman's switch. No level of the signal's own."""
    return Alert("", HEARTBEAT, signal, Level(0, above=True), summary, description, **more)


@frozen(slots=False)
class Rule:
    """One rule of one alert: the alert itself, or one of its level's exceptions.

    `query` is what is looked at, without the comparison, as PromQL; `also` a second query with its number;
    `held` is 1 while the critical level of the same signal has lasted its hold (the hand-over in Grafana);
    `where` are the matchers that tell it from the alert's other rules.
    """

    name: str
    alert: Alert
    value: float
    query: str
    labels: tuple[str, ...]
    also: tuple[str, float] | None = None
    held: str | None = None
    leaves: tuple[Leaf, ...] = ()
    where: tuple[Match, ...] = ()


def rules(alert: Alert, scope: Scope) -> Iterator[Rule]:
    """The alert's rule, then one for each exception that has another number. `scope` gives the recorded series."""
    spared = tuple(Match(label, "!=", value) for label, values in alert.level.except_.items() for value in values)
    yield _rule(alert, alert.name, alert.level.value, spared, (), scope)
    for label, values in alert.level.except_.items():
        for value, number in values.items():
            if number is not None:
                only = (Match(label, "=", value),)
                yield _rule(alert, alert.name + _camel(value), number, only, (label,), scope)


def _camel(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def _rule(
    alert: Alert, name: str, value: float, where: tuple[Match, ...], extra: tuple[str, ...], scope: Scope
) -> Rule:
    labels = tuple(dict.fromkeys((*alert.labels, *extra)))
    inner = Scope(by=labels, where=where, window=alert.level.window, recorded=scope.recorded)
    watched = watched_line(alert.signal, alert.level, alert.level.line)
    also = alert.level.also
    return Rule(
        name=name,
        alert=evolve(alert, level=evolve(alert.level, value=value)),
        value=value,
        query=watched.text(inner),
        labels=labels,
        also=(alert.signal.lines[also[0]].text(inner), also[1]) if also else None,
        held=_held(alert, watched, inner) if alert.severity == "warning" else None,
        leaves=watched.leaves(),
        where=where,
    )


def watched_line(signal: Signal, level: Level, line: str) -> Expr:
    """The line that a level judges; where it asks for `at_least` so many, only while there are as many."""
    expr = signal.lines.get(line) or next(iter(signal.lines.values()))
    if level.at_least is None:
        return expr
    if not isinstance(expr, Share) or not isinstance(expr.of, Leaf):
        report("at_least= counts the whole of a share, and this line is no share of a counter", level.where)
        return expr
    enough = Binary(">=", expr.of * seconds(level.window), Number(level.at_least))
    return Binary("and", expr, enough)


def _held(alert: Alert, watched: Expr, scope: Scope) -> str | None:
    """1 where the critical level of the same signal has lasted its hold, else 0; for every series of the warning."""
    level = alert.signal.critical
    if level is None:
        return None
    none_yet = f"({watched.text(scope)}) * 0"
    line = watched_line(alert.signal, level, level.line)
    sign = "> bool" if level.above else "< bool"
    crossed = " or ".join(
        Binary(sign, line, Number(value)).text(Scope(scope.by, (*scope.where, *where), level.window, scope.recorded))
        for where, value in _cases(level, scope.where)
    )
    if not crossed:
        return none_yet
    # A series younger than the hold has crossed the level, but its alert is still pending: so the points are counted.
    # A second more than the hold, because Prometheus 3 leaves out what lies exactly at the beginning of a range.
    hold = seconds(level.hold)
    past, points = f"({crossed})[{hold + 1}s:{TICK}s]", hold // TICK + 1
    lasting = f"min_over_time({past}) * (count_over_time({past}) >= bool {points})"
    return f"{lasting} or {none_yet}"


def _cases(level: Level, where: tuple[Match, ...]) -> Iterator[tuple[tuple[Match, ...], float]]:
    """The level's number and those of its exceptions, each with its matchers; without those that `where` rules out."""
    excepted = [(label, value, n) for label, values in level.except_.items() for value, n in values.items()]
    asked = {(match.label, match.value) for match in where if match.op == "="}
    if not any((label, value) in asked for label, value, _ in excepted):
        yield tuple(Match(label, "!=", value) for label, value, _ in excepted), level.value
    for label, value, number in excepted:
        ruled_out = Match(label, "!=", value) in where or any(one == label and v != value for one, v in asked)
        if number is not None and not ruled_out:
            yield (Match(label, "=", value),), number
