"""PromQL texts and their syntax trees: what Grafana's variables stand for, and what is too much to read.

promql-parser 0.12 keeps no positions and its `str()` is wrong, so messages quote names, or `prettify()`.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import promql_parser

# promql-parser runs out of stack at some thousands of terms, which kills the process: refuse first.
MOST_BYTES, MOST_DEPTH, MOST_OPERATORS = 20_000, 100, 500
TOO_LONG = "the query is longer or more deeply nested than can be read safely; record parts of it"
_VARIABLE = re.compile(r"\$\{\w+(?::[\w:]+)?\}|\$\w+|\[\[\w+\]\]")
_IN_BRACKETS = re.compile(r"(?<!\[)\[((?:\$\{[^}]*\}|\[\[\w+\]\]|[^\[\]])*)\](?!\])")
_AFTER_OFFSET = re.compile(r"(offset\s+-?)(?:" + _VARIABLE.pattern + ")")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'|`[^`]*`")
_OPERATOR = re.compile(r"[-+*/%^<>=\[]|\b(?:and|or|unless|atan2)\b")
_COMMENT = re.compile(r"#[^\n]*")
COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})


class Unreadable(ValueError):
    """The text is no PromQL that can be read; says why."""


def plain(text: str) -> str:
    """The text with Grafana's variables replaced by something that parses where they stand."""
    pieces, last = [], 0
    for found in _STRING.finditer(text):
        pieces += [_bare(text[last : found.start()]), found.group()]
        last = found.end()
    return "".join([*pieces, _bare(text[last:])])


def _bare(code: str) -> str:
    code = _IN_BRACKETS.sub(lambda found: f"[{_VARIABLE.sub('5m', found[1])}]", code)
    code = _AFTER_OFFSET.sub(r"\g<1>5m", code)
    return _VARIABLE.sub("1", code)


def _depth(code: str) -> int:
    deepest = depth = 0
    for letter in code:
        depth = max(0, depth + {"(": 1, ")": -1}.get(letter, 0))
        deepest = max(deepest, depth)
    return deepest


@lru_cache(maxsize=4096)
def parse(text: str) -> Any:
    """The syntax tree of a PromQL text, Grafana's variables replaced. Raises Unreadable."""
    code = _COMMENT.sub("", _STRING.sub('""', text))
    if len(text.encode()) > MOST_BYTES or _depth(code) > MOST_DEPTH or len(_OPERATOR.findall(code)) > MOST_OPERATORS:
        raise Unreadable(TOO_LONG)
    try:
        return promql_parser.parse(plain(text))
    except ValueError as error:
        raise Unreadable(f"PromQL cannot be read: {str(error).splitlines()[0]}") from None


def compares(text: str) -> bool:
    """Whether the query's outermost operation filters: a comparison, absence, or a set operation of such."""
    return _compares(parse(text))


def _compares(node: Any) -> bool:
    kind = type(node).__name__
    if kind == "ParenExpr":
        return _compares(node.expr)
    if kind == "Call":
        return node.func.name in {"absent", "absent_over_time", "vector"}
    if kind == "BinaryExpr":
        op = str(node.op)
        return op in COMPARISONS or (op in {"and", "or", "unless"} and (_compares(node.lhs) or _compares(node.rhs)))
    return False


def selectors(text: str) -> Iterator[tuple[str, tuple[tuple[str, str, str], ...]]]:
    """Each metric name that is read, with its matchers as (label, operator, value)."""
    for node in walk(parse(text)):
        if type(node).__name__ == "VectorSelector":
            yield node.name or "", tuple((m.name, _OPS[str(m.op)], m.value) for m in node.matchers.matchers)


_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}


def walk(node: Any) -> Iterator[Any]:
    """The node and everything below it."""
    yield node
    for below in _children(node):
        yield from walk(below)


def _children(node: Any) -> Iterator[Any]:
    for name in ("expr", "lhs", "rhs", "vector_selector"):
        if hasattr(node, name):
            yield getattr(node, name)
    yield from getattr(node, "args", ())
