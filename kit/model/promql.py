"""What is wrong with a PromQL text, told by its syntax tree and a catalogue of metrics.

One reader for everything: signals when they are made, and the laws over what is compiled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kit.model.metric import Metric
from kit.model.promql_tree import COMPARISONS, TOO_LONG, Unreadable, compares, parse, plain, selectors, walk
from kit.model.words import nearest

__all__ = ["Catalogue", "Seen", "Unreadable", "compares", "labels", "parse", "plain", "problems", "selectors"]


_COUNTER_READERS = frozenset({"rate", "irate", "increase", "absent", "resets", "changes", "timestamp"})
_RATES = frozenset({"rate", "irate", "increase"})
_OVER = "_over_time"


@dataclass(frozen=True)
class Seen:
    """What is known of a node's series: their labels (None: unknown) and how they came about."""

    labels: frozenset[str] | None = None
    metric: Metric | None = None
    aggregated: bool = False
    one_a_fact: bool = False
    problems: tuple[str, ...] = field(default=(), compare=False)


Catalogue = Mapping[str, Metric]


def problems(text: str, catalogue: Catalogue | None = None) -> Iterator[str]:
    """Everything that is wrong with a query, a sentence each. Without a catalogue, names and labels are not judged."""
    try:
        tree = parse(text)
    except Unreadable as error:
        yield str(error)
        return
    try:
        yield from dict.fromkeys(_see(tree, catalogue, "").problems)
    except RecursionError:
        yield TOO_LONG


def labels(text: str, catalogue: Catalogue) -> frozenset[str] | None:
    """The labels that the query's series can have; None where that cannot be told."""
    try:
        return _see(parse(text), catalogue, "").labels
    except (Unreadable, RecursionError):
        return None


