"""What the command line asks `alerts` for, and which rules that is."""

from collections.abc import Iterable, Sequence

from attrs import frozen

from kit.alerting.row import Row
from kit.coverage.wanted import Unclear
from kit.model import quantity
from kit.model.words import nearest


@frozen
class Wanted:
    """The options of the command, as they were typed: the table's names and filters, or one to `explain` at a value."""

    names: tuple[str, ...] = ()
    severity: str = ""
    area: str = ""
    explain: str = ""
    at: str = ""
    json: bool = False


def chosen(rows: Sequence[Row], wanted: Wanted) -> tuple[Row, ...]:
    """The rules of the table that is wanted; an alert's name stands for its exceptions too. Raises Unclear."""
    if wanted.at:
        raise Unclear(f"--at {wanted.at}: a value is for one alert; write --explain NAME --at {wanted.at}")
    for name in wanted.names:
        named(rows, name)
    for option, asked, known in (
        ("severity", wanted.severity, [row.severity for row in rows]),
        ("area", wanted.area, [row.area for row in rows]),
    ):
        if asked and asked not in known:
            raise Unclear(f"--{option} {asked}: no alert has that {option}{nearest(asked, known)}{_there(known)}")
    found = tuple(
        row
        for row in rows
        if (not wanted.names or row.name in wanted.names or row.alert in wanted.names)
        and wanted.severity in ("", row.severity)
        and wanted.area in ("", row.area)
    )
    if not found:
        raise Unclear("no alert is all that is asked for; leave out a name or a filter")
    return found


def named(rows: Sequence[Row], name: str) -> Row:
    """The rule of that name. Raises Unclear."""
    found = next((row for row in rows if row.name == name), None)
    if found is None:
        raise Unclear(f"there is no alert '{name}'{_meant(name, [row.name for row in rows])}")
    return found


def valued(row: Row, wanted: Wanted) -> float:
    """The value to explain it at, in the unit of its signal. Raises Unclear."""
    unit = row.rule.alert.signal.unit
    assert unit is not None
    if wanted.names or wanted.severity or wanted.area:
        raise Unclear(f"--explain {row.name}: it explains one alert; leave out names and filters")
    if not wanted.at:
        raise Unclear(f"--explain {row.name}: say at which value, with --at ({quantity.example(unit)})")
    try:
        return quantity.read(wanted.at, unit)
    except ValueError as error:
        raise Unclear(f"--at {error}") from None


def _there(known: Iterable[str]) -> str:
    return f" (there is {', '.join(dict.fromkeys(known))})"


def _meant(name: str, known: Sequence[str]) -> str:
    same = {one.lower(): one for one in known}.get(name.lower())
    close = f"; did you mean '{same}'?" if same else nearest(name, known)
    return close or "; build.py alerts lists them"
