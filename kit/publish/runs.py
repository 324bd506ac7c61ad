"""Plan, publish, drift, pull and rollback, for one Grafana each: read, compare, and only then write."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from attrs import evolve, field, frozen

from kit.model.words import nearest
from kit.publish import canonical, exits, history, mapping, preflight, reading, wanted
from kit.publish import plan as planning
from kit.publish.apply import Apply
from kit.publish.client import CLOCK, Clock, Grafana
from kit.publish.exits import Refused
from kit.publish.here import commits
from kit.publish.here.built import Built
from kit.publish.here.targets import Target
from kit.publish.history import Before, Run
from kit.publish.kinds import Kind, contact_points
from kit.publish.ledger import FileLedger, FolderLedger, Ledger, key_of, unnoted
from kit.publish.model import Found, Item, Plan, Report, Result, Step
from kit.publish.plan import Asked, Bases
from kit.publish.server import Server

LEFT = "what was edited in Grafana is left as it is"
Command = Literal["plan", "publish", "drift", "pull", "rollback"]
Told = Callable[[str, int, int], None]


@frozen
class Place:
    """Where things are on this machine: the build, the commit it comes from, the folder of runs, the environment; and
    the run to go back before."""

    root: Path
    built: Built
    commit: commits.Commit
    history: Path
    environ: Mapping[str, str] = field(repr=False)
    clock: Clock = CLOCK
    run: Run | None = None


@frozen
class Outcome:
    """How a command ended for one target. `sentence` says what is wrong where `code` is not 0, `titles` are those of
    folders by uid.

    `server` and `plan` are None where it did not come so far, `report` where nothing was to be written.
    """

    command: Command
    target: Target
    code: int
    sentence: str = ""
    server: Server | None = None
    plan: Plan | None = None
    report: Report | None = None
    notes: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(factory=dict)


@frozen
class Session:
    """One Grafana, reached and read."""

    place: Place
    server: Server
    kinds: Mapping[str, Kind]
    ledger: Ledger
    there: reading.There

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the folders that are there."""
        return {key: found.title for key, found in self.there.found["folder"].items()}


def client(target: Target, clock: Clock = CLOCK) -> Grafana:
    """The client of a target. Raises Refused where its address or login cannot be used."""
    try:
        return Grafana(
            target.url, target.login, org=target.org, ca_cert=target.ca_cert, client_cert=target.client_cert,
            client_key=target.client_key, allow_http=target.allow_http, clock=clock,
        )  # fmt: skip
    except ValueError as error:
        raise Refused(exits.USAGE, str(error)) from None


def opened(
    place: Place, target: Target, grafana: Grafana, told: Told, overwrite: Collection[str] = (), run: Run | None = None
) -> Session:
    """Reach a Grafana and read everything there: what the build has, or what a run changed.

    `overwrite` names what is to be brought to the build whatever is there, data sources too.

    Raises Refused, GrafanaError.
    """
    told("look", 0, 0)
    server = preflight.server(grafana, target, place.environ)
    preflight.check(server, place.built)
    maker = wanted.Maker(place.built, server, _message(place), overwrite)
    items = maker.items() if run is None else _of_run(run)
    kinds = reading.kinds(server)
    ledger = _ledger(place, server)
    told("read", 0, 0)
    there = reading.read(server, items, ledger, kinds)
    preflight.refuse_files(there.found, [(item.kind, item.key) for item in items])
    return Session(place, server, kinds, evolve(ledger, known=there.entries), there)


def _message(place: Place) -> str:
    if not place.commit.sha:
        return f"build-{place.built.build[:12]}"
    return place.commit.sha + ("-dirty" if place.commit.dirty else "")


def _ledger(place: Place, server: Server) -> Ledger:
    if server.resources and (uid := _ledger_folder(place)):
        return FolderLedger(server, uid)
    return FileLedger(place.history / "published" / f"{server.target.name}.json")


def _ledger_folder(place: Place) -> str:
    folders = place.built.folders
    return next((one.uid for one in folders if one.alerts), folders[0].uid if folders else "")


def planned(session: Session, asked: Asked) -> Plan:
    """The plan of publishing the build."""
    _refuse_unknown(session, (*asked.overwrite, *asked.adopt))
    sets = {folder.uid for folder in session.place.built.folders}
    bases = Bases(lambda found: base_of(session, found), lambda found: carried(session, found))
    plan = planning.planned(session.there.items, session.there.found, asked, sets, bases)
    return evolve(plan, notes=(*session.place.built.notes, *_placeholders(session)))


