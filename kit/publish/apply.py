"""The steps of a plan, carried out: each write is locked or read again first, and all are read back at the end."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from attrs import define, evolve, field

from kit.publish import canonical, compared, effects, reading
from kit.publish import ledger as ledgers
from kit.publish.client import Clock
from kit.publish.http.errors import Conflict, GrafanaError, Halted, NotFound, NotGrafana, Refusal, Unsure
from kit.publish.kinds import Kind, contact_points, policies, rules
from kit.publish.ledger import Entry, Ledger, key_of
from kit.publish.model import ORDER, Found, Item, Plan, Result, Step
from kit.publish.plan import HIDING, MARKED
from kit.publish.server import Server

TRIES = 4
DONE = ("written", "there")
ALREADY = "it was so already, so nothing was sent"
Told = Callable[[Result], None]


class Changed(GrafanaError):
    """It is no longer what was read, so it is not written."""


@define
class Apply:
    """One run over one Grafana. `commit` is noted as published last; empty, that none was. `told` is
    called with each result as it comes, from any thread, `reading_back` once."""

    server: Server
    kinds: Mapping[str, Kind]
    ledger: Ledger
    there: reading.There
    commit: str
    clock: Clock
    told: Told = field(default=lambda result: None)
    reading_back: Callable[[], None] = field(default=lambda: None)
    _intents: dict[str, Entry] = field(factory=dict, init=False)
    _sent: list[Step] = field(factory=list, init=False)

    def run(self, plan: Plan) -> tuple[Result, ...]:
        """Carry out what the plan writes. Never raises what the client raises: each result says it."""
        results: list[Result] = []
        for steps, at_once in _batches(plan, self.kinds):
            missing = {one.step.kind for one in results if one.outcome not in DONE} & {"folder", "data source"}
            if missing:
                why = f"a {missing.pop()} could not be written"
                results += self._tell([Result(step, "not tried", why) for step in steps])
                continue
            results += self._batch(steps, at_once)
        self.reading_back()
        results = self._read_back(results)
        self._settle(results)
        return tuple(results)

    def _batch(self, steps: Sequence[Step], at_once: int) -> list[Result]:
        try:
            self._intend(steps)
        except Exception as error:
            return self._tell([Result(step, "not tried", _said(error)) for step in steps])
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self._step, steps))

    def _tell(self, results: list[Result]) -> list[Result]:
        for result in results:
            self.told(result)
        return results

    def _step(self, step: Step) -> Result:
        try:
            sent = self._carry_out(step)
            self.server.client.wrote(None)
            result = Result(step, "written" if sent else "there", "" if sent else ALREADY, sent)
        except Halted as error:
            result = Result(step, "not tried", str(error))
        except _Unknown as error:
            self.server.client.wrote(error)
            result = Result(step, "unknown", str(error), True)
        except GrafanaError as error:
            if not isinstance(error, Changed):
                self.server.client.wrote(error)
            result = Result(step, "failed", str(error))
        except Exception as error:
            result = Result(step, "unknown", _said(error), True)
        if result.outcome in ("written", "unknown"):
            self._sent.append(step)
        self.told(result)
        return result

    def _carry_out(self, step: Step) -> bool:
        """Write it; whenever it is not sure what became of a write, read first, then decide.

        Whether this run made it so, by this write or that of another object; else it was so already.
        """
        kind, found, failure, mine = self.kinds[step.kind], step.found, None, False
        # What is so already is noted, not sent; but marks that are to go do not show in what is there.
        already = step.kind not in MARKED and compared.done(step, found)
        # Asked for though nothing differs, as a new secret: reading tells nothing.
        again = step.kind in HIDING and already
        for attempt in range(TRIES + 1):
            if failure or not kind.lock or already:
                now = self._now(step, sent=failure is not None)
                if compared.done(step, now) and not again:
                    return mine or self._touched(step, found)
                if not self._same(step, now, found):
                    if failure and self._as_sent(step, unread=False):
                        return True
                    why = f"{step.kind} {step.title} changed in Grafana since it was read; plan again"
                    raise Changed(why) if failure is None or isinstance(failure, Conflict) else _Unknown(why)
                found = now
            if failure and attempt == TRIES:
                raise self._last(step, failure, mine)
            try:
                self._send(kind, step, found)
                return True
            except Halted as error:
                raise self._last(step, error, mine) from None
            except (Unsure, NotGrafana, Refusal) as error:
                if _surely_not(error):
                    raise self._last(step, error, mine) from None
                failure = error
                # A conflict alone says that somebody else wrote it; after an answer that got lost it may be ours.
                mine = mine or not isinstance(error, Conflict)
            self.clock.sleep(0.5 * 2**attempt * self.clock.random(), self.server.client.stopped)
        raise AssertionError("the last try ends it")

    def _as_sent(self, step: Step, unread: bool) -> bool:
        """Whether what is there is what was sent, by the states of secrets that were sent with it, which Grafana
        hides; `unread` where it cannot be read."""
        try:
            return step.kind in HIDING and compared.done(
                step, self._found([step], self.kinds[step.kind], written=True).get(step.key)
            )
        except GrafanaError:
            return unread

    def _last(self, step: Step, error: GrafanaError, sent: bool) -> GrafanaError:
        """What ends the tries; where one of them was `sent` and may have written nothing but secrets, nobody knows."""
        if sent and step.action != "delete" and self._as_sent(step, unread=True):
            return _Unknown(f"an earlier try may have written its secrets, which cannot be read: {error}")
        return error

    def _touched(self, step: Step, found: Found | None) -> bool:
        """Whether this run's writes of other objects changed this one."""
        if step.kind == policies.name:
            return any(effects.renames(self._sent))
        return bool(found and self._taken(step, found))

    def _taken(self, step: Step, found: Found) -> set[str]:
        """The rules of a group that this run has put into others."""
        others = {uid for one in self._sent if one.key != step.key for uid in effects.brought(one)}
        return others & effects.uids(found.content) if step.kind == rules.name else set()

    def _now(self, step: Step, sent: bool) -> Found | None:
        """What is there now. After a write of unknown fate, not being able to read it leaves it unknown."""
        found = step.found
        gone = found is None or self._taken(step, found) or (sent and step.action == "delete")
        try:
            there = self._found([step], self.kinds[step.kind], expected=() if gone else (step.key,))
        except GrafanaError as error:
            if sent:
                raise _Unknown(f"it may have been written, and could not be read again: {error}") from None
            raise
        self._unchanged_elsewhere(step, there)
        return there.get(step.key)

    def _same(self, step: Step, now: Found | None, found: Found | None) -> bool:
        """Whether it is as it was found, but for what this run's writes of other objects do to it."""
        if now and found and step.kind == policies.name:
            named = effects.renamed(found.content, effects.renames(self._sent))
            return now.digest == found.digest or now.digest in map(canonical.digest, named)
        return compared.same(now, found, self._taken(step, found) if found else set())

    def _unchanged_elsewhere(self, step: Step, there: Mapping[str, Found]) -> None:
        """Rules that come from other groups must be as they were read, or gone from there. Raises Changed."""
        if not (lenders := effects.lenders(step, self.there.found)):
            return
        mine = {rule["uid"]: rule for rule in effects.rules(step.wanted.load())}
        sent = {item.key: item.load() for item in self.there.items if item.kind == step.kind}
        for key in lenders:
            was, now = (found[key].content if key in found else {} for found in (self.there.found[step.kind], there))
            before = {rule["uid"]: rule for rule in effects.rules(was)}
            coming = [rule for rule in effects.rules(now) if rule["uid"] in mine]
            same = all(rule in (before.get(rule["uid"]), mine[rule["uid"]]) for rule in coming)
            # A group of the build may be written by now; of another one nobody but this step takes these rules.
            came = {rule["uid"] for rule in coming} | effects.uids(there[step.key].content if step.key in there else {})
            same = same and (key in sent or mine.keys() & before.keys() <= came)
            if not same or (now and now["interval"] not in (was["interval"], sent.get(key, was).get("interval"))):
                raise Changed(f"the group {key} changed in Grafana since it was read; plan again")

    def _found(
        self, steps: Sequence[Step], kind: Kind, written: bool = False, expected: Collection[str] = ()
    ) -> Mapping[str, Found]:
        """What is there of these steps; once `written`, with the states of secrets as they were sent."""
        keys = [key for step in steps for key in (step.key, *effects.lenders(step, self.there.found))]
        entries = {**self.there.entries, **dict(self._entries(steps))} if written else self.there.entries
        noted = ledgers.merged(entries, {})
        there = reading.again(self.server, kind, self.there.items, keys, noted, expected, self.clock)
        return there.found[kind.name]

    def _send(self, kind: Kind, step: Step, found: Found | None) -> None:
        if step.action == "delete":
            try:
                return kind.delete(self.server, found or _known(step))
            except NotFound:
                return None
        return kind.write(self.server, step.wanted, found)

    def _intend(self, steps: Sequence[Step]) -> None:
        """Note the digests of what is about to be written beside those that are there."""
        noted = [step for step in steps if step.kind in ledgers.INTENDED and step.action != "delete"]
        if noted:
            made = {key_of(step.kind, step.key): self._intent(step) for step in noted}
            self._intents |= made
            self._intents |= (beside := self._beside(noted))
            self.ledger.note({**made, **beside})

    def _intent(self, step: Step) -> Entry:
        bases = step.found.bases if step.found and not step.found.edited else ()
        key, item = key_of(step.kind, step.key), step.wanted
        before, noted = self.there.entries.get(key, Entry(())), self._intents.get(key, Entry(()))
        digests = [*bases, *before.digests[:1], *noted.digests, *item.published]
        named = {**_named(item), **before.named}
        # Until it is known to be written, a secret counts as not sent.
        unknown = () if before.digests or step.found is None else tuple(named)
        unset = tuple(dict.fromkeys((*before.unset, *_unset(item), *unknown)))
        if item.kind == contact_points.name and item.bases is None:
            digests.append(canonical.digest(contact_points.as_noted(item.load(), named, unset)))
        return Entry(tuple(dict.fromkeys(digests)), item.commit, unset, named)

    def _beside(self, steps: Sequence[Step]) -> dict[str, Entry]:
        """What these steps, or some of them, leave of objects of ours beside their own: no edit."""
        groups = self.there.found.get(rules.name, {})
        takers: dict[str, list[set[str]]] = {}
        for step in steps:
            for key in effects.lenders(step, self.there.found):
                takers.setdefault(key, []).append(effects.brought(step))
        left = [(groups[key], [*effects.lent(groups[key].content, many)]) for key, many in takers.items()]
        for tree in self.there.found.get(policies.name, {}).values():
            left.append((tree, [*effects.renamed(tree.content, effects.renames(steps))]))
        made: dict[str, Entry] = {}
        for found, contents in left:
            if contents and found.ours and not found.edited:
                key = key_of(found.kind, found.key)
                noted = made.get(key) or self._intents.get(key) or Entry(found.bases, found.commit)
                digests = dict.fromkeys((*noted.digests, *map(canonical.digest, contents)))
                made[key] = evolve(noted, digests=tuple(digests))
        return made

    def _read_back(self, results: Sequence[Result]) -> list[Result]:
        checked = {id(result): result for result in results}
        for name, kind in self.kinds.items():
            written = [one for one in results if one.step.kind == name and one.outcome == "written"]
            if not written:
                continue
            kept = [one.step.key for one in written if one.step.action != "delete"]
            try:
                there = self._found([one.step for one in written], kind, written=True, expected=kept)
            except Exception as error:
                for one in written:
                    checked[id(one)] = evolve(
                        one, outcome="unknown", sentence=f"sent, but not read back: {_said(error)}"
                    )
                continue
            for one in written:
                checked[id(one)] = compared.read_back(one, there.get(one.step.key))
        return list(checked.values())

    def _settle(self, results: Sequence[Result]) -> None:
        """Note what is there now, alone. Where that fails the intents stand, which say the same less exactly."""
        steps = [one.step for one in results if one.outcome in DONE]
        last = {ledgers.LAST: Entry((), self.commit) if self.commit else None} if steps else {}
        try:
            if changes := {**self._beside(steps), **dict(self._entries(steps)), **last}:
                self.ledger.note(changes)
        except Exception:
            return

    def _entries(self, steps: Iterable[Step]) -> Iterable[tuple[str, Entry | None]]:
        for step in steps:
            if step.kind in ledgers.NOTED:
                item = None if step.action == "delete" else step.wanted
                key = key_of(step.kind, step.key)
                if item is None or not item.ours:
                    yield key, None
                else:
                    yield key, Entry(item.published, item.commit, _unset(item), _named(item))


