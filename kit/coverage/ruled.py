"""The rules of a build as questions: what each reads must be there, and it must be evaluated without an error."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.check.build import Build
from kit.coverage.asked import Question
from kit.coverage.facts import Facts
from kit.coverage.result import Cause, Outcome
from kit.coverage.why import not_loaded
from kit.model.alert import Rule
from kit.model.fault import Where
from kit.model.promql_tree import Unreadable, parse, selectors, walk

BOARD = "rules"
RECORDING, ALERTING = "recording rule", "alerting rule"


@frozen
class Ruling:
    """A rule's question; `may_be_empty`: nothing is what it finds while all is well.

    `excepted`: it watches an exception of a level, which not every installation has.
    """

    question: Question
    may_be_empty: bool = False
    excepted: bool = False


def rulings(build: Build) -> Iterator[Ruling]:
    """Each recording rule, then each alerting rule; an alert that also looks at a second query has two."""
    for series, recorded in build.product.site.recorded.items():
        metric = build.catalogue.get(series)
        where = metric.where if metric else Where("signals")
        yield Ruling(Question(BOARD, recorded.name, RECORDING, where, recorded.name))
    for rules in build.product.rules.values():
        for rule in rules:
            yield from _alerting(rule)


def _alerting(rule: Rule) -> Iterator[Ruling]:
    signal = rule.alert.signal
    excepted = rule.name != rule.alert.name
    question = Question(
        board=BOARD,
        name=rule.name,
        kind=ALERTING,
        where=rule.alert.where,
        text=rule.query,
        labels=rule.labels,
        unit=signal.unit.grafana if signal.unit else "",
        states=frozenset(value for value, _, _ in signal.unit.names) if signal.unit else frozenset(),
        nothing=signal.nothing,
    )
    yield Ruling(question, _finds_what_lacks(rule.query), excepted)
    if rule.also:
        second = Question(BOARD, rule.name, ALERTING, rule.alert.where, rule.also[0], "also", nothing=signal.nothing)
        yield Ruling(second, _finds_what_lacks(rule.also[0]), excepted)


def _finds_what_lacks(query: str) -> bool:
    """Whether it looks for what is not there: absence, series without others, or series without a label."""
    try:
        nodes = list(walk(parse(query)))
        calls = (node.func.name for node in nodes if type(node).__name__ == "Call")
        absent = any(name.startswith("absent") for name in calls)
        absent = absent or any(type(node).__name__ == "BinaryExpr" and str(node.op) == "unless" for node in nodes)
        return absent or any((op, value) == ("=", "") for _, found in selectors(query) for _, op, value in found)
    except Unreadable:
        return False


def health(question: Question, facts: Facts) -> tuple[Outcome, str, tuple[Cause, ...]]:
    """What Prometheus says of the rule itself; OK where it says nothing of any rule."""
    if facts.rules is None:
        return Outcome.OK, "", ()
    rule: Mapping[str, Any] | None = facts.rule(question.name)
    if rule is None:
        cause = not_loaded(question.name, facts)
        return Outcome.NOT_LOADED, "", (cause,)
    if rule.get("health") == "err":
        return Outcome.FAILED, f"Prometheus cannot evaluate it: {rule.get('lastError') or 'it gives no reason'}", ()
    return Outcome.OK, "", ()