def _see(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    """`reader` is the function or aggregation that the node stands directly in."""
    return _KINDS.get(type(node).__name__, _literal)(node, catalogue, reader)


def _literal(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    return Seen(labels=frozenset())


def _through(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    return _see(node.expr, catalogue, reader)


def _selector(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    name = node.name or next((m.value for m in node.matchers.matchers if m.name == "__name__"), "")
    if catalogue is None:
        return Seen()
    metric = catalogue.get(name)
    if metric is None:
        return Seen(problems=(f"no job exports '{name}'{nearest(name, catalogue)}",))
    own = frozenset(metric.own) if name.endswith("_bucket") or name == metric.name else frozenset()
    known = metric.labels_all - frozenset(metric.own) | own | {"__name__", "service"}
    wrong = [
        f"{name} has no label '{m.name}'{nearest(m.name, known)}" for m in node.matchers.matchers if m.name not in known
    ]
    if _is_counter(metric, name) and reader not in _COUNTER_READERS and not _reads_any(reader):
        wrong.append(f"the counter {name} is read bare, which says nothing; put it under rate(), increase() or irate()")
    if reader in _RATES and not _is_counter(metric, name):
        kind = {"recorded": "recorded series", "summary": "quantiles of"}.get(metric.type, "gauge")
        wrong.append(f"{reader}() of the {kind} {name} means nothing: use delta() or deriv()")
    return Seen(known - {"__name__"}, metric, problems=tuple(wrong))


def _is_counter(metric: Metric, name: str) -> bool:
    return metric.type == "counter" or (metric.type in ("histogram", "summary") and name != metric.name)


def _reads_any(reader: str) -> bool:
    return reader.endswith(_OVER) or reader in ("count", "group")


def _range(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    return _selector(node.vector_selector, catalogue, reader)


def _subquery(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    plain_inside = type(node.expr).__name__ == "VectorSelector"
    seen = _see(node.expr, catalogue, reader if plain_inside else "")
    if reader in _RATES and seen.aggregated:
        sentence = f"{reader}() of an aggregate hides counter resets: rate first, then add up"
        return replace(seen, problems=(*seen.problems, sentence))
    return seen


def _call(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    name = node.func.name
    below = [_see(argument, catalogue, name) for argument in node.args]
    problems = tuple(p for seen in below for p in seen.problems)
    pairs = zip(node.args, below, strict=True)
    vectors = [seen for argument, seen in pairs if not _scalar(argument) and type(argument).__name__ != "StringLiteral"]
    vector = vectors[0] if vectors else Seen(frozenset())
    labels = vector.labels
    if name == "histogram_quantile" and labels is not None:
        if "le" not in labels:
            problems += ("histogram_quantile() needs the label 'le', which the aggregation inside it drops",)
        labels = labels - {"le"}
    if name in ("vector", "time", "scalar"):
        labels = frozenset()
    if name in ("label_replace", "label_join") and labels is not None:
        labels = labels | {node.args[1].val}
    if name in ("absent", "absent_over_time") and vector.metric is not None:
        labels = frozenset(_equalities(node.args[0]))
    return Seen(labels, vector.metric, vector.aggregated, vector.one_a_fact, problems)


def _equalities(node: Any) -> Iterator[str]:
    for inner in walk(node):
        if type(inner).__name__ == "VectorSelector":
            yield from (m.name for m in inner.matchers.matchers if str(m.op) == "MatchOp.Equal")


def _aggregate(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    name, seen = str(node.op), _see(node.expr, catalogue, str(node.op))
    modifier = node.modifier
    listed = frozenset(modifier.labels) if modifier else frozenset()
    by = modifier is None or str(modifier.type).endswith("By")
    problems = seen.problems
    if seen.labels is not None:
        problems += tuple(
            f"grouped by '{label}', which {_called(seen)} does not have{nearest(label, seen.labels)}"
            for label in sorted(listed - seen.labels)
        )
    metric = seen.metric
    if name == "sum" and metric is not None and metric.same_on_replicas and not seen.one_a_fact:
        problems += (f"{metric.name} says the same on every replica, so sum() counts it several times: use max()",)
    if name == "count_values" and seen.labels is not None:
        seen = replace(seen, labels=seen.labels | {node.param.val})
        listed = listed | {node.param.val} if by else listed
    kept: frozenset[str] | None = listed if by else (None if seen.labels is None else seen.labels - listed)
    if name in ("topk", "bottomk", "limitk"):
        kept = seen.labels
    fact = name in ("max", "min", "avg") and metric is not None and kept is not None and set(metric.labels) <= kept
    return Seen(kept, metric, True, fact or seen.one_a_fact, problems)


def _called(seen: Seen) -> str:
    return seen.metric.name if seen.metric else "the series inside"


def _binary(node: Any, catalogue: Catalogue | None, reader: str) -> Seen:
    left, right = (_see(side, catalogue, "") for side in (node.lhs, node.rhs))
    found = left.problems + right.problems
    op = str(node.op)
    if _scalar(node.lhs):
        return replace(right, problems=found)
    if _scalar(node.rhs):
        return replace(left, problems=found)
    matching = node.modifier.matching if node.modifier else None
    on = frozenset(matching.labels) if matching and str(matching.type).endswith("Include") else None
    if op != "or" and left.aggregated and right.aggregated and left.labels is not None and right.labels is not None:
        if matching is None and left.labels != right.labels:
            found += (
                f"the two sides of '{op}' can never match: one has the labels {_list(left.labels)}, "
                f"the other {_list(right.labels)}",
            )
        if on is not None and (lost := sorted(on - (left.labels & right.labels))):
            found += (f"'{op}' matches on '{lost[0]}', which one of its sides does not have",)
    # Where one side's replicas say the same, so do the sums of both.
    told = right if right.metric is not None and right.metric.same_on_replicas and not right.one_a_fact else left
    return Seen(_joined(op, left, right, on, node.modifier), told.metric, left.aggregated, told.one_a_fact, found)


def _joined(op: str, left: Seen, right: Seen, on: frozenset[str] | None, modifier: Any) -> frozenset[str] | None:
    if left.labels is None or right.labels is None:
        return None
    if op == "or":
        return left.labels | right.labels
    card = str(modifier.card) if modifier else ""
    if "ManyToOne" in card and op not in ("and", "unless"):
        return left.labels | frozenset(modifier.group_labels or ())
    if "OneToMany" in card:
        return right.labels | frozenset(modifier.group_labels or ())
    return left.labels if on is None or op in ("and", "unless") or op in COMPARISONS else on


def _scalar(node: Any) -> bool:
    kind = type(node).__name__
    if kind in ("ParenExpr", "UnaryExpr"):
        return _scalar(node.expr)
    return kind == "NumberLiteral" or (kind == "Call" and node.func.name in ("scalar", "time"))


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "none"


_KINDS = {
    "VectorSelector": _selector,
    "MatrixSelector": _range,
    "SubqueryExpr": _subquery,
    "Call": _call,
    "AggregateExpr": _aggregate,
    "BinaryExpr": _binary,
    "ParenExpr": _through,
    "UnaryExpr": _through,
}