def _refuse_unknown(session: Session, named: Sequence[str]) -> None:
    """Refuse a uid that names nothing here or there: it was mistyped, and something else was meant."""
    every: list[Item | Found] = [*session.there.items]
    every += [found for many in session.there.found.values() for found in many.values()]
    known = {one["uid"] for one in session.place.built.data_sources}.union(*map(planning.names, every))
    for one in named:
        if one not in known:
            raise Refused(
                exits.USAGE, f"nothing is called '{one}', neither in the build nor there{nearest(one, known)}"
            )


def base_of(session: Session, found: Found) -> Any:
    """The content that was published last, from git; None where its commit is not here."""
    spec = _spec_at(session, found, found.commit.partition("-")[0])
    return spec if spec is not None and canonical.digest(spec) in found.bases else None


def carried(session: Session, found: Found) -> bool:
    """Whether what is there was committed since it was published: somebody carried the edit into Python."""
    if found.kind != "dashboard" or not found.path or found.home not in (None, found.place):
        return False
    since = commits.changed_since(session.place.root, found.commit.partition("-")[0], found.path)
    specs = (_spec_at(session, found, commit) for commit in since)
    return any(canonical.digest(spec) == found.digest for spec in specs if spec is not None)


def _spec_at(session: Session, found: Found, commit: str) -> Any:
    if found.kind != "dashboard" or not found.path:
        return None
    text = commits.text_at(session.place.root, commit, found.path)
    try:
        return None if text is None else mapping.mapped(canonical.spec(orjson.loads(text)), session.server)
    except orjson.JSONDecodeError:  # it was committed broken
        return None


def _placeholders(session: Session) -> Sequence[str]:
    """Which variables are not set, so that nobody is told through these contact points."""
    points = [(item.title, one) for item in session.there.items for one in _secrets(item)]
    unset = [(one["from"], title) for title, one in points if one["state"] == "unset"]
    if not unset:
        return ()
    variables, titles = (", ".join(dict.fromkeys(column)) for column in zip(*unset, strict=True))
    return (f"nobody is told through {titles} yet: a placeholder stands there until {variables} are set",)


def _secrets(item: Item) -> Collection[Mapping[str, str]]:
    secrets: Mapping[str, Mapping[str, str]] = item.load()["secrets"] if item.kind == "contact point" else {}
    return secrets.values()


def verdict(session: Session, plan: Plan, asked: Asked) -> tuple[int, str]:
    """The exit code that stops a publish before its first write, with its sentence; 0 where nothing does."""
    if foreign := plan.of("foreign"):
        keys = ", ".join(step.key for step in foreign)
        return exits.FOREIGN, f"not ours, though named as ours are: {keys}; --adopt UID takes one over"
    if many := list(planning.too_many(plan, session.there.found, asked)):
        return exits.FOREIGN, "; ".join(many)
    if not asked.allow_older and (sentence := _older(session.place, plan)):
        return exits.CONFLICT, sentence
    edited = plan.of("edited")
    if edited and not asked.skip:
        keys = ", ".join(step.key for step in edited)
        if asked.back:
            return exits.CONFLICT, f"changed in Grafana since the run: {keys}; --overwrite UID restores it all the same"
        return exits.CONFLICT, (
            f"edited in Grafana since it was published: {keys}; carry it into Python (build.py pull UID), or decide:"
            " --overwrite UID, --on-conflict skip"
        )
    return exits.OK, ""


def _older(place: Place, plan: Plan) -> str:
    """What would undo a later release: an object whose commit is no ancestor of ours."""
    if not place.commit.sha:
        return ""
    for published in dict.fromkeys(_commit(step) for step in plan.writes):
        if published:
            how = commits.relation(place.root, published, place.commit.sha)
            if how not in ("same", "ancestor"):
                return f"{commits.told(how, published, place.commit.sha)}; --allow-older publishes all the same"
    return ""


def _commit(step: Step) -> str:
    published = step.found.commit.partition("-")[0] if step.found else ""
    return "" if published == "build" else published


def publish(session: Session, plan: Plan, command: Command, told: Told, interrupted: Callable[[], bool]) -> Report:
    """Carry out a plan that nothing stops. Raises Refused where it cannot be backed up."""
    skipped, many = exits.PARTIAL if plan.of("edited") else exits.OK, len(plan.writes)
    if not many:
        return Report((), skipped, sentence=LEFT if skipped else "")
    told("backup", 0, 0)
    name = _name(session)
    folder = history.begin(session.place.history, name, _told(session, command), plan)
    done = [0]

    def count(result: Result) -> None:
        done[0] += 1
        told("write", done[0], many)

    run = Apply(
        session.server, session.kinds, session.ledger, session.there, session.place.clock, count,
        lambda: told("read back", 0, 0),
    )  # fmt: skip
    results = run.run(plan)
    failed = [one for one in results if one.outcome != "written"]
    code = exits.INTERRUPTED if interrupted() else exits.PARTIAL if failed else skipped
    report = Report(results, code, name, _ended(command, code, results, failed))
    try:
        history.end(folder, report)
    except OSError:
        report = evolve(report, sentence=f"{report.sentence}; how it ended could not be noted in {folder}".lstrip("; "))
    return report


