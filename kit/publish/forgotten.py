"""What a rollback cannot bring back, for no backup keeps a secret. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.publish import redacted
from kit.publish.history import Before, Run
from kit.publish.kinds import contact_points, data_sources
from kit.publish.model import Found, Plan

Founds = Mapping[str, Mapping[str, Found]]


def forgotten(run: Run, found: Founds, plan: Plan) -> tuple[str, ...]:
    """A sentence for each object of a run that comes back without something, and what to do; `found` as it is now."""
    left = {(step.kind, step.key) for step in plan.of("edited", "foreign")}
    objects = (one for one in run.objects if one.before and (one.kind, one.key) not in left)
    return tuple(told for one in objects for told in _of(one, found.get(one.kind, {}).get(one.key)))


def _of(one: Before, found: Found | None) -> Iterator[str]:
    assert one.before is not None  # what was created has nothing to come back
    body: Any = one.before.load()
    if one.kind == data_sources.name:
        lost = redacted.filled(body, found.content if found else None)[1]
    elif one.kind == contact_points.name:
        lost = redacted.filled(body["settings"], contact_points.kept(found.raw if found else None, body["type"]))[1]
    else:
        return
    if lost:
        named = ", ".join(lost)
        yield (
            f"{one.kind} {one.title} comes back without what was secret in {named}, which no backup keeps: set it in"
            " Grafana"
        )
