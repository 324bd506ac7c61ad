"""One question, asked: its result, and where it is empty the reasons."""

import time
from collections.abc import Collection, Iterator

from attrs import evolve, frozen

from kit.coverage import selecting
from kit.coverage.asked import Question
from kit.coverage.facts import Facts
from kit.coverage.judge import judged
from kit.coverage.result import Outcome, Result
from kit.coverage.ruled import Ruling, health
from kit.coverage.span import Span, duration
from kit.coverage.why import why
from kit.live.answers import QueryFailed, Series
from kit.model.promql_tree import Unreadable, selectors

# A range query that only tells when there was data last needs no more points.
LOOKED_BACK = 240


@frozen
class Look:
    """A question in a run, its variables filled in."""

    question: Question
    run: str
    query: str


def result(look: Look, facts: Facts, span: Span) -> Result:
    """The result of a panel's or an annotation's query. Raises NoPrometheus."""
    blank = _blank(look)
    if look.question.source != "prometheus":
        return evolve(blank, outcome=Outcome.NOT_ASKED, words=f"asks {look.question.source}")
    try:
        if look.question.kind == "annotation":
            return _settled(_mark(blank, look, facts, span))
        found = facts.prometheus.query(look.query, facts.at)
        one = _settled(_judged(blank, look, found, facts))
        return evolve(one, words=_until(look, facts, span)) if one.outcome is Outcome.EMPTY else one
    except QueryFailed as error:
        return evolve(blank, outcome=Outcome.FAILED, words=str(error))


def rule_result(ruling: Ruling, facts: Facts) -> Result:
    """The result of a rule: what it reads, and then what Prometheus says of it. Raises NoPrometheus."""
    look = Look(ruling.question, "", ruling.question.text)
    blank = _blank(look)
    try:
        found = facts.prometheus.query(look.query, facts.at)
    except QueryFailed as error:
        return evolve(blank, outcome=Outcome.FAILED, words=str(error))
    one = blank if ruling.may_be_empty and not found else _settled(_judged(blank, look, found, facts))
    if ruling.excepted and one.outcome is Outcome.EMPTY and {cause.kind for cause in one.causes} == {"matcher"}:
        one = evolve(one, outcome=Outcome.QUIET, words="nothing that the exception is for")
    outcome, words, causes = health(ruling.question, facts)
    if outcome is Outcome.OK:
        return one
    others = tuple(cause for cause in one.causes if cause not in causes) if one.outcome.wrong else ()
    return evolve(one, outcome=outcome, words=words, causes=(*causes, *others))


def _blank(look: Look) -> Result:
    asked = look.question
    return Result(asked.board, asked.name, asked.kind, look.run, look.query, Outcome.OK, asked.where, asked.ref)


def _judged(blank: Result, look: Look, found: tuple[Series, ...], facts: Facts) -> Result:
    verdict = judged(look.question, look.query, found, _optional(look.query, facts))
    sample = next((one.last for one in found if one.last == one.last), None)
    told = evolve(blank, outcome=verdict.outcome, words=verdict.words, series=len(found), sample=sample)
    if not found:
        return evolve(told, causes=why(look.query, facts))
    try:
        lacking = [cause for label in verdict.lacking for cause in selecting.lacking(look.query, label, facts)]
    except (QueryFailed, Unreadable):
        lacking = []
    return evolve(told, causes=tuple(dict.fromkeys(lacking)))


def _mark(blank: Result, look: Look, facts: Facts, span: Span) -> Result:
    """An annotation marks events: one within the range is enough, and none is no failure where there could be one."""
    found = facts.prometheus.query_range(look.query, span.start, span.at, look.question.step)
    if found:
        return _judged(blank, look, found, facts)
    causes = tuple(cause for cause in why(look.query, facts) if cause.kind not in ("whole", "matcher"))
    if causes:
        return evolve(blank, outcome=Outcome.EMPTY, causes=causes)
    return evolve(blank, outcome=Outcome.QUIET, words=f"nothing to mark within {duration(span.length)}")


def _settled(one: Result) -> Result:
    """Empty or quiet, seen by the light of the reasons: quiet is no excuse for a label or a target that is missing."""
    if one.outcome not in (Outcome.EMPTY, Outcome.QUIET):
        return one
    kinds = {cause.kind for cause in one.causes}
    if kinds == {"not run"}:
        return evolve(one, outcome=Outcome.NOT_RUN, words="")
    if kinds == {"alerts"}:
        return evolve(one, outcome=Outcome.QUIET, words="no alert is pending or fires")
    if one.outcome is Outcome.QUIET and kinds & {"label", "down", "rule"}:
        return evolve(one, outcome=Outcome.EMPTY, words="")
    return one


def _until(look: Look, facts: Facts, span: Span) -> str:
    """When there was data last, within the range; a hint only, so it may fail."""
    step = max(look.question.step, span.length / LOOKED_BACK)
    try:
        found = facts.prometheus.query_range(look.query, span.start, span.at, step)
    except QueryFailed:
        return ""
    last = max((at for one in found for at, _ in one.samples), default=None)
    return "" if last is None else f"no data now, but until {time.strftime('%H:%M', time.gmtime(last))} UTC"


def _optional(query: str, facts: Facts) -> Collection[str]:
    return frozenset(label for metric in _metrics(query, facts) for label in metric)


def _metrics(query: str, facts: Facts) -> Iterator[tuple[str, ...]]:
    try:
        for name, _ in selectors(query):
            if metric := facts.catalogue.get(name):
                yield metric.optional
    except Unreadable:
        return
