"""LogQL as far as it can be told: it is balanced, selects streams that exist, and parses before it asks for fields."""

import re
from collections.abc import Iterator, Mapping

from kit.check.build import Build, Dashboard
from kit.check.finding import Finding
from kit.check.parts import logql
from kit.check.parts.names import filled, legend_labels
from kit.check.parts.queries import Query, queries, variables
from kit.model.logql import LogCount, LogLines, LogQuantile, Stream
from kit.model.words import nearest

ID = "logql"
_ERRORS = frozenset({"__error__", "__error_details__"})


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    streams = tuple(_streams(build))
    labels = frozenset(label for stream in streams for label in stream.labels)
    fields = frozenset(name for stream in streams for name in stream.fields) - labels
    for board in build.dashboards:
        every = _every(board)
        for query in queries(board):
            if query.source == "loki":
                for message in _faults(query, labels, fields, every):
                    yield Finding(query.where, ID, query.subject, message)


def _streams(build: Build) -> Iterator[Stream]:
    for page in build.product.site.pages:
        for view in (view for panel in page.drawn for view in panel.views):
            for line in view.signal.lines.values():
                if isinstance(line, LogLines):
                    yield line.stream
                elif isinstance(line, LogCount | LogQuantile):
                    yield line.lines.stream


def _every(board: Dashboard) -> dict[str, str]:
    """Variable → what stands for it when All is chosen; where All is no choice, or all values, some word does."""
    return {
        str(one.get("name")): str(one["allValue"])
        for one in variables(board)
        if one.get("includeAll") and one.get("allValue")
    }


def _faults(query: Query, labels: frozenset[str], fields: frozenset[str], every: Mapping[str, str]) -> Iterator[str]:
    odd = logql.unbalanced(query.text)
    if odd:
        yield f"its LogQL has {odd} without a partner; close it"
        return
    selectors = list(logql.selectors(query.text))
    if not selectors:
        yield "its LogQL selects no stream; begin with {label=…}"
    for matchers in selectors:
        yield from _selector(matchers, labels, dict(every))
    yield from _stages(query.text, labels, fields)
    groups = logql.groups(query.text)
    for label in legend_labels(query.shown):
        if groups is not None and label not in groups:
            yield f"its text shows {{{{{label}}}}}, a label that its query drops{nearest(label, groups)}"


def _selector(
    matchers: tuple[logql.Matcher, ...] | None, labels: frozenset[str], every: dict[str, str]
) -> Iterator[str]:
    if matchers is None:
        yield 'its stream selector cannot be read; write label="value" pairs with commas between them'
        return
    for matcher in matchers:
        if matcher.label not in labels:
            yield f"no log stream has the label '{matcher.label}'{nearest(matcher.label, labels)}"
    try:
        empty = all(matcher.takes_nothing(filled(matcher.value, every, "x")) for matcher in matchers)
    except re.error as error:
        yield f"a regular expression in its stream selector cannot be read: {error}"
        return
    if empty:
        # "queries require at least one regexp or equality matcher that does not have an empty-compatible value"
        yield "its stream selector also matches no label at all (with All chosen), which Loki refuses; ask for .+"


def _stages(text: str, labels: frozenset[str], fields: frozenset[str]) -> Iterator[str]:
    parsed = False
    known = labels | fields | _ERRORS
    asked = list(logql.stages(text))
    grouped = [logql.Stage(label=label) for label in sorted(logql.groups(text) or ())]
    for stage in (*asked, *grouped):
        parsed = parsed or stage.parses
        if stage.label and stage.label not in known:
            yield f"no log line has the label or field '{stage.label}'{nearest(stage.label, known)}"
        elif stage.label in fields and not parsed:
            yield f"it asks for the field '{stage.label}' before the line is parsed; put | json before it"
