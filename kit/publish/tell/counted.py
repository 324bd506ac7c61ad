"""How many objects there were of what, in a line. Pure."""

from collections import Counter
from typing import get_args

from kit.publish import exits
from kit.publish.model import WRITES, Plan, Report
from kit.publish.model import Outcome as Ending
from kit.publish.outcome import Outcome
from kit.publish.tell import lines


def same(plan: Plan) -> str:
    """'54 unchanged'."""
    return f"{plan.unchanged} unchanged"


def planned(plan: Plan) -> str:
    """'1 create, 2 update, 1 move, 0 delete, 54 unchanged; 1 conflict, 1 orphan'."""
    counts = (f"{len(plan.of(action))} {action}" for action in ("create", "update", "move", "delete"))
    return f"{', '.join(counts)}, {same(plan)}{_left(plan)}"


def written(plan: Plan, report: Report) -> str:
    """'18 written, 0 failed, 0 not tried, 54 unchanged; 1 orphan; read back'.

    Only where every write arrived and nobody stopped it is it certain that all of them were read back.
    """
    counts = Counter(result.outcome for result in report.results)
    told = [f"{counts['written']} written", f"{counts['failed']} failed", f"{counts['not tried']} not tried"]
    if counts["unknown"]:
        told.insert(2, f"{counts['unknown']} unknown")
    if counts["there"]:
        told.append(f"{counts['there']} there already")
    certain = counts["written"] + counts["there"] == len(report.results) and report.code != exits.INTERRUPTED
    return f"{', '.join(told)}, {same(plan)}{_left(plan)}{'; read back' if certain else ''}"


def short(outcome: Outcome) -> str:
    """The same without what there is none of; empty where nothing could be compared."""
    plan, report = outcome.plan, outcome.report
    if plan is None:
        return ""
    if outcome.command == "drift":
        words: list[str] = [lines.drift_word(step) for step in plan.steps]
    elif report is not None and report.results:
        left = (step.action for step in plan.steps if step.action not in WRITES)
        words = [*(result.outcome for result in report.results), *left]
    else:
        words = [step.action for step in plan.steps]
    counts = Counter(words)
    order = dict.fromkeys((*get_args(Ending), *lines.SIGNS))
    return ", ".join([*(f"{counts[word]} {word}" for word in order if counts[word]), same(plan)])


def _left(plan: Plan) -> str:
    """What the plan leaves alone, to follow the counts."""
    counts = {"conflict": plan.of("edited"), "foreign": plan.of("foreign"), "orphan": plan.of("orphan")}
    told = ", ".join(f"{len(steps)} {word}" for word, steps in counts.items() if steps)
    return f"; {told}" if told else ""
