"""Does a dashboard, or a provisioning or rule file, have the shape that Grafana's own types (or our schemas) allow?

Pure: takes what JSON or YAML held, yields problems in words. Each part of a dashboard is checked against the schema of
its kind (panel by `type`, variable by `type`, query by data source), chosen in Python rather than by `anyOf`: quicker,
and a failure is worded for the kind that was meant.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kit.check import panel_shape, schemas
from kit.check.place import Place, Problem, items, text
from kit.check.schemas import UnknownVersion, closest, versions
from kit.check.words import Path, found

__all__ = [
    "Problem",
    "UnknownVersion",
    "closest",
    "dashboard_problems",
    "file_problems",
    "kinds",
    "object_problems",
    "versions",
]


def kinds() -> tuple[str, ...]:
    """Return the kinds of file (and of message) that `file_problems` knows: the names in `schemas/own`."""
    return schemas.names("own")


def file_problems(document: object, kind: str) -> Iterator[Problem]:
    """Yield what is wrong with a file of `kind` (see `kinds`); raises ValueError for an unknown kind."""
    if kind not in kinds():
        raise ValueError(f"There is no schema for {kind!r} files: choose one of {', '.join(kinds())}.")
    place = Place((), None, None, "own")
    try:
        yield from place.check(schemas.own(kind), document, (), f"a {kind} file")
    except RecursionError:
        yield place.problem((), "the file is nested too deeply to be checked; flatten what it nests")


def object_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with an object of Kubernetes, of a kind that `schemas/kubernetes` describes."""
    kind, place = str(document.get("kind")), Place((), None, None, "kubernetes")
    if kind not in schemas.names("kubernetes"):
        known = ", ".join(schemas.names("kubernetes"))
        yield place.problem(("kind",), f"there is no schema for a {kind}: it is one of {known}")
        return
    yield from place.check(
        schemas.whole(f"kubernetes/{kind}"), document, (), f"{'an' if kind[0] == 'A' else 'a'} {kind}"
    )


def dashboard_problems(board: object, version: str, plugins: Collection[str] = ()) -> Iterator[Problem]:
    """Yield what is wrong with a dashboard (the object itself, without an envelope) for a Grafana `version`.

    `plugins` are panel kinds that are installed besides Grafana's own; their options are not checked.
    Raises UnknownVersion.
    """
    place = Place((), None, None, f"grafana-{closest(version)}")
    if not isinstance(board, Mapping):
        yield place.problem((), f"a dashboard must be an object, found {found(board)}")
        return
    yield from place.check(place.board("dashboard"), board, (), "a dashboard")
    for index, variable in items(board, "templating", "list"):
        yield from _variable(place, variable, ("templating", "list", index))
    for index, annotation in items(board, "annotations", "list"):
        yield from _annotation(place, annotation, ("annotations", "list", index))
    for index, panel in items(board, "panels"):
        yield from panel_shape.problems(place.inside(panel, ("panels", index)), panel, plugins)


def _variable(place: Place, variable: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    yield from place.typed(variable, path, "variable")
    source, query = text(variable, "datasource", "type"), variable.get("query")
    if variable.get("type") == "query" and source in panel_shape.QUERIES and isinstance(query, Mapping):
        noun = f"the query of a {source.title()} variable"
        yield from place.check(schemas.part(f"queries/{source}", "variable"), query, (*path, "query"), noun)


def _annotation(place: Place, annotation: Mapping[str, Any], path: Path) -> Iterator[Problem]:
    """Check an annotation by its data source, whose `target` is a query of it, but for Grafana's own."""
    source = text(annotation, "datasource", "type") or "other"
    known = schemas.branches(f"{place.folder}/dashboard", "annotation")
    name = source if source in known else "grafana" if source == "datasource" else "other"
    noun = "an annotation" if name == "other" else f"a {name.title()} annotation"
    yield from place.check(place.board(f"annotation:{name}"), annotation, path, noun)
    target = annotation.get("target")
    if name in panel_shape.QUERIES and isinstance(target, Mapping):
        query, noun = schemas.part(f"queries/{name}", "query"), panel_shape.QUERIES[name]
        yield from place.check(query, target, (*path, "target"), noun)
