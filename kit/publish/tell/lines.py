"""Steps and results as the cells of a line: sign and word, kind, key, and what is to be said. Pure."""

from collections.abc import Mapping, Sequence

from kit.publish.model import Plan, Result, Step
from kit.publish.tell.plain import cut, flat

Row = Sequence[str]
Titles = Mapping[str, str]

SIGNS = {
    "create": "+", "update": "~", "move": ">", "delete": "-", "edited": "!", "foreign": "x", "orphan": "-",
    "moved": ">", "missing": "-", "failed": "x", "unknown": "?", "not tried": ".", "there": "=",
}  # fmt: skip


def titles_of(plan: Plan, titles: Titles) -> Titles:
    """Uid → title of every folder that is known from the plan, or from `titles`."""
    return {**titles, **{step.key: step.title for step in plan.steps if step.kind == "folder"}}


def of_plan(plan: Plan, titles: Titles) -> list[Row]:
    """A row for each step of a plan: what is written, then what is not."""
    return [_written(step, titles) for step in plan.writes] + of_rest(plan, titles)


def of_rest(plan: Plan, titles: Titles) -> list[Row]:
    """A row for each step that writes nothing: its detail stands where the others have their title."""
    rest = plan.of("edited") + plan.of("foreign") + plan.of("orphan")
    return [(_word(step.action), step.kind, _key(step), flat(_edit(step, titles))) for step in rest]


def of_drift(plan: Plan, titles: Titles) -> list[Row]:
    """A row for each object that people changed, moved or deleted."""
    return [_named(_word(drift_word(step)), step, _edit(step, titles)) for step in plan.steps]


def of_results(results: Sequence[Result], titles: Titles) -> list[Row]:
    """A row for each result: what was written as in the plan, the others with why they were not (once in a row)."""
    rows, said = [], ""
    for one in results:
        again, said = one.sentence == said, one.sentence
        why = "the same" if again and said else said
        rows.append(
            _written(one.step, titles) if one.outcome == "written" else _named(_word(one.outcome), one.step, why)
        )
    return rows


def drift_word(step: Step) -> str:
    """What became of an object since it was published: edited, moved or missing."""
    if step.action == "create":
        return "missing"
    if step.action == "foreign":
        return "foreign"
    return "moved" if _moved(step) and step.found and step.found.digest in step.found.bases else "edited"


def _moved(step: Step) -> bool:
    return step.found is not None and step.found.home is not None and step.found.home != step.found.place


def _word(word: str) -> str:
    return f"{SIGNS[word]} {word}"


def _key(step: Step) -> str:
    """Its uid or name; a group of rules without the folder."""
    return flat(step.key.partition("/")[2] or step.key if step.kind == "rules" else step.key)


def _named(word: str, step: Step, said: str) -> Row:
    key, title = _key(step), flat(step.title)
    return word, step.kind, key, "" if title == key else cut(title), flat(said)


def _written(step: Step, titles: Titles) -> Row:
    """Where the title is the key, the first words of the detail stand in its place."""
    word, kind, key, title, detail = _named(_word(step.action), step, step.detail)
    if not title:
        title, _, detail = detail.partition(", ")
    return word, kind, key, title, "; ".join(filter(None, (detail, _where(step, titles))))


def _where(step: Step, titles: Titles) -> str:
    """The folder that it goes to, and the one that it leaves."""
    if step.item is None:
        return ""
    if step.found is None:
        return f"-> {_folder(step.item.place, titles)}" if step.item.place else ""
    return _way(step.found.place, step.item.place, titles)


def _way(before: str, after: str, titles: Titles) -> str:
    return f"{_folder(before, titles)} -> {_folder(after, titles)}" if before != after else ""


def _folder(uid: str, titles: Titles) -> str:
    return cut(flat(titles.get(uid, uid))) or "the top"


def _edit(step: Step, titles: Titles) -> str:
    """The detail, with the titles of folders where it was moved."""
    found = step.found
    if step.action != "edited" or found is None or not _moved(step):
        return step.detail
    return "; ".join(filter(None, (found.changed, _way(found.home or "", found.place, titles))))
