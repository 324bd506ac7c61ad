"""Positions of panels in the grid; grafanalib's GridPos takes anything."""

from itertools import combinations
from typing import Any

from kit.draw.stock.plain import Json
from kit.draw.stock.refusals import Unfit

_COLUMNS = 24
# A panel of this position comes back without it: it is Grafana's default (cleanupPanelForSave).
_VANISHING = {"h": 3, "w": 6, "x": 0, "y": 0}


def check_positions(panels: list[Json]) -> None:
    """Raise Unfit if one of `panels` (of one level) has no usable gridPos, or if two overlap."""
    for each in panels:
        _check_position(each.get("gridPos"), f"panel {each.get('title', '')!r}")
    for one, other in combinations(panels, 2):
        if _overlap(one["gridPos"], other["gridPos"]):
            raise Unfit(f"panels {one.get('title', '')!r} and {other.get('title', '')!r} overlap: move one")


def _check_position(position: Any, who: str) -> None:
    if not position:
        raise Unfit(f"{who} has no gridPos: use GridPos(h, w, x, y)")
    sizes = [position.get(key) for key in "hwxy"]
    if not all(type(size) is int for size in sizes):
        raise Unfit(f"{who} has a gridPos that is not of whole numbers: use GridPos(h, w, x, y)")
    height, width, x, y = sizes
    if height < 1 or width < 1 or x < 0 or y < 0 or x + width > _COLUMNS:
        raise Unfit(f"{who} leaves the {_COLUMNS} columns: use another gridPos")
    if position == _VANISHING:
        raise Unfit(f"{who} has the position that Grafana does not store (6 by 3 in the corner): use another height")


def _overlap(one: Json, other: Json) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )
