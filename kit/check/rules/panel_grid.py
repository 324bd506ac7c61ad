"""Panels stand inside Grafana's 24 columns and never on each other; a row's header takes the whole width.

Panels in a closed row are placed among themselves, because Grafana moves what is below when the row opens.
"""

from collections.abc import Iterator, Sequence

from kit.check.build import Build, Dashboard, Json, Panel
from kit.check.finding import Finding
from kit.draw.style import WIDTH

ID = "panel-grid"
# Higher than any screen; it also bounds the work for what is nonsense.
_HIGHEST = 200
_KEYS = ("x", "y", "w", "h")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        for panels in _levels(board):
            taken: dict[tuple[int, int], Panel] = {}
            for panel in panels:
                for message in _faults(panel, taken):
                    yield Finding(panel.where, ID, panel.subject, message)


def _levels(board: Dashboard) -> Iterator[Sequence[Panel]]:
    """The panels that share a plane: all that are not in a closed row, then those of each closed row."""
    yield tuple(Panel(json, board) for json in board.json.get("panels", ()))
    for row in board.json.get("panels", ()):
        yield tuple(Panel(json, board) for json in row.get("panels", ()))


def _faults(panel: Panel, taken: dict[tuple[int, int], Panel]) -> Iterator[str]:
    place: Json = panel.json.get("gridPos") or {}
    numbers = [place.get(key) for key in _KEYS]
    if any(type(number) is not int for number in numbers):
        yield f"its gridPos {place} lacks a whole number for one of x, y, w, h"
        return
    x, y, w, h = (int(number) for number in numbers if number is not None)
    if w < 1 or h < 1 or h > _HIGHEST or y < 0:
        yield f"its size {w}×{h} at row {y} cannot be drawn; give it a width and height of at least 1"
        return
    if x < 0 or x + w > WIDTH:
        yield f"it reaches from column {x} to {x + w}, and there are {WIDTH}; make it narrower"
    if panel.json.get("type") == "row" and (x, w, h) != (0, WIDTH, 1):
        yield f"its header is {w}×{h} at column {x}; a row is {WIDTH}×1 at column 0"
    if panel.json.get("type") == "row" and not panel.json.get("collapsed") and panel.json.get("panels"):
        yield "it is open and owns panels, which Grafana would not draw; put them behind it"
    other = _claim(panel, taken, (x, y, w, h))
    if other:
        yield f"it lies on '{other.json.get('title')}'; move one of them"


def _claim(panel: Panel, taken: dict[tuple[int, int], Panel], box: tuple[int, int, int, int]) -> Panel | None:
    """Take the panel's cells; who had one of them before."""
    x, y, w, h = box
    before = None
    for column in range(max(x, 0), min(x + w, WIDTH)):
        for line in range(y, y + h):
            holder = taken.setdefault((column, line), panel)
            if holder is not panel:
                before = before or holder
    return before
