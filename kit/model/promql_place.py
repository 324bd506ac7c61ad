"""A PromQL text whose every selector asks for a place as well.

promql-parser keeps no positions and its `prettify()` breaks lines, so the text is read from left to right: the tree
says which names are metrics, and whatever else could hold such a name (a string, a list of labels) is passed over.
"""

import re
from collections.abc import Iterable
from typing import cast

from kit.model.matcher import Match, Op, selector
from kit.model.promql_tree import selectors

_STRING = r'"(?:\\.|[^"\\])*"|' + r"'(?:\\.|[^'\\])*'|`[^`]*`"
_LABELS = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
_BRACES = rf"\{{(?:{_STRING}|[^}}\"'`])*\}}"


def placed(text: str, place: Iterable[Match]) -> str:
    """The text with these matchers in every selector that has not got them."""
    names = "|".join(sorted({re.escape(name) for name, _ in selectors(text) if name}, key=len, reverse=True))
    named = rf"(?<![\w:])(?:{names})(?![\w:])(?:\s*{_BRACES})?|" if names else ""
    where = tuple(place)

    def asked(found: re.Match[str]) -> str:
        return _placed(found[1], where) if found[1] else found[0]

    return re.sub(rf"{_STRING}|{_LABELS}|({named}{_BRACES})", asked, text)


def _placed(one: str, place: tuple[Match, ...]) -> str:
    [(name, asked)] = selectors(one)
    return name + selector((*(Match(label, cast(Op, op), value) for label, op, value in asked), *place))
