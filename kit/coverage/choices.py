"""A dashboard's variables for one run, chained as Grafana chains them: each is asked with the values before it.

`defaults` is the dashboard as it opens, `all` the one where everything that has All is on All.
https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import frozen

from kit.check.build import Dashboard, Json
from kit.check.parts.queries import asked, source, variables
from kit.coverage.options import chosen_by_regex, parts_of, sorted_as
from kit.coverage.span import Span
from kit.coverage.values import Chosen, Values, filled
from kit.live.answers import QueryFailed

Run = Literal["defaults", "all"]
RUNS: tuple[Run, ...] = ("defaults", "all")
# A variable's query, filled in → the texts that it answers with. Raises QueryFailed, NoPrometheus.
Ask = Callable[[str], tuple[str, ...]]
ALL = "$__all"


@frozen
class Found:
    """What a variable's query gave: the query as it was asked, its options, and why it failed."""

    variable: Json
    query: str
    options: tuple[str, ...] = ()
    failed: str = ""


@frozen
class Choices:
    """The values of one run, and what each variable that asks Prometheus was answered."""

    values: Values
    found: tuple[Found, ...] = ()


def choices(board: Dashboard, run: Run, span: Span, ask: Ask, fixed: Mapping[str, Sequence[str]]) -> Choices:
    """The board's variables in a run; `fixed`: name → values that are given. Raises NoPrometheus."""
    values: dict[str, Chosen] = {}
    found: list[Found] = []
    built_in = span.built_in(span.step())
    for variable in variables(board):
        name = str(variable.get("name", ""))
        options = tuple(_written_down(variable))
        if queried(variable):
            one = _asked(variable, filled(asked(variable), values, built_in), ask)
            found.append(one)
            options = one.options
        values[name] = _given(variable, fixed[name]) if name in fixed else _chosen(variable, options, run, built_in)
    return Choices(values, tuple(found))


def queried(variable: Json) -> bool:
    """Whether its values come from Prometheus."""
    return variable.get("type") == "query" and source(variable) in ("", "prometheus") and bool(asked(variable).strip())


def _asked(variable: Json, query: str, ask: Ask) -> Found:
    try:
        texts = ask(query)
    except QueryFailed as error:
        return Found(variable, query, failed=str(error))
    kept = chosen_by_regex(texts, str(variable.get("regex") or ""))
    return Found(variable, query, sorted_as(tuple(dict.fromkeys(kept)), int(variable.get("sort") or 0)))


def _written_down(variable: Json) -> Iterator[str]:
    """The options of a variable that lists them itself."""
    kind, text = variable.get("type"), asked(variable)
    if kind in ("custom", "interval"):
        yield from (part.rsplit(" : ", 1)[-1].strip() for part in parts_of(text))
    elif kind in ("constant", "textbox") and text:
        yield text


def _given(variable: Json, values: Iterable[str]) -> Chosen:
    return Chosen(tuple(values), _several(variable), bool(variable.get("multi")))


def _several(variable: Json) -> bool:
    return bool(variable.get("multi") or variable.get("includeAll"))


def _chosen(variable: Json, options: tuple[str, ...], run: Run, built_in: Mapping[str, str]) -> Chosen:
    several, listed = _several(variable), bool(variable.get("multi"))
    has_all = bool(variable.get("includeAll"))
    now = _current(variable)
    free = variable.get("type") not in ("query", "custom") or (variable.get("type") == "query" and not options)
    valid = tuple(value for value in now if free or value in options)
    if has_all and (run == "all" or ALL in now or not valid):
        every = str(variable.get("allValue") or "")
        # Where nobody was asked for the options (logs, say), All is anything.
        literal = every or (None if options or queried(variable) else ".*")
        return Chosen(options, several, True, literal)
    if variable.get("type") == "interval":
        valid = tuple(built_in["__interval"] if value.startswith("$__auto") else value for value in valid)
    return Chosen(valid or options[:1] or ("",), several, listed)


def _current(variable: Json) -> tuple[str, ...]:
    current = variable.get("current")
    value = current.get("value") if isinstance(current, dict) else None
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    return (str(value),) if value not in (None, "") else ()


def named(boards: Iterable[Dashboard]) -> frozenset[str]:
    """The names of all variables of all dashboards."""
    return frozenset(str(one.get("name")) for board in boards for one in variables(board))


_LABEL_VALUES = re.compile(r"label_values\((?:(.+),\s*)?([A-Za-z_]\w*)\)\s*", re.DOTALL)
_OTHERS = re.compile(r"(label_names|metrics|query_result)\((.*)\)\s*", re.DOTALL)


def read(query: str) -> tuple[str, str, str]:
    """A variable's query, filled in: (function, what it is asked of, label). `series` for a bare selector."""
    query = query.strip()
    if found := _LABEL_VALUES.fullmatch(query):
        return "label_values", (found[1] or "").strip(), found[2]
    if found := _OTHERS.fullmatch(query):
        return found[1], found[2].strip(), ""
    return "series", query, ""
