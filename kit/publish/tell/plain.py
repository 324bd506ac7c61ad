"""Text that others wrote, fit for a terminal: no escapes, one line, in columns. Pure."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from unicodedata import category, combining, east_asian_width

# Control sequences (CSI), strings up to their terminator (OSC, DCS, SOS, PM, APC), and escapes of few characters:
# ECMA-48, 5.3 to 5.6, in their forms of seven and of eight bits.
_ESCAPE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x1b\x07\x9c]*(?:\x1b\\|\x07|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
# Control characters, invisible ones (what turns the direction of writing among them), halves of surrogate pairs.
_UNSEEN = ("Cc", "Cf", "Cs")
WIDEST = 40


def plain(text: str) -> str:
    """The text without escapes and control characters; each white space becomes a space."""
    shown = (" " if one.isspace() else one for one in _ESCAPE.sub("", text))
    return "".join(one for one in shown if category(one) not in _UNSEEN)


def flat(text: str) -> str:
    """The plain text in one line, its white space collapsed."""
    return " ".join(plain(text).split())


def width(text: str) -> int:
    """How many columns of a terminal it takes."""
    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def cut(text: str, columns: int = WIDEST) -> str:
    """The text, in so many columns at most."""
    if width(text) <= columns:
        return text
    kept = text[: columns - 1]
    while width(kept) >= columns:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def aligned(rows: Sequence[Sequence[str]], least: Sequence[int] = ()) -> list[str]:
    """A line for each row. Columns are as wide as their widest cell, within `least` and WIDEST; the last cell of a row
    is free, and a cell that is wider moves its own row alone."""
    widths = list(least)
    for row in rows:
        cells = [min(width(cell), WIDEST) for cell in row[:-1]]
        widths = [max(pair) for pair in zip_longest(widths, cells, fillvalue=0)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    padded = [cell + " " * (columns - width(cell)) for cell, columns in zip(row[:-1], widths, strict=False)]
    return [*padded, row[-1]]
