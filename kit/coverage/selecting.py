"""Why a selector selects nothing: no such metric, a label that its series lack, another value, or all together."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kit.coverage import jobs
from kit.coverage.facts import Facts
from kit.coverage.result import Cause
from kit.model.matcher import Match, Op, selector
from kit.model.promql_tree import parse, walk

Recorded = Callable[[str, Facts], tuple[Cause, ...]]
_OPS: dict[str, Op] = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
# How many values or instances a sentence names.
SHOWN = 5


def of(node: Any) -> tuple[str, tuple[Match, ...]]:
    """The name and the matchers of a selector of the syntax tree."""
    found = tuple(Match(m.name, _OPS[str(m.op)], m.value) for m in node.matchers.matchers)
    named = next((m.value for m in found if m.label == "__name__" and m.op == "="), "")
    return node.name or named, tuple(m for m in found if m.label != "__name__" or not named)


def why(node: Any, facts: Facts, recorded: Recorded) -> Iterator[Cause]:
    """Nothing where it does select something; `recorded` explains a name that a recording rule makes."""
    name, matchers = of(node)
    if not name:
        if not facts.there(node.prettify()):
            yield Cause("", f"no series matches {' '.join(node.prettify().split())}", "matcher")
    elif not facts.exists(name):
        yield from recorded(name, facts) if name in facts.recorded else (jobs.missing(name, facts),)
    elif not facts.there(f"{name}{selector(matchers)}"):
        alone = [match for match in matchers if not facts.there(f"{name}{selector([match])}")]
        yield from (_emptied(name, match, facts) for match in alone)
        if not alone:
            yield Cause(name, f"no series of '{name}' has all of {selector(matchers)} together", "matcher")
    elif not facts.there(node.prettify()):
        yield Cause(name, f"'{name}' has series now, but had none at the time that its offset asks for", "matcher")


def _emptied(name: str, match: Match, facts: Facts) -> Cause:
    values = facts.values(name, match.label)
    there = [value for value in values if value]
    if not there:
        sentence = f"'{name}'{_on(name, match.label, facts)} has no label '{match.label}', which {match} asks for"
        return Cause(name, sentence, "label")
    sentence = f"no series of '{name}' has {match}; {match.label} is {one_of(there)}"
    if match.label in ("service", "instance"):
        sentence += _lacking(name, facts)
    return Cause(name, sentence, "matcher")


def one_of(values: Sequence[str]) -> str:
    """`one of a, b, c and 4 more`."""
    shown = ", ".join(f"'{value}'" for value in values[:SHOWN])
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return f"one of {shown}{more}" if len(values) > 1 else shown


def _on(name: str, label: str, facts: Facts) -> str:
    """` of api-1:80`: the instances whose series lack a label."""
    found = [one for one in facts.values(f"{name}{selector([Match(label, '=', '')])}", "instance") if one]
    return f" of {_few(found)}" if found else ""


def _few(values: Sequence[str]) -> str:
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return ", ".join(values[:SHOWN]) + more


def _lacking(name: str, facts: Facts) -> str:
    """A hint: the targets of the metric's job that are up and do not export it, while others do."""
    metric = facts.catalogue.get(name)
    if metric is None or metric.job in ("", "*"):
        return ""
    exporting = facts.values(name, "instance")
    up = [target.instance for target in facts.targets(metric.job) if target.up]
    without = [instance for instance in up if instance not in exporting]
    return f" (of job {metric.job}, {_few(without)} exports none of it)" if without else ""


def lacking(query: str, label: str, facts: Facts, *, whoever: bool = False) -> Iterator[Cause]:
    """Whose series lack a label that the query's result should have: metrics that are said to have it, or `whoever`.

    Raises QueryFailed, NoPrometheus, Unreadable.
    """
    for node in walk(parse(query)):
        if type(node).__name__ != "VectorSelector":
            continue
        name, matchers = of(node)
        metric = facts.catalogue.get(name)
        if name in facts.recorded and label in (metric.labels_all if metric else ()):
            yield from lacking(facts.recorded[name], label, facts)
        elif name and (whoever or metric is None or label in metric.labels_all):
            absent = f"{name}{selector([*(m for m in matchers if m.label != label), Match(label, '=', '')])}"
            if facts.there(absent):
                found = [one for one in facts.values(absent, "instance") if one]
                yield Cause(name, f"'{name}'{f' of {_few(found)}' if found else ''} has no label '{label}'", "label")
