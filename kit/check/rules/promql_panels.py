"""PromQL of panels and annotations reads what exists, over a window that follows the panel, and keeps what is shown."""

import re
from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.names import legend_labels
from kit.check.parts.queries import Query, queries
from kit.model import promql
from kit.model.words import nearest

ID = "promql-panels"
# A rate of a selector, and its window; strings may hold brackets.
_RATE = re.compile(r'\b(i?rate|increase)\(\s*[\w:]*\s*(?:\{(?:[^"}]|"(?:\\.|[^"\\])*")*\})?\s*\[([^\]:]+)')
_FOLLOWS = frozenset({"$__rate_interval", "$__range"})


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    recorded = {rule.name for rule in ruled.records(build)}
    said: dict[str, tuple[str, ...]] = {}
    for board in build.dashboards:
        for query in queries(board):
            if query.source != "prometheus":
                continue
            if query.text not in said:
                said[query.text] = (*promql.problems(query.text, build.catalogue), *windows(query.text))
            for message in (*said[query.text], *_labels(query, build), *_recorded(query, recorded)):
                yield Finding(query.where, ID, query.subject, message)


def windows(text: str) -> Iterator[str]:
    """Rates whose window does not follow the panel; an increase may look back over a fixed time on purpose."""
    for function, window in _RATE.findall(text):
        name = re.sub(r"\$\{(\w+)\}", r"$\1", window.strip())
        if name not in _FOLLOWS and (function != "increase" or name.startswith("$")):
            yield f"{function}() over [{window}] shows gaps or hides peaks at other ranges; use [$__rate_interval]"


def _labels(query: Query, build: Build) -> Iterator[str]:
    asked = legend_labels(query.shown)
    kept = promql.labels(query.text, build.catalogue) if asked else None
    if kept is None:
        return
    for label in dict.fromkeys(asked):
        if label not in kept:
            yield f"its text shows {{{{{label}}}}}, a label that its query drops{nearest(label, kept)}"


def _recorded(query: Query, recorded: set[str]) -> Iterator[str]:
    try:
        read = {name for name, _ in promql.selectors(query.text) if ":" in name}
    except promql.Unreadable:
        return
    for name in sorted(read):
        if name not in recorded:
            yield f"no rule records '{name}'{nearest(name, recorded)}"
        elif not query.board.landing and query.panel:
            yield f"it reads the recorded series {name}, whose window is fixed; a drill-down rates the metric itself"
