"""Why a query is empty: the deepest part of it that has no series while everything below that part has some."""

import re
from collections.abc import Iterator
from typing import Any

from kit.coverage import selecting
from kit.coverage.facts import Facts
from kit.coverage.result import Cause
from kit.live.answers import QueryFailed
from kit.model.promql_tree import COMPARISONS, Unreadable, parse, walk

_NEEDS_TWO = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
_MATCHERS = re.compile(r'(?<=\w)\{(?:"(?:\\.|[^"\\])*"|[^{}"])*\}')
LONGEST = 160


def why(query: str, facts: Facts) -> tuple[Cause, ...]:
    """The causes, most of them one; none where that cannot be told. Raises NoPrometheus."""
    try:
        return tuple(dict.fromkeys(_why(parse(query), facts)))
    except (Unreadable, QueryFailed, RecursionError):
        return ()


def _why(node: Any, facts: Facts) -> Iterator[Cause]:
    kind = type(node).__name__
    if kind in ("ParenExpr", "SubqueryExpr", "UnaryExpr"):
        yield from _why(node.expr, facts)
    elif kind == "VectorSelector":
        yield from selecting.why(node, facts, _recorded)
    elif kind == "MatrixSelector":
        yield from selecting.why(node.vector_selector, facts, _recorded)
    else:
        below = [part for part in _needed(node) if _empty(part, facts)]
        for part in below:
            yield from _why(part, facts)
        if not below:
            yield Cause("", _itself(node, facts))


def _recorded(name: str, facts: Facts) -> tuple[Cause, ...]:
    """Why there is no series that a recording rule should make."""
    rule = facts.rule(name)
    if facts.rules is not None and rule is None:
        return (not_loaded(name, facts),)
    if rule is not None and rule.get("health") == "err":
        return (Cause(name, f"the recording rule '{name}' fails: {rule.get('lastError', 'no reason given')}", "rule"),)
    below = why(facts.recorded[name], facts) if not facts.there(facts.recorded[name]) else ()
    late = Cause(name, f"the recording rule '{name}' has not been evaluated yet, though its query has data", "rule")
    return below or (late,)


def not_loaded(name: str, facts: Facts) -> Cause:
    """That Prometheus has no such rule."""
    if not facts.rules:
        return Cause("rules", "Prometheus has loaded no rule at all; give it rule_files, rules/*.yml", "rule")
    return Cause(name, f"Prometheus has not loaded the rule '{name}', though it has others; reload it", "rule")


def _needed(node: Any) -> list[Any]:
    """The parts that must have series for the node to have some."""
    if type(node).__name__ == "BinaryExpr":
        sides = [node.lhs] if str(node.op) == "unless" else [node.lhs, node.rhs]
        return [side for side in sides if _reads(side)]
    if type(node).__name__ == "Call":
        return [part for part in node.args if _reads(part)]
    return [node.expr] if hasattr(node, "expr") else []


def _reads(node: Any) -> bool:
    return any(type(part).__name__ == "VectorSelector" for part in walk(node))


def _empty(node: Any, facts: Facts) -> bool:
    text = node.prettify()
    kind = type(node).__name__
    return not facts.there(f"count_over_time({text})" if kind in ("MatrixSelector", "SubqueryExpr") else text)


def _itself(node: Any, facts: Facts) -> str:
    """What is wrong with a node whose parts all have series."""
    kind = type(node).__name__
    if kind == "BinaryExpr":
        return _binary(node, facts)
    if kind == "Call" and node.func.name in _NEEDS_TWO:
        names = ", ".join(sorted({f"'{part.name}'" for part in walk(node) if type(part).__name__ == "VectorSelector"}))
        return f"{names} has series, but none with the two samples in its window that {node.func.name}() needs"
    if kind == "Call" and node.func.name.startswith("absent"):
        return f"nothing is absent: {short(node.args[0])} has series"
    return f"each part has data, but {short(node)} has none"


def _binary(node: Any, facts: Facts) -> str:
    op = str(node.op)
    if op == "unless":
        return f"everything in {short(node.lhs)} is also in {short(node.rhs)}"
    if not _reads(node.rhs) and op in COMPARISONS:
        return f"no value of {short(node.lhs)} is {op} {node.rhs.prettify()}"
    sides = [sorted(_labels(side, facts)) for side in (node.lhs, node.rhs)]
    if op in COMPARISONS or sides[0] == sides[1]:
        return f"no series of {short(node.lhs)} meets one of {short(node.rhs)} under '{op}'"
    left, right = (", ".join(side) or "none" for side in sides)
    return f"the two sides of '{op}' have no labels in common: {left} on the left, {right} on the right"


def _labels(node: Any, facts: Facts) -> set[str]:
    found = facts.prometheus.query(node.prettify(), facts.at)
    return {label for one in found for label in one.labels if label != "__name__"}


def short(node: Any) -> str:
    """A part of a query as people read it: on one line, without its matchers, and not too long."""
    text = _MATCHERS.sub("", " ".join(node.prettify().split())).replace("( ", "(").replace(" )", ")")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