def _ended(command: Command, code: int, results: Sequence[Result], failed: Sequence[Result]) -> str:
    if not failed:
        return _ENDS.get(code, "")
    what = "interrupted: " if code == exits.INTERRUPTED else ""
    again = "publish again" if command == "publish" else "roll back again"
    return f"{what}{len(results) - len(failed)} of {len(results)} were written; {again} to finish"


_ENDS = {exits.PARTIAL: LEFT, exits.INTERRUPTED: "interrupted at the end"}


def _told(session: Session, command: Command) -> dict[str, Any]:
    server, place = session.server, session.place
    return {
        "command": command, "target": server.target.name, "url": server.client.address, "org": server.org,
        "grafana": server.version, "commit": _message(place), "build": place.built.build,
        "ledger": _ledger_folder(place),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def _name(session: Session) -> str:
    """'20261120T160212Z-prod-4f2c9aa': sorted by time; a second run of one second gets a number."""
    target = re.sub(r"[^\w-]", "_", session.server.target.name)
    base = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{target}-{session.place.built.build[:7]}".removesuffix("-")
    names = (base, *(f"{base}.{number}" for number in range(2, 1000)))
    return next(name for name in names if not (session.place.history / name).exists())


def drifted(session: Session) -> Plan:
    """What people changed since it was published: what of ours was edited, moved or deleted, or lost its marks."""
    bases, there = Bases(lambda found: base_of(session, found)), session.there.found
    ours = [found for many in there.values() for found in many.values() if found.ours]
    edited = [found for found in ours if found.edited]
    steps = [Step("edited", one.kind, one.key, one.title, planning.edit(one, bases), None, one) for one in edited]
    for item in session.there.items:
        found = there.get(item.kind, {}).get(item.key)
        if found is not None and not found.ours:
            steps.append(Step("foreign", item.kind, item.key, item.title, planning.claimed(found), item, found))
        elif found is None and item.kind != "data source":
            steps.append(Step("create", item.kind, item.key, item.title, _gone(session, item), item))
    return Plan(tuple(steps), len(ours) - len(edited))


def _gone(session: Session, item: Item) -> str:
    noted = f"{item.kind}:{item.key}" in session.there.entries
    return "was published, and deleted in Grafana" if noted else "not there: deleted in Grafana, or not published yet"


def restored(session: Session, run: Run, asked: Asked) -> tuple[Session, Plan]:
    """The plan that brings back every object of a run as it was before; what changed since then is edited."""
    objects = {(one.kind, one.key): one for one in run.objects}
    found = {
        kind: {key: _as_left(session, one, objects[kind, key]) for key, one in many.items() if (kind, key) in objects}
        for kind, many in session.there.found.items()
    }
    items = tuple(item for item in session.there.items if objects[item.kind, item.key].before is not None)
    sets = {one.set for many in found.values() for one in many.values()}
    plan = planning.planned(items, found, evolve(asked, prune=True, back=True), sets, Bases())
    plan = evolve(plan, steps=(*_remarked(items, found, plan), *plan.steps))
    return evolve(session, there=evolve(session.there, found=found)), plan


def _remarked(items: Sequence[Item], found: planning.Founds, plan: Plan) -> Sequence[Step]:
    """Steps for what differs from what it was in nothing but labels and annotations."""
    planned = {(step.kind, step.key) for step in plan.steps}
    pairs = [(one, found[one.kind][one.key]) for one in items if (one.kind, one.key) not in planned]
    return [
        Step("update", one.kind, one.key, one.title, "labels and annotations", one, there)
        for one, there in pairs
        if unnoted(one.marks) != unnoted(there.marks)
    ]


def _of_run(run: Run) -> tuple[Item, ...]:
    """What a run changed, as it was; what it created is named as well, so that it is read."""
    return tuple(one.before or _created(one) for one in run.objects)


def _created(one: Before) -> Item:
    return Item(one.kind, one.key, one.title, one.after or "", lambda: one.sent or {}, one.place)


def _as_left(session: Session, found: Found, left: Before) -> Found:
    """What was found; unless it changed since, what the run left there is its base."""
    mine = found.digest == left.after
    if found.kind == "contact point" and left.sent and found.raw:
        entry = session.there.entries.get(key_of(found.kind, found.key))
        seen = contact_points.settled(_created(left), contact_points.seen(found.raw), entry, session.server.environ)[1]
        mine = seen is not None and seen.digest == left.after
    return evolve(
        found, ours=True, manager="", bases=(found.digest,) if mine else (), home=left.place if mine else None
    )
