"""What publishing would do, what forbids it, and a run that does it, over one Grafana that was read."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from kit.publish import exits, history
from kit.publish import plan as planning
from kit.publish.apply import DONE, Apply
from kit.publish.bases import bases
from kit.publish.called import meant
from kit.publish.here import commits
from kit.publish.kinds import policies
from kit.publish.ledger import LAST
from kit.publish.model import Found, Item, Plan, Report, Result, Step
from kit.publish.outcome import Command, Told
from kit.publish.plan import Asked
from kit.publish.session import Session, ledger_folder, message

LEFT = "what was edited in Grafana is left as it is"
LOST = "a secret did not come back: the note says which"


def planned(session: Session, asked: Asked) -> Plan:
    """The plan of publishing the build."""
    asked = resolved(session, asked)
    sets = {folder.uid for folder in session.place.built.folders}
    plan = planning.planned(session.there.items, session.there.found, asked, sets, bases(session))
    return evolve(plan, notes=(*session.place.built.notes, *_placeholders(session)))


def resolved(session: Session, asked: Asked) -> Asked:
    """With certain names for what is to be overwritten or adopted. Refuses what names nothing: it was mistyped."""
    every: list[Item | Found] = [*session.there.items]
    every += [found for many in session.there.found.values() for found in many.values()]
    sources = [one["uid"] for one in session.place.built.data_sources]
    overwrite, adopt = (
        tuple(meant(one, every, sources) for one in named) for named in (asked.overwrite, asked.adopt)
    )  # fmt: skip
    return evolve(asked, overwrite=overwrite, adopt=adopt)


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
        return exits.FOREIGN, "; ".join(_foreign(foreign))
    if many := list(planning.too_many(plan, session.there.found, asked)):
        return exits.FOREIGN, "; ".join(many)
    if not asked.allow_older and (sentence := _older(session, plan)):
        return exits.CONFLICT, sentence
    edited = plan.of("edited")
    if edited and not asked.skip:
        keys = ", ".join(step.key for step in edited)
        if asked.back:
            sentence = f"changed in Grafana since the run: {keys}; decide: --overwrite UID, --on-conflict skip"
            return exits.CONFLICT, sentence
        return exits.CONFLICT, (
            f"edited in Grafana since it was published: {keys}; carry it into Python (build.py pull UID), or decide:"
            " --overwrite UID, --on-conflict skip"
        )
    return exits.OK, ""


def _foreign(steps: Sequence[Step]) -> Iterator[str]:
    if keys := [step.key for step in steps if step.kind != policies.name]:
        yield f"not ours, though named as ours are: {', '.join(keys)}; --adopt UID takes one over"
    if len(keys) < len(steps):
        yield (
            "the notification policies are somebody's own: --adopt policies replaces the whole organisation's tree;"
            ' policies = "ignore" in grafanas.toml, or GRAFANA_POLICIES=ignore where there is none, leaves it alone'
        )


def later(session: Session, plan: Plan) -> str:
    """Why what seems missing in Grafana may only be what a later release took away; empty where it is not so."""
    last, place = session.there.entries.get(LAST), session.place
    published = _sha(last.commit) if last and plan.writes else ""
    how = commits.relation(place.root, published, place.commit.sha) if published else "same"
    if how not in ("newer", "unrelated"):
        return ""
    return f"{commits.told(how, published, place.commit.sha)}; what is missing here may be gone from the build by now"


def _older(session: Session, plan: Plan) -> str:
    """What would undo a later release: the commit that was published last, or that of an object, is no ancestor."""
    place, last = session.place, session.there.entries.get(LAST)
    noted = [last.commit if last else "", *(step.found.commit for step in plan.writes if step.found)]
    for published in dict.fromkeys(_sha(one) for one in noted if plan.writes):
        how = commits.relation(place.root, published, place.commit.sha) if published else "same"
        if how not in ("same", "ancestor"):
            return f"{commits.told(how, published, place.commit.sha)}; --allow-older publishes all the same"
    return ""


def _sha(noted: str) -> str:
    """The commit of what was noted; empty where it was published without git."""
    return "" if noted.startswith("build-") else noted.partition("-")[0]


def publish(session: Session, plan: Plan, command: Command, told: Told, interrupted: Callable[[], bool]) -> Report:
    """Carry out a plan that nothing stops. Raises Refused where it cannot be backed up."""
    left = "; ".join((LEFT,) * bool(plan.of("edited")) + (LOST,) * bool(plan.lost))
    skipped, many = exits.PARTIAL if left else exits.OK, len(plan.writes)
    if not many:
        return Report((), skipped, sentence=left)
    told("backup", 0, 0)
    name = _name(session)
    folder = history.begin(session.place.history, name, _told(session, command), plan)
    done = [0]

    def count(result: Result) -> None:
        done[0] += 1
        told("write", done[0], many)

    run = Apply(
        session.server, session.kinds, session.ledger, session.there,
        session.place.run.last if session.place.run else message(session.place), session.place.clock, count,
        lambda: told("read back", 0, 0),
    )  # fmt: skip
    results = run.run(plan)
    failed = [one for one in results if one.outcome not in DONE]
    code = exits.INTERRUPTED if interrupted() else exits.PARTIAL if failed else skipped
    report = Report(results, code, name, _ended(code, results, failed, left))
    try:
        history.end(folder, report)
    except OSError:
        report = evolve(report, sentence=f"{report.sentence}; how it ended could not be noted in {folder}".lstrip("; "))
    return report


def _ended(code: int, results: Sequence[Result], failed: Sequence[Result], left: str) -> str:
    if not failed:
        return "interrupted at the end" if code == exits.INTERRUPTED else left
    what = "interrupted: " if code == exits.INTERRUPTED else ""
    done = len(results) - len(failed)
    return f"{what}{done} of {len(results)} were written; the same command with the same options finishes it"


def _told(session: Session, command: Command) -> dict[str, Any]:
    server, place, last = session.server, session.place, session.there.entries.get(LAST)
    return {
        "command": command, "target": server.target.name, "url": server.client.address, "org": server.org,
        "grafana": server.version, "commit": message(place), "build": place.built.build,
        "ledger": ledger_folder(place), "last": last.commit if last else "",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def _name(session: Session) -> str:
    """'20261120T160212Z-prod-4f2c9aa': sorted by time; a second run of one second gets a number."""
    target = re.sub(r"[^\w-]", "_", session.server.target.name)
    base = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{target}-{session.place.built.build[:7]}".removesuffix("-")
    names = (base, *(f"{base}.{number}" for number in range(2, 1000)))
    return next(name for name in names if not (session.place.history / name).exists())
