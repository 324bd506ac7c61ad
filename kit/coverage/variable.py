"""The queries of variables: what Grafana asks Prometheus for them, and the result of each."""

import re

from attrs import evolve

from kit.check.build import Dashboard
from kit.check.parts.queries import named
from kit.coverage.choices import Ask, Found, Run, read
from kit.coverage.facts import Facts
from kit.coverage.result import Cause, Outcome, Result
from kit.coverage.selecting import lacking
from kit.coverage.span import Span
from kit.coverage.why import why
from kit.live.answers import QueryFailed, Series
from kit.live.prometheus import Prometheus
from kit.model.promql_tree import Unreadable


def asker(prometheus: Prometheus, span: Span) -> Ask:
    """Asks a variable's query of the span, as Grafana's data source does."""

    def ask(query: str) -> tuple[str, ...]:
        function, what, label = read(query)
        if function == "label_values":
            return prometheus.label_values(label, what, span.start, span.at)
        if function == "label_names":
            return prometheus.label_names(f'{{__name__=~"{what}"}}' if what else "", span.start, span.at)
        if function == "metrics":
            names = prometheus.label_values("__name__", "", span.start, span.at)
            return tuple(name for name in names if _matches(what, name))
        return tuple(_written(one, valued=function == "query_result") for one in prometheus.query(what, span.at))

    return ask


def inner(query: str) -> str:
    """The selector or query that a variable's query reads; empty where it reads no series in particular."""
    function, what, _ = read(query)
    return "" if function in ("label_names", "metrics") else what


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        raise QueryFailed(f"metrics({pattern}) has no regular expression that can be read") from None


def _written(one: Series, *, valued: bool) -> str:
    """A series as text, `up{job="api"} 1 1700000000000`; a bare selector gives it without value and time."""
    labels = ",".join(f'{name}="{value}"' for name, value in one.labels.items() if name != "__name__")
    series = f"{one.labels.get('__name__', '')}{{{labels}}}"
    at, value = one.samples[-1]
    return f"{series} {value:g} {round(at * 1000)}" if valued else series


def result(board: Dashboard, run: Run, found: Found, facts: Facts) -> Result:
    """What came of a variable's query. Raises NoPrometheus."""
    name = str(found.variable.get("name", "?"))
    made = Result(named(board), f"${name}", "variable", run, found.query, Outcome.OK, board.where)
    if found.failed:
        return evolve(made, outcome=Outcome.FAILED, words=found.failed)
    if found.options:
        return evolve(made, series=len(found.options))
    causes = tuple(_reasons(found.query, facts))
    not_run = bool(causes) and {cause.kind for cause in causes} == {"not run"}
    return evolve(made, outcome=Outcome.NOT_RUN if not_run else Outcome.EMPTY, causes=causes)


def _reasons(query: str, facts: Facts) -> tuple[Cause, ...]:
    _, _, label = read(query)
    if not (what := inner(query)):
        return ()
    if causes := why(what, facts):
        return causes
    try:
        return tuple(lacking(what, label, facts, whoever=True)) if label else ()
    except (QueryFailed, Unreadable):
        return ()
