"""Which values a query can have, told by its syntax tree: whether below zero, whether a share outside of 0 to 1."""

from typing import Any

from kit.model.promql_tree import Unreadable, parse, walk

_COURSES = frozenset({"deriv", "delta", "idelta", "predict_linear", "holt_winters", "double_exponential_smoothing"})
_SIGNED = frozenset(
    {"ln", "log2", "log10", "sgn", "sin", "cos", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh"}
)
# What can be below zero by its nature.
_SIGNED_UNITS = ("celsius", "fahrenheit", "dB", "dBm", "degree", "radian", "currency", "accMS2", "velocity")
SHARES = {"percentunit": 1.0, "percent": 100.0}


def least(text: str, unit: str) -> float | None:
    """The least value that makes sense; None where any does."""
    if unit in SHARES:
        return None if _free_share(text) else 0
    if unit.startswith(_SIGNED_UNITS) or unit.endswith(("celsius", "fahrenheit")):
        return None
    return None if _signed(text) else 0


def most(text: str, unit: str) -> float | None:
    """The greatest value that makes sense: of a share its whole, unless it is a difference; None elsewhere.

    `percent` can be above 100 by custom (CPU of several cores), so only `percentunit` is held to its whole.
    """
    return None if unit != "percentunit" or _free_share(text) else SHARES[unit]


def _signed(text: str) -> bool:
    """Whether something in the query takes away: a difference, a course, a negative number."""
    try:
        return any(_takes_away(node) for node in walk(parse(text)))
    except Unreadable:
        return True


def _takes_away(node: Any) -> bool:
    kind = type(node).__name__
    if kind == "Call":
        return node.func.name in _COURSES | _SIGNED
    if kind == "NumberLiteral":
        return bool(node.val < 0)
    return kind == "UnaryExpr" or (kind == "BinaryExpr" and str(node.op) == "-")


def _free_share(text: str) -> bool:
    """Whether a share is a course, or the difference of two shares or of two times: `1 - x`, `(a - b) / a` are none."""
    try:
        tree = parse(text)
    except Unreadable:
        return True
    courses = any(type(node).__name__ == "Call" and node.func.name in _COURSES for node in walk(tree))
    return courses or _difference(tree, divided=False)


def _difference(node: Any, divided: bool) -> bool:
    kind = type(node).__name__
    if kind == "BinaryExpr":
        op = str(node.op)
        if op == "-" and not _plain(node.lhs) and not _plain(node.rhs) and (not divided or _same_metrics(node)):
            return True
        return _difference(node.lhs, divided or op == "/") or _difference(node.rhs, divided or op == "/")
    below = [node.expr] if hasattr(node, "expr") else getattr(node, "args", ())
    return any(_difference(part, divided) for part in below)


def _same_metrics(node: Any) -> bool:
    return _names(node.lhs) == _names(node.rhs)


def _names(node: Any) -> frozenset[str]:
    return frozenset(str(part.name) for part in walk(node) if type(part).__name__ == "VectorSelector")


def _plain(node: Any) -> bool:
    return not _names(node)
