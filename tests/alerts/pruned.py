"""What of a long choice can have an answer: what is asked for twelve exporters costs much where one is played."""

import re

import promql_parser as promql

from kit.model.promql_tree import COMPARISONS, selectors, walk
from tests.alerts.verdict import alternatives, unbracketed

_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_ASKS = {
    "=": lambda wanted, there: there == wanted,
    "!=": lambda wanted, there: there != wanted,
    "=~": lambda wanted, there: re.fullmatch(wanted, there) is not None,
    "!~": lambda wanted, there: re.fullmatch(wanted, there) is None,
}
FROM_NOTHING = {"absent", "vector", "scalar", "time"}


def pruned(query, scraped):
    """The query without the alternatives of its outermost `or` that read none of these series, so have no answer.

    Those that make something of nothing stay, and those that read what is recorded.
    """
    node = unbracketed(promql.parse(query))
    if type(node).__name__ != "BinaryExpr":
        return query
    if str(node.op) in COMPARISONS:
        return f"({pruned(node.lhs.prettify(), scraped)}) {node.op} {node.rhs.prettify()}"
    if str(node.op) != "or":
        return query
    known = [(re.match(r"\w+", one)[0], dict(_LABEL.findall(one))) for one in scraped]
    every = alternatives(node)
    kept = [one for one in every if _may_answer(one, known)] or every[:1]
    return " or ".join(f"({one.prettify()})" for one in kept)


def shortened(groups, scraped):
    """The groups with their alerts' rules without what cannot have an answer; what is recorded as it is."""

    def short(rule):
        return {**rule, "expr": pruned(rule["expr"], scraped)} if "alert" in rule else rule

    return [{**group, "rules": [short(rule) for rule in group["rules"]]} for group in groups]


def _may_answer(node, known):
    if any(type(one).__name__ == "Call" and one.func.name in FROM_NOTHING for one in walk(node)):
        return True
    read = list(selectors(node.prettify()))
    return any(":" in name for name, _ in read) or any(_is_of(one, *series) for one in read for series in known)


def _is_of(selector, name, labels):
    asked, matchers = selector
    return asked == name and all(_ASKS[op](wanted, labels.get(label, "")) for label, op, wanted in matchers)