def _said(error: Exception) -> str:
    """What went wrong in a sentence; what nobody expected is named, so that the run still tells what it wrote."""
    return str(error) if isinstance(error, GrafanaError) else f"unexpected {type(error).__name__}: {error}"


class _Unknown(GrafanaError):
    """Written or not: nobody knows."""


def _batches(plan: Plan, kinds: Mapping[str, Kind]) -> Iterable[tuple[list[Step], int]]:
    """The steps kind by kind, and how many of them side by side; what is deleted comes last, the other way round."""
    for kind in ORDER:
        if steps := [step for step in plan.writes if step.kind == kind and step.action != "delete"]:
            yield steps, kinds[kind].at_once
    for kind in reversed(ORDER):
        if steps := [step for step in plan.of("delete") if step.kind == kind]:
            # Rule groups one at a time: Grafana 13.1 on SQLite answers 500 to deletes side by side.
            yield steps, 1 if kind == "rules" else kinds[kind].at_once


def _surely_not(error: GrafanaError) -> bool:
    """Whether Grafana refused a write for good: a 4xx, but for a conflict, which may be with a write of our own."""
    return isinstance(error, Refusal) and error.status < 500 and not isinstance(error, Conflict)


def _known(step: Step) -> Found:
    assert step.found is not None  # what is deleted was found
    return step.found


def _named(item: Item) -> Mapping[str, str]:
    return contact_points.named(item.load()) if item.kind == contact_points.name else {}


def _unset(item: Item) -> tuple[str, ...]:
    return contact_points.unset(item.load()) if item.kind == contact_points.name else ()
