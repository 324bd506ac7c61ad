"""What is there now, beside what a step makes of it and beside what was found: pure."""

from collections.abc import Collection

from attrs import evolve

from kit.publish import effects, resource
from kit.publish.differences import words
from kit.publish.model import Found, Outcome, Result, Step


def done(step: Step, now: Found | None) -> bool:
    """Whether what is there is what the step makes of it, with its marks and its folder."""
    if step.action == "delete":
        return now is None
    item = step.wanted
    if now is None or now.digest != item.digest or now.place != item.place or now.locked != item.locked:
        return False
    return item.marks.labels.items() <= now.marks.labels.items() and (
        item.marks.annotations.items() <= now.marks.annotations.items()
    )


def same(now: Found | None, found: Found | None, taken: Collection[str]) -> bool:
    """Whether it is as it was found; `taken`: the rules of the group that this run has put into others."""
    if now is not None and found is None and now.kind == "permissions":
        return True  # its folder was made by this run, and has what Grafana gives each new one
    if now is None and found is not None and taken and not effects.but(found.content, taken)["rules"]:
        return True  # other groups of this run have taken all its rules, which ends a group
    if now is None or found is None:
        return now is found
    if now.kind == "folder":  # its version grows with what the ledger notes there
        marks = resource.unnoted(now.marks) == resource.unnoted(found.marks)
        return marks and (now.digest, now.place) == (found.digest, found.place)
    if now.version and found.version:
        return now.version == found.version
    if taken:
        left = [rule for rule in effects.rules(now.content) if rule["uid"] in taken]
        untouched = all(rule in effects.rules(found.content) for rule in left)
        return untouched and effects.but(now.content, taken) == effects.but(found.content, taken)
    return now.digest == found.digest and now.place == found.place


def read_back(result: Result, now: Found | None) -> Result:
    """The result after reading back: what is there must be what was sent, in the folder it was sent to."""
    step = result.step
    if done(step, now):
        return result
    outcome: Outcome = "failed"  # but sent, which the result keeps saying
    if step.action == "delete":
        return evolve(result, outcome=outcome, sentence="deleted, but it is there again")
    if now is None:
        return evolve(result, outcome=outcome, sentence="sent but not stored: it is not there")
    item = step.wanted
    what = words(step.kind, item.load(), now.content) if now.digest != item.digest else ""
    where = f"it lies in {now.place or 'no folder'}" if now.place != item.place else ""
    differing = "; ".join(filter(None, (what, where))) or "its labels and annotations"
    return evolve(result, outcome=outcome, sentence=f"sent but not stored: {differing}")
