"""What people changed in Grafana since it was published."""

from kit.publish.bases import bases
from kit.publish.model import Item, Plan, Step
from kit.publish.plan import claimed, edit
from kit.publish.session import Session


def drifted(session: Session) -> Plan:
    """What people changed since it was published: what of ours was edited, moved or deleted, or lost its marks.

    An edit that was carried into Python is none: the build has it by now, or a commit that was not published yet.
    """
    there = session.there.found
    known = bases(session)
    ours = [found for many in there.values() for found in many.values() if found.ours]
    built = {(item.kind, item.key, item.digest, item.place) for item in session.there.items}
    edited = [
        found
        for found in ours
        if found.edited and (found.kind, found.key, found.digest, found.place) not in built and not known.carried(found)
    ]
    steps = [Step("edited", one.kind, one.key, one.title, edit(one, known), None, one) for one in edited]
    for item in session.there.items:
        found = there.get(item.kind, {}).get(item.key)
        if found is not None and not found.ours:
            steps.append(Step("foreign", item.kind, item.key, item.title, claimed(found), item, found))
        elif found is None and item.kind != "data source":
            steps.append(Step("create", item.kind, item.key, item.title, _gone(session, item), item))
    return Plan(tuple(steps), len(ours) - len(edited))


def _gone(session: Session, item: Item) -> str:
    noted = f"{item.kind}:{item.key}" in session.there.entries
    return "was published, and deleted in Grafana" if noted else "not there: deleted in Grafana, or not published yet"
