"""PromQL of rules, in both dialects, reads what exists, uses no variable of a dashboard, and each alert compares."""

import re
from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.ruled import Ruled
from kit.model import promql
from kit.model.words import nearest

ID = "promql-rules"
# level:metric:operations, https://prometheus.io/docs/practices/rules/
_RECORD = re.compile(r"[a-z][a-z0-9_]*:[a-zA-Z_][a-zA-Z0-9_]*:[a-z][a-z0-9_]*")
# `$` before a letter is a variable; a regular expression has it at its end.
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    records = ruled.records(build)
    recorded = {rule.name for rule in records}
    for rule, text in _texts(build):
        for message in (*_variables(text), *promql.problems(text, build.catalogue), *_recorded(text, recorded)):
            yield Finding(rule.where, ID, rule.name, message)
    for rule in ruled.alerts(build):
        if not _compares(str(rule.json.get("expr", ""))):
            yield Finding(rule.where, ID, rule.name, "its condition compares with nothing, so it fires on any data")
    seen: set[str] = set()
    for rule in records:
        for message in _name(rule, seen):
            yield Finding(rule.where, ID, rule.name, message)
        seen.add(rule.name)


def _texts(build: Build) -> Iterator[tuple[Ruled, str]]:
    for rule in (*ruled.records(build), *ruled.alerts(build)):
        yield rule, str(rule.json.get("expr", ""))
    for rule in ruled.grafana(build):
        for query in rule.json.get("data") or ():
            if "expr" in query.get("model", {}):
                yield rule, str(query["model"]["expr"])


def _variables(text: str) -> Iterator[str]:
    for name in dict.fromkeys(_VARIABLE.findall(text)):
        yield f"its query uses {name.replace('{', '')}, which only a dashboard fills in; write a fixed window or label"


def _recorded(text: str, recorded: set[str]) -> Iterator[str]:
    try:
        read = {name for name, _ in promql.selectors(text) if ":" in name}
    except promql.Unreadable:
        return
    for name in sorted(read - recorded):
        yield f"no rule records '{name}'{nearest(name, recorded)}"


def _compares(text: str) -> bool:
    try:
        return promql.compares(text)
    except promql.Unreadable:
        # It has been said that it cannot be read.
        return True


def _name(rule: Ruled, seen: set[str]) -> Iterator[str]:
    if not _RECORD.fullmatch(rule.name):
        yield "its name is not level:metric:operations, so nobody sees what was done to which metric; rename it"
    if rule.name in seen:
        yield "two rules record it, and their samples would mix; rename one"
