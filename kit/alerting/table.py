"""The table of alerts as text: a line each where there is room (or no terminal), else a few, and nothing is cut."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from kit.alerting.routes import Told
from kit.alerting.row import Row
from kit.coverage.span import duration, seconds

GAP = "  "
HEADINGS = ("ALERT", "SEVERITY", "HOLD", "FIRES WHEN", "TELLS", "PANEL", "RUNBOOK")
# What stays in columns on a narrow terminal; the rest goes below.
KEPT = 4
NARROWEST = 24


def text(rows: Sequence[Row], evaluator: str, width: int | None) -> str:
    """The table with a line for each route below it; `width` None: however long a line gets."""
    cells = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    fits = width is None or sum(widths) + len(GAP) * (len(widths) - 1) <= width
    lines = _wide(cells, widths) if fits else _narrow(cells, widths, width or 0)
    return "\n".join([*lines, "", *_notes(rows, evaluator, None if fits else width)])


def _cells(row: Row) -> tuple[str, ...]:
    panel = f"{row.seen.page}: {row.seen.title}" if row.seen else "–"
    tells = ", ".join(dict.fromkeys(one.receiver for one in row.told)) or "nobody"
    return row.name, row.severity, row.hold, row.condition, tells, panel, row.runbook


def _wide(cells: Iterable[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    for line in cells:
        yield GAP.join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()


def _narrow(cells: Iterable[Sequence[str]], widths: Sequence[int], width: int) -> Iterator[str]:
    """The first columns, the last of them wrapped; below, the others with their names, as many in a line as fit."""
    left = widths[: KEPT - 1]
    room = max(width - sum(left) - len(GAP) * len(left), NARROWEST)
    for number, line in enumerate(cells):
        told = wrapped(line[KEPT - 1], room)
        first = GAP.join(f"{cell:<{one}}" for cell, one in zip(line[: KEPT - 1], left, strict=True))
        yield f"{first}{GAP}{told[0]}".rstrip()
        yield from (f"{' ' * len(first)}{GAP}{more}" for more in told[1:])
        if number:
            yield from _packed(
                (f"{name.lower()} {cell}" for name, cell in zip(HEADINGS[KEPT:], line[KEPT:], strict=True)), width
            )


def wrapped(text: str, width: int, *, first: str = "", below: str = "") -> list[str]:
    """The text in lines, broken at spaces, but neither within a word nor between a number and its unit."""
    whole = re.sub(r"(?<=\d) (?=\S)", "\N{NO-BREAK SPACE}", text)
    lines = textwrap.wrap(
        whole, width, initial_indent=first, subsequent_indent=below, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] or [first]


def _packed(items: Iterable[str], width: int) -> Iterator[str]:
    """Items one after the other, never broken; those that do not fit begin a new line."""
    line = ""
    for item in items:
        if line and len(GAP) + len(line) + 3 + len(item) > width:
            yield f"{GAP}{line}"
            line = ""
        line = f"{line} · {item}" if line else item
    yield f"{GAP}{line}"


def _notes(rows: Sequence[Row], evaluator: str, width: int | None) -> Iterator[str]:
    """Who notifies, and each route with its times."""
    notes = [f"{evaluator.capitalize()} notifies, as settings.py says."]
    routes: dict[tuple[str, ...], None] = dict.fromkeys(times(one) for row in rows for one in row.told)
    notes += [f"{route}: {rest}" for route, rest in routes]
    for note in notes:
        yield from wrapped(note, width, below=GAP) if width else [note]


def again(one: Told) -> str:
    """When a message is repeated: `1h to 1h5m`.

    Alertmanager, and Grafana's, look at a group every group_interval only, and repeat what was told longer ago than
    repeat_interval; what was told just that long ago is younger by the time that telling took.
    """
    return f"{one.repeat} to {duration(seconds(one.repeat) + seconds(one.interval))}"


def times(one: Told) -> tuple[str, str]:
    """A route, and when it tells: `first message 40s after it fires, again after 1h to 1h5m`."""
    said = f"first message {one.wait} after it fires, again after {again(one)}, grouped by {', '.join(one.group_by)}"
    return one.route, "; ".join([said, *(f"silent in {mute}" for mute in one.muted)])
