"""The way back: everything that a run changed, as it was before it."""

from collections.abc import Sequence

from attrs import evolve

from kit.publish import canonical, effects
from kit.publish.here.targets import Target
from kit.publish.history import Before, Run
from kit.publish.kinds import contact_points, data_sources, policies
from kit.publish.ledger import key_of
from kit.publish.model import Found, Item, Plan, Step
from kit.publish.plan import MARKED, Asked, Bases, Founds, planned
from kit.publish.resource import unnoted
from kit.publish.session import Session


def restored(session: Session, run: Run, asked: Asked) -> tuple[Session, Plan]:
    """The plan that brings back every object of a run as it was before; what changed since then is edited."""
    objects = {(one.kind, one.key): one for one in run.objects}
    found = {
        kind: {
            key: _as_left(session, one, objects[kind, key], run.objects)
            for key, one in many.items()
            if (kind, key) in objects
        }
        for kind, many in session.there.found.items()
    }
    before = tuple(item for item in session.there.items if objects[item.kind, item.key].before is not None)
    sets = {one.set for many in found.values() for one in many.values()}
    plan = planned(before, found, evolve(asked, prune=True, back=True), sets, Bases())
    plan = evolve(plan, steps=(*_remarked(before, found, plan), *plan.steps))
    return evolve(session, there=evolve(session.there, found=found)), plan


def _remarked(items: Sequence[Item], found: Founds, plan: Plan) -> Sequence[Step]:
    """Steps for what differs from what it was in nothing but labels and annotations."""
    known = {(step.kind, step.key) for step in plan.steps}
    pairs = [(one, found[one.kind][one.key]) for one in items if (one.kind, one.key) not in known]
    return [
        Step("update", one.kind, one.key, one.title, "labels and annotations", one, there)
        for one, there in pairs
        if unnoted(one.marks) != unnoted(there.marks)
    ]


def items(run: Run, target: Target) -> tuple[Item, ...]:
    """What a run changed, as it was; what it created is named as well, so that it is read.

    Policies are left out where the target leaves them alone by now; and what a folder noted of other objects, which
    is as old as the backup.
    """
    ignored = ("policies",) if target.policies == "ignore" else ()
    return tuple(
        evolve(one.before, marks=unnoted(one.before.marks)) if one.before else _created(one)
        for one in run.objects
        if one.kind not in ignored
    )


def _created(one: Before) -> Item:
    """It says no digest, so that what is there is read with its content, which the backup keeps."""
    return Item(one.kind, one.key, one.title, "", lambda: one.sent or {}, one.place)


def _as_left(session: Session, found: Found, left: Before, run: Sequence[Before]) -> Found:
    """What was found; unless it changed since, or is somebody else's by now, what the run left there is its base."""
    mine = found.digest == left.after and not (found.kind == data_sources.name and data_sources.has_login(found))
    taken = found.kind in MARKED and left.ours and (not found.ours or bool(found.manager))
    if found.kind == contact_points.name and left.sent and found.raw:
        entry = session.there.entries.get(key_of(found.kind, found.key))
        seen = contact_points.settled(_created(left), contact_points.seen(found.raw), entry, session.server.environ)[1]
        noted = contact_points.as_noted(left.sent, entry.named, entry.unset) if entry else left.sent
        mine = seen is not None and seen.digest in (left.after, canonical.digest(noted))
    if found.kind == policies.name and left.before:
        # Where the run ended before it wrote them, they have the new names of contact points all the same.
        names = [
            (one.before.load()["name"], one.sent["name"])
            for one in run
            if one.kind == contact_points.name and one.before and one.sent
        ]
        mine = mine or found.digest in map(canonical.digest, effects.renamed(left.before.load(), names))
    if taken:
        by = f"managed by {found.manager}" if found.manager else "carries no marker of ours any more"
        found, mine = evolve(found, changed=by), False
    return evolve(
        found, ours=True, manager="", bases=(found.digest,) if mine else (), home=left.place if mine else None
    )
