"""Rows to positions on Grafana's grid of 24 columns."""

from collections.abc import Sequence
from dataclasses import dataclass

from kit.draw.style import SCREEN, SIZES, WIDTH


@dataclass(frozen=True)
class Box:
    """A place on the grid, in cells."""

    x: int
    y: int
    w: int
    h: int

    def json(self) -> dict[str, int]:
        """Grafana's gridPos."""
        return {"h": self.h, "w": self.w, "x": self.x, "y": self.y}


@dataclass(frozen=True)
class Item:
    """What is to be placed: its kind, and the size where it was asked for."""

    kind: str
    width: int | None = None
    height: int | None = None


def row_height(items: Sequence[Item]) -> int:
    """The height of the tallest of them."""
    return max((item.height or SIZES.get(item.kind, (12, 8))[1] for item in items), default=0)


def place(items: Sequence[Item], top: int, height: int | None = None) -> list[Box]:
    """Boxes from left to right, wrapped at the right edge; each line of them fills the width.

    `height` makes all of one height (a landing page); otherwise a line is as high as its tallest kind.
    """
    boxes: list[Box] = []
    for line in _lines(items):
        widths = _filled([item.width or SIZES.get(item.kind, (12, 8))[0] for item in line], line)
        h = height or row_height(line)
        x = 0
        for w in widths:
            boxes.append(Box(x, top, w, h))
            x += w
        top += h
    return boxes


def _lines(items: Sequence[Item]) -> list[list[Item]]:
    lines: list[list[Item]] = []
    left = 0
    for item in items:
        width = item.width or SIZES.get(item.kind, (12, 8))[0]
        if width > left:
            lines.append([])
            left = WIDTH
        lines[-1].append(item)
        left -= width
    return lines


def _filled(widths: list[int], line: Sequence[Item]) -> list[int]:
    """Spread what is left of the width over those that did not ask for one."""
    free = [index for index, item in enumerate(line) if item.width is None] or list(range(len(line)))
    rest = WIDTH - sum(widths)
    for turn in range(rest):
        widths[free[turn % len(free)]] += 1
    return widths


def landing_heights(rows: Sequence[Sequence[Item]], headers: int) -> list[int]:
    """Heights that let the open rows, with `headers` row titles in all, fit one screen; upper ones get what is left."""
    lines = [len(_lines(items)) for items in rows]
    each, rest = divmod(SCREEN - headers, max(1, sum(lines)))
    heights = []
    for count in lines:
        extra = 1 if count <= rest else 0
        rest -= count * extra
        heights.append(each + extra)
    return heights
