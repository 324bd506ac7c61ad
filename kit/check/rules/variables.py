"""Every variable that is used is defined, and asks what exists, after the variables that narrow it down."""

import re
from collections.abc import Iterator

import orjson

from kit.check.build import Build, Dashboard, Json
from kit.check.finding import Finding
from kit.check.parts.names import BUILT_IN, names
from kit.check.parts.queries import annotations, asked, named, source
from kit.check.parts.queries import variables as defined
from kit.model import promql
from kit.model.words import nearest

ID = "variables"
# https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
_LABEL_VALUES = re.compile(r"label_values\((?:(.+),)?\s*(\w+)\s*\)", re.DOTALL)
_ON_TIME_RANGE = 2


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        yield from _uses(board)
        before: list[str] = []
        for variable in defined(board):
            for message in (*_names(variable, before), *_query(variable, before, build)):
                yield Finding(board.where, ID, f"{named(board)} / ${variable.get('name')}", message)
            before.append(str(variable.get("name")))


def _uses(board: Dashboard) -> Iterator[Finding]:
    """Names that nobody defined, variables that nothing but links uses, and repeats of what is no list."""
    lists = {str(one.get("name")): bool(one.get("multi") or one.get("includeAll")) for one in defined(board)}
    known = {*lists, *BUILT_IN}
    used: set[str] = set()
    for panel in board.panels:
        own = {key: value for key, value in panel.json.items() if key != "panels"}
        used |= _in(_without_links(own))
        for name in sorted(_in(own) - known):
            message = f"it uses ${name}, which the dashboard does not define{nearest(name, known)}"
            yield Finding(panel.where, ID, panel.subject, message)
        repeat = panel.json.get("repeat")
        if repeat and not lists.get(repeat):
            said = "takes one value only" if repeat in lists else f"is not defined{nearest(repeat, lists)}"
            message = f"it repeats for '{repeat}', which {said}; name a variable with several values"
            yield Finding(panel.where, ID, panel.subject, message)
        used |= {repeat} if repeat else set()
    rest = [*annotations(board), {"links": board.json.get("links")}, {"title": board.json.get("title")}]
    for part in rest:
        used |= _in(part)
        for name in sorted(_in(part) - known):
            message = f"it uses ${name}, which it does not define{nearest(name, known)}"
            yield Finding(board.where, ID, named(board), message)
    used |= {name for one in defined(board) for name in _in(one)}
    for name in lists:
        if name not in used:
            message = "no query, title or repeat uses it, so choosing does nothing; take it out, or filter by it"
            yield Finding(board.where, ID, f"{named(board)} / ${name}", message)


def _in(part: Json) -> set[str]:
    return set(names(orjson.dumps(part).decode()))


def _without_links(panel: Json) -> Json:
    """The panel without what only carries a choice on to another dashboard."""
    config = panel.get("fieldConfig", {})
    defaults = {**config.get("defaults", {}), "links": []}
    return {**panel, "links": [], "repeat": "", "fieldConfig": {**config, "defaults": defaults}}


def _names(variable: Json, before: list[str]) -> Iterator[str]:
    name = str(variable.get("name"))
    if not re.fullmatch(r"\w+", name):
        yield "its name has other characters than letters, digits and _; Grafana would not find it in queries"
    if name in before:
        yield "another variable has its name; rename one"


def _query(variable: Json, before: list[str], build: Build) -> Iterator[str]:
    if variable.get("type") != "query":
        return
    if variable.get("refresh") != _ON_TIME_RANGE:
        yield "it is not refreshed when the time range changes; write refresh: 2"
    text = asked(variable)
    for name in dict.fromkeys(names(text)):
        if name not in before and name not in BUILT_IN:
            yield f"its query uses ${name}, which is not defined before it{nearest(name, before)}"
    if source(variable) != "prometheus":
        return
    found = _LABEL_VALUES.fullmatch(text.strip())
    if not found:
        yield f"its query '{text}' is no label_values(metric, label); write one"
        return
    # count() reads any metric rightly, so that only names and labels are judged.
    metric, label = found[1] or "", found[2]
    yield from promql.problems(f"count({metric})", build.catalogue) if metric else ()
    known = promql.labels(metric, build.catalogue) if metric else None
    if known and label not in known:
        yield f"it asks for the label '{label}', which {metric.split('{')[0]} does not have{nearest(label, known)}"
