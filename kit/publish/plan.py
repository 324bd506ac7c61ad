"""What is there and what should be there → the steps between them. Pure: nothing is read or written here.

The three-way comparison: what was published last is the base. There equals base: write. There equals the build:
nothing to send. Neither: somebody edited it in Grafana.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import floor

from attrs import field, frozen

from kit.publish.differences import words
from kit.publish.model import ORDER, Action, Found, Item, Plan, Step

Founds = Mapping[str, Mapping[str, Found]]


@frozen
class Asked:
    """What the person allows: uids to overwrite or to adopt, pruning and its limit, skipping what was edited.

    `absent` says why something is to go.
    """

    overwrite: Collection[str] = ()
    adopt: Collection[str] = ()
    prune: bool = False
    prune_limit: int | None = None
    skip: bool = False
    allow_older: bool = False
    absent: str = "not in the build"


@frozen
class Bases:
    """How to find the text of what was published last, for words about an edit; None where it is not here."""

    content: Callable[[Found], object] = field(default=lambda found: None)


def planned(wanted: Sequence[Item], there: Founds, asked: Asked, sets: Collection[str], bases: Bases) -> Plan:
    """The plan. `sets` are those that are published: what carries another is nobody's orphan here."""
    by_kind: dict[str, list[Item]] = {kind: [] for kind in ORDER}
    for item in wanted:
        by_kind[item.kind].append(item)
    steps, gone, unchanged = [], [], 0
    for kind in ORDER:
        found = there.get(kind, {})
        made = [_step(item, found.get(item.key), asked, bases) for item in by_kind[kind]]
        steps += [step for step in made if step]
        unchanged += made.count(None)
        keys = {item.key for item in by_kind[kind]}
        left = [one for key, one in found.items() if one.ours and key not in keys]
        gone += [_orphan(one, asked, sets) for one in left if not _taken_over(one, by_kind[kind])]
    return Plan((*steps, *reversed(gone)), unchanged)


def _step(item: Item, found: Found | None, asked: Asked, bases: Bases) -> Step | None:
    if found is None:
        return Step("create", item.kind, item.key, item.title, "", item)
    same = found.digest == item.digest and found.place == item.place
    adopted = item.key in asked.adopt or f"{item.kind}:{item.key}" in asked.adopt

    def step(action: Action, detail: str) -> Step:
        return Step(action, item.kind, item.key, item.title, detail, item, found)

    if not found.ours and not adopted:
        return step("foreign", _claimed(found))
    if adopted and not found.ours:
        return step("update", f"adopted ({_claimed(found, adopted=True)})")
    if same:
        return None if found.locked == item.locked else step("update", "lock" if item.locked else "unlock")
    overwrite = item.key in asked.overwrite or f"{item.kind}:{item.key}" in asked.overwrite
    if found.edited and not overwrite:
        return step("edited", edit(found, bases))
    detail = words(item.kind, found.content, item.load()) if found.digest != item.digest else ""
    if overwrite and found.edited:
        detail = f"overwrites what was edited in Grafana; {detail}".rstrip("; ")
    return step("move" if found.digest == item.digest else "update", detail)


def _claimed(found: Found, *, adopted: bool = False) -> str:
    if found.manager:
        return f"managed by {found.manager}" + ("" if adopted else ", not touched")
    return "had no marker of ours" if adopted else f"carries no marker of ours, not touched (--adopt {found.key})"


def edit(found: Found, bases: Bases) -> str:
    """What somebody did to it in Grafana since it was published, as far as that can be told."""
    if found.home is not None and found.home != found.place:
        moved = f"moved from {found.home or 'the top'} to {found.place or 'the top'}"
        return f"{found.changed}; {moved}".lstrip("; ")
    base = bases.content(found)
    what = words(found.kind, base, found.content) if base is not None and found.content is not None else ""
    return "; ".join(part for part in (found.changed, what) if part)


def _taken_over(found: Found, items: Sequence[Item]) -> bool:
    """Whether every rule of a group goes to another one of the build, which ends this group by itself."""
    if found.kind != "rules":
        return False
    wanted = {rule["uid"] for item in items for rule in item.load()["rules"]}
    return all(rule["uid"] in wanted for rule in found.content["rules"])


def _orphan(found: Found, asked: Asked, sets: Collection[str]) -> Step:
    def step(action: Action, detail: str) -> Step:
        return Step(action, found.kind, found.key, found.title, detail, None, found)

    if found.set and found.set not in sets:
        return step("orphan", f"of the set {found.set}, which is not in the build (kept)")
    if not asked.prune:
        return step("orphan", f"{asked.absent} (kept; --prune deletes it)")
    if found.manager:
        return step("orphan", f"managed by {found.manager} (kept)")
    if found.edited and found.key not in asked.overwrite:
        return step("orphan", f"{asked.absent}, but edited in Grafana (kept)")
    return step("delete", asked.absent)


def too_many(plan: Plan, there: Founds, asked: Asked) -> Iterator[str]:
    """A sentence for each kind of which more would be pruned than allowed: above max(3, a fifth of ours)."""
    for kind in ORDER:
        deleted = sum(step.kind == kind for step in plan.of("delete"))
        ours = sum(found.ours for found in there.get(kind, {}).values())
        limit = asked.prune_limit if asked.prune_limit is not None else max(3, floor(ours * 0.2))
        if deleted > limit:
            many = f"{deleted} of {ours} {kind} objects would be pruned, more than {limit}"
            yield f"{many}; raise --prune-limit if that is meant"
