"""The queries of a Grafana alert hold together: Grafana itself accepts a condition that names none of them."""

import re
from collections.abc import Iterator, Mapping

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.compared import comparisons
from kit.model import promql
from kit.model.words import nearest

ID = "alert-graph"
_MATH = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_VALUE = re.compile(r"\$values\.(\w+)")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for rule in ruled.grafana(build):
        for message in _graph(rule.json):
            yield Finding(rule.where, ID, rule.name, message)


def _graph(json: Json) -> Iterator[str]:
    nodes: dict[str, Json] = {}
    for node in json.get("data") or ():
        ref = str(node.get("refId", ""))
        if not ref or ref in nodes:
            yield f"a query has no refId, or that of another ('{ref}'); give each its own"
        nodes[ref] = node
    needs = {ref: _needs(node) for ref, node in nodes.items()}
    for ref, asked in needs.items():
        for other in asked:
            if other not in nodes:
                yield f"its query {ref} refers to {other}, which does not exist{nearest(other, nodes)}"
    condition = str(json.get("condition", ""))
    if condition not in nodes:
        yield f"its condition '{condition}' names no query; name one of {', '.join(nodes)}"
        return
    if not _decides(nodes[condition]):
        yield f"its condition {condition} compares with nothing; let it be a threshold or a comparison"
    reached = set(_reached(condition, needs))
    if cycle := next((ref for ref in reached if ref in _below(ref, needs)), None):
        yield f"its query {cycle} refers to itself in the end; break the circle"
    for ref in sorted(nodes.keys() - reached):
        yield f"its query {ref} is asked for nothing; take it out, or let the condition use it"
    for text in (json.get("annotations") or {}).values():
        for ref in sorted(set(_VALUE.findall(str(text))) - nodes.keys()):
            yield f"its text shows the value of {ref}, which does not exist{nearest(ref, nodes)}"


def _needs(node: Json) -> tuple[str, ...]:
    model = node.get("model", {})
    if node.get("datasourceUid") not in ruled.EXPRESSION:
        return ()
    text = str(model.get("expression", ""))
    if model.get("type") == "math":
        return tuple(dict.fromkeys(_MATH.findall(text)))
    return (text.removeprefix("$").strip("{}"),)


def _decides(node: Json) -> bool:
    """Whether it says yes or no: a threshold, a formula with a comparison, or a query that compares by itself."""
    model = node.get("model", {})
    if model.get("type") in ("threshold", "classic_conditions"):
        return True
    if model.get("type") == "math":
        return any(sign in str(model.get("expression", "")) for sign in ("<", ">", "==", "!="))
    try:
        return bool(comparisons(str(model.get("expr", ""))))
    except promql.Unreadable:
        return False


def _reached(ref: str, needs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return (ref, *_below(ref, needs))


def _below(ref: str, needs: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Everything that `ref` needs, itself only where it needs itself."""
    found: set[str] = set()
    waiting = list(needs.get(ref, ()))
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting += needs.get(other, ())
    return frozenset(found)
