"""What a rollback cannot bring back, for no backup keeps a secret. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kit.publish import redacted
from kit.publish.history import Before, Run
from kit.publish.kinds import contact_points, data_sources
from kit.publish.model import Found, Plan
from kit.publish.plan import names
from kit.publish.reading import There

Secrets = Mapping[str, Mapping[str, str]]


def forgotten(run: Run, there: There, plan: Plan, overwrite: Collection[str] = ()) -> tuple[str, ...]:
    """A sentence for each object of a run that comes back without something, and what to do.

    `there` is what is there now, with the run's objects as they are to be; `overwrite` names what is written again
    whatever is there, with the secrets that are set here.
    """
    left = {(step.kind, step.key) for step in plan.of("edited", "foreign")}
    objects = (one for one in run.objects if one.before and (one.kind, one.key) not in left)
    return tuple(told for one in objects for told in _of(one, there, overwrite))


def _of(one: Before, there: There, overwrite: Collection[str]) -> Iterator[str]:
    assert one.before is not None  # what was created has nothing to come back
    body: Any = one.before.load()
    found = there.found.get(one.kind, {}).get(one.key)
    if one.kind == data_sources.name:
        yield from _without(one, body, found.content if found else None)
    elif one.kind == contact_points.name:
        yield from _without(one, body["settings"], contact_points.kept(found.raw if found else None, body["type"]))
        yield from _with_another(one, there, found, again=bool(names(one.before) & {*overwrite}))


def _without(one: Before, kept: Any, there: Any) -> Iterator[str]:
    if lost := redacted.filled(kept, there)[1]:
        what = f"what was secret in {', '.join(lost)}"
        yield f"{one.kind} {one.title} comes back without {what}, which no backup keeps: set it in Grafana"


def _with_another(one: Before, there: There, found: Found | None, *, again: bool) -> Iterator[str]:
    """Of settings that come from variables, those that had another value before the run."""
    before: Secrets = one.before.load()["secrets"] if one.before else {}
    item = next(item for item in there.items if (item.kind, item.key) == (one.kind, one.key))
    after: Secrets = item.load()["secrets"]
    # Grafana hides some: where nothing else differed, the run was about them.
    alone = one.before is not None and one.before.load() == one.sent and found is not None and not again
    lost = [key for key, was in before.items() if _is_lost(was["state"], after[key]["state"], alone)]
    if lost:
        variables = ", ".join(before[key]["from"] for key in lost if before[key]["from"])
        run = f"set {variables} to what it was, and run this again with --overwrite {one.key}"
        advice = run if variables else "set it in Grafana"
        yield f"{one.kind} {one.title} does not get back its {', '.join(lost)}, which no backup keeps: {advice}"


def _is_lost(was: str, now: str, alone: bool) -> bool:
    return was != contact_points.UNSET and (was != now or (alone and was == contact_points.SET))
