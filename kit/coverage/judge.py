"""What an answer says of its question: all well, nothing there, a label missing, a value that cannot be. Pure."""

import math
from collections.abc import Collection, Sequence

from attrs import frozen

from kit.coverage import signs
from kit.coverage.asked import Question
from kit.coverage.result import Outcome
from kit.live.answers import Series
from kit.model.words import number

# Rates of two scrapes that are not of the same instant give a share a little above its whole.
TOLERANCE = 0.01
# What is left of numbers that should have been equal.
NOISE = 1e-9


@frozen
class Verdict:
    """The outcome, what is wrong in words, and the labels that series lack."""

    outcome: Outcome
    words: str = ""
    lacking: tuple[str, ...] = ()


def judged(question: Question, query: str, answer: Sequence[Series], optional: Collection[str] = ()) -> Verdict:
    """The verdict on an answer to `query`, the question's text filled in. `optional`: labels that may be missing."""
    if not answer:
        return Verdict(Outcome.QUIET, question.nothing) if question.quiet else Verdict(Outcome.EMPTY)
    lacking = tuple(
        label for label in question.labels if label not in optional and any(not one.labels.get(label) for one in answer)
    )
    wrong = _contradiction(question, query, answer)
    if lacking:
        told = [_lacking(label, answer, question.kind) for label in lacking] + ([wrong] if wrong else [])
        return Verdict(Outcome.LABEL_MISSING, "; ".join(told), lacking)
    if wrong.startswith(NAN) and question.quiet:
        return Verdict(Outcome.QUIET, question.nothing)
    return Verdict(Outcome.CONTRADICTS, wrong) if wrong else Verdict(Outcome.OK)


NAN = "every value is NaN, which draws nothing"
UNOBSERVED = ": within the window of histogram_quantile() there was no observation"


# Who names labels, by the question's kind.
NAMES = {"panel": "which the legend names", "annotation": "which its text names"}


def _lacking(label: str, answer: Sequence[Series], kind: str) -> str:
    count = sum(not one.labels.get(label) for one in answer)
    which = "its only series has" if len(answer) == 1 else f"{count} of {len(answer)} series have"
    return f"{which} no label '{label}', {NAMES.get(kind, 'which its alerts carry')}"


def _contradiction(question: Question, query: str, answer: Sequence[Series]) -> str:
    values = [(one.last, one) for one in answer]
    numbers = [(value, one) for value, one in values if not math.isnan(value)]
    if not numbers:
        return NAN + (UNOBSERVED if "histogram_quantile" in query else "")
    for value, one in numbers:
        if words := _impossible(value, question, query):
            return f"{words}{_of(one)}"
    return ""


def _impossible(value: float, question: Question, query: str) -> str:
    if math.isinf(value):
        return "a value is infinite"
    top, bottom = signs.most(query, question.unit), signs.least(query, question.unit)
    if top is not None and value > top * (1 + TOLERANCE):
        return f"a share is {_short(value)}, above its whole"
    if bottom is not None and value < bottom - (TOLERANCE if question.unit in signs.SHARES else NOISE):
        return f"{'a share' if question.unit in signs.SHARES else 'a value'} is {_short(value)}, below zero"
    if question.states and value not in question.states:
        known = ", ".join(number(state) for state in sorted(question.states))
        return f"a state is {_short(value)}, which has no name (there are names for {known})"
    return ""


def _short(value: float) -> str:
    return number(float(f"{value:.4g}"))


def _of(one: Series) -> str:
    labels = ", ".join(f'{name}="{value}"' for name, value in sorted(one.labels.items()) if name != "__name__")
    return f" ({labels[:120]})" if labels else ""
