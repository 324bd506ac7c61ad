"""What is there and what should be there → the steps between them. Pure: nothing is read or written here.

The three-way comparison: what was published last is the base. There equals base: write. There equals the build:
nothing to send. Neither: somebody edited it in Grafana.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import floor

from attrs import evolve, field, frozen

from kit.publish import effects
from kit.publish.differences import words
from kit.publish.kinds import policies
from kit.publish.model import ORDER, WRITES, Action, Found, Item, Plan, Step

# These say themselves which set they belong to; of the others the ledger says it.
MARKED = ("dashboard", "folder")
# Of these Grafana hides a part, so that nobody sees whether a new secret has to be written.
HIDING = ("contact point",)
Founds = Mapping[str, Mapping[str, Found]]


@frozen
class Asked:
    """What the person allows: uids to overwrite or to adopt, pruning and its limit, skipping what was edited.

    `back` is a rollback: what is to go is what a run created.
    """

    overwrite: Collection[str] = ()
    adopt: Collection[str] = ()
    prune: bool = False
    prune_limit: int | None = None
    skip: bool = False
    allow_older: bool = False
    back: bool = False


@frozen
class Bases:
    """What git knows of what was published: the text of it, for words about an edit (None where it is not here), and
    whether an edit was carried into the build meanwhile, so that nothing of it is lost."""

    content: Callable[[Found], object] = field(default=lambda found: None)
    carried: Callable[[Found], bool] = field(default=lambda found: False)


def planned(wanted: Sequence[Item], there: Founds, asked: Asked, sets: Collection[str], bases: Bases) -> Plan:
    """The plan. `sets` are those that are published: what carries another is nobody's orphan here."""
    by_kind: dict[str, list[Item]] = {kind: [] for kind in ORDER}
    for item in wanted:
        by_kind[item.kind].append(item)
    steps, gone, unchanged = [], [], 0
    for kind in ORDER:
        found = there.get(kind, {})
        made = [_lent(_step(item, found.get(item.key), asked, bases), found, asked) for item in by_kind[kind]]
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
    adopted = bool(names(item) & {*asked.adopt})

    def step(action: Action, detail: str) -> Step:
        return Step(action, item.kind, item.key, item.title, detail, item, found)

    if not found.ours and not adopted:
        return step("foreign", claimed(found))
    if adopted and not found.ours:
        return step("update", f"adopted ({claimed(found, adopted=True)})")
    overwrite = _overwritten(item, asked)
    if same and overwrite and item.kind in HIDING:
        return step("update", "written again, with the secrets that are set here")
    if same and found.locked != item.locked:
        return step("update", "lock" if item.locked else "unlock")
    if same:  # a dashboard's edit is found in git; of the others only the ledger can say that it was taken over
        accepted = found.edited and item.kind not in MARKED
        return step("update", "as it was edited in Grafana, which is published from now on") if accepted else None
    if found.edited and not overwrite and not bases.carried(found):
        return step("edited", edit(found, bases))
    detail = words(item.kind, found.content, item.load()) if found.digest != item.digest else ""
    if overwrite and found.edited:
        detail = f"overwrites what was edited in Grafana; {detail}".rstrip("; ")
    return step("move" if found.digest == item.digest else "update", detail)


def names(one: Item | Found) -> set[str]:
    """What it may be called on the command line: its key, with its kind before it, and a rule group by its name."""
    return {one.key, f"{one.kind}:{one.key}", *((one.title,) if one.kind == "rules" else ())}


def _overwritten(one: Item | Found, asked: Asked) -> bool:
    return bool(names(one) & {*asked.overwrite})


def _lent(step: Step | None, there: Mapping[str, Found], asked: Asked) -> Step | None:
    """The step; but a rule group takes no rules out of another one that somebody edited, unless that may be."""
    if step is None or step.kind != "rules" or step.action not in WRITES:
        return step
    mine = effects.brought(step)
    for one in there.values():
        action: Action = "edited" if one.ours else "foreign"
        given = {*(asked.overwrite if one.ours else asked.adopt)} & (names(one) | names(step.item or one))
        if one.key != step.key and (one.edited or not one.ours) and mine & effects.uids(one.content) and not given:
            return evolve(step, action=action, found=one, detail=f"takes rules out of {one.key}, which is {action}")
    return step


def claimed(found: Found, *, adopted: bool = False) -> str:
    """Why an object is not ours."""
    if found.manager:
        return f"managed by {found.manager}" + ("" if adopted else ", not touched")
    if adopted:
        return "had no marker of ours"
    if found.kind == policies.name:
        return "the organisation has a tree of its own, not touched (--adopt policies replaces all of it)"
    return f"carries no marker of ours, not touched (--adopt {found.key})"


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
    return effects.uids(found.content) <= {uid for item in items for uid in effects.uids(item.load())}


def _orphan(found: Found, asked: Asked, sets: Collection[str]) -> Step:
    def step(action: Action, detail: str) -> Step:
        return Step(action, found.kind, found.key, found.title, detail, None, found)

    if found.set and found.set not in sets:
        return step("orphan", f"of the set {found.set}, which is not in the build (kept; delete it in Grafana)")
    if not found.set and found.kind not in MARKED and not asked.back:
        return step("orphan", "not in the build, and not known to be published from here (kept)")
    if found.manager:
        return step("orphan", f"managed by {found.manager} (kept)")
    if found.kind == "dashboard" and found.path and not found.path.endswith(f"/{found.key}.json"):
        return step("orphan", f"a copy of what is published from {found.path} (kept)")
    if found.edited and not _overwritten(found, asked):
        if asked.back:
            return step("edited", f"the run created it, and it changed since: {found.changed}".rstrip(": "))
        return step("orphan", "not in the build, but edited in Grafana (kept)")
    if not asked.prune:
        return step("orphan", "not in the build (kept; --prune deletes it)")
    return step("delete", "the run created it" if asked.back else "not in the build")


def too_many(plan: Plan, there: Founds, asked: Asked) -> Iterator[str]:
    """A sentence for each kind of which more would be pruned than allowed: above max(3, a fifth of ours)."""
    for kind in ORDER:
        deleted = sum(step.kind == kind for step in plan.of("delete"))
        ours = sum(found.ours for found in there.get(kind, {}).values())
        limit = asked.prune_limit if asked.prune_limit is not None else max(3, floor(ours * 0.2))
        if deleted > limit:
            many = f"{deleted} of {ours} {kind} objects would be pruned, more than {limit}"
            yield f"{many}; raise --prune-limit if that is meant"
