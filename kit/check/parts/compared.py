"""The numbers that a condition compares with, read from its syntax tree."""

from typing import Any

from kit.model import promql

_SET = frozenset({"and", "or", "unless"})
_SIGNS = frozenset({"==", "!=", ">", "<", ">=", "<="})


def comparisons(text: str) -> frozenset[tuple[str, float]]:
    """(sign, number) of each comparison that decides by itself: those inside arithmetic only filter what is counted.

    Raises promql.Unreadable.
    """
    return frozenset(_found(promql.parse(text)))


def branches(text: str) -> tuple[str, ...]:
    """The sides of the outermost `or`, each as a query of its own. Raises promql.Unreadable."""
    return tuple(_sides(promql.parse(text)))


def _found(node: Any) -> list[tuple[str, float]]:
    node = _bare(node)
    if type(node).__name__ != "BinaryExpr":
        return []
    sign = str(node.op)
    if sign in _SET:
        return [*_found(node.lhs), *_found(node.rhs)]
    number = _number(node.rhs)
    return [(sign, number)] if sign in _SIGNS and number is not None else []


def _sides(node: Any) -> list[str]:
    bare = _bare(node)
    if type(bare).__name__ == "BinaryExpr" and str(bare.op) == "or":
        return [*_sides(bare.lhs), *_sides(bare.rhs)]
    return [bare.prettify()]


def _bare(node: Any) -> Any:
    return _bare(node.expr) if type(node).__name__ == "ParenExpr" else node


def _number(node: Any) -> float | None:
    node = _bare(node)
    if type(node).__name__ == "UnaryExpr":
        inner = _number(node.expr)
        return None if inner is None else -inner
    return float(node.val) if type(node).__name__ == "NumberLiteral" else None
