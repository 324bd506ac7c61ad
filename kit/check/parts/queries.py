"""The queries of a compiled dashboard, with who asks and where that was written."""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from kit.check.build import Dashboard, Json, Panel
from kit.model.fault import Where


@frozen
class Query:
    """A query of a panel or an annotation; `source` is its data source's type, `shown` the texts that name labels."""

    text: str
    source: str
    where: Where
    subject: str
    board: Dashboard
    panel: Panel | None = None
    shown: str = ""


def named(board: Dashboard) -> str:
    """What people call the dashboard: its title, or its file where it has none."""
    return str(board.json.get("title") or board.path)


def queries(board: Dashboard) -> Iterator[Query]:
    """Every query of the panels, then of the annotations."""
    for panel in board.panels:
        for target in panel.queries:
            kind = source(target) or source(panel.json)
            legend = str(target.get("legendFormat", ""))
            yield Query(str(target.get("expr", "")), kind, panel.where, panel.subject, board, panel, legend)
    for mark in annotations(board):
        subject = f"{named(board)} / annotation '{mark.get('name', '?')}'"
        keys = [f"{{{{{key}}}}}" for key in str(mark.get("tagKeys", "")).split(",") if key]
        shown = " ".join([str(mark.get("titleFormat", "")), str(mark.get("textFormat", "")), *keys])
        yield Query(str(mark.get("expr", "")), source(mark), board.where, subject, board, None, shown)


def annotations(board: Dashboard) -> tuple[Json, ...]:
    """The annotations that ask a data source of ours; Grafana's built-in one asks itself."""
    return tuple(mark for mark in board.json.get("annotations", {}).get("list", ()) if not mark.get("builtIn"))


def variables(board: Dashboard) -> tuple[Json, ...]:
    """The dashboard's variables."""
    return tuple(board.json.get("templating", {}).get("list", ()))


def asked(variable: Json) -> str:
    """What a variable asks its data source: Prometheus keeps it below `query`."""
    query: Any = variable.get("query", "")
    return str(query.get("query", "")) if isinstance(query, dict) else str(query)


def source(part: Json) -> str:
    """The type of the data source that a panel, query, variable or annotation names; empty where it names none."""
    found = part.get("datasource")
    return str(found.get("type", "")) if isinstance(found, dict) else ""
