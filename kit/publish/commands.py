"""The commands: every target that is asked for, side by side; what happened, and the exit code."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from attrs import evolve, field, frozen

from kit.publish import exits, history, pulled, runs
from kit.publish.client import Grafana
from kit.publish.drift import drifted
from kit.publish.exits import Refused
from kit.publish.forgotten import forgotten
from kit.publish.here import commits
from kit.publish.here.boards import Folder
from kit.publish.here.built import Built, built
from kit.publish.here.targets import Target, targets
from kit.publish.http.errors import GrafanaError
from kit.publish.model import Plan
from kit.publish.outcome import Command, Outcome, Told
from kit.publish.plan import Asked
from kit.publish.preflight import refuse_unpermitted, unpermitted
from kit.publish.rollback import items, restored
from kit.publish.session import Place, Session, client, opened
from kit.publish.tell import as_json, told
from kit.publish.tell.progress import progress

# So many targets are published to side by side.
FLEET = 8
_GLANCE = 0.05  # seconds


@frozen
class Wish:
    """What the command line says. `uid` is what to pull, `run` what to roll back (`dry`: only
    show it), `to` the file to pull to."""

    command: Command
    root: Path
    out: Path
    history: Path
    environ: Mapping[str, str] = field(repr=False)
    targets: tuple[str, ...] = ()
    every: bool = False
    asked: Asked = field(factory=Asked)
    check: bool = False
    dry: bool = False
    json: bool = False
    debug: bool = False
    uid: str = ""
    run: str = ""
    to: Path | None = None


class Interrupt:
    """Ctrl-C: the first lets requests under way end and sends no more, the second ends at once."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self._clients: list[Grafana] = []
        self._lock = threading.Lock()

    def watch(self, client: Grafana) -> None:
        """Stop this client as well when it comes."""
        with self._lock:
            self._clients.append(client)
        if self.came.is_set():
            client.stop()

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """As a signal's handler."""
        if self.came.is_set():
            _end_at_once()
        self.came.set()
        print("\nInterrupted: waiting for the requests under way (again: end at once) …", file=sys.stderr)
        for one in list(self._clients):
            one.stop()

    @contextmanager
    def caught(self) -> Iterator["Interrupt"]:
        """Catch SIGINT and SIGTERM meanwhile; in another thread than the main one Python lets nobody."""
        main = threading.current_thread() is threading.main_thread()
        numbers = (signal.SIGINT, signal.SIGTERM) if main else ()
        before = {number: signal.signal(number, self) for number in numbers}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _end_at_once() -> NoReturn:
    """Without waiting for any thread; a bar has hidden the cursor."""
    shown = "\x1b[?25h" if sys.stderr.isatty() else ""
    what = "what was under way may have been written; publish again to finish, .history/ has what was there before"
    print(f"{shown}Ended at once: {what}", file=sys.stderr, flush=True)
    os._exit(exits.INTERRUPTED)


def run(wish: Wish) -> int:
    """Do it, print what happened (the report to stdout, what is wrong to stderr), and return the exit code."""
    with Interrupt().caught() as interrupt:
        return _run(wish, interrupt)


def _run(wish: Wish, interrupt: Interrupt) -> int:
    begun = time.monotonic()
    try:
        past = history.read(wish.history, wish.run) if wish.command == "rollback" else None
        names = wish.targets or ((past.target,) if past and not wish.every else ())
        found, notes = targets(wish.root, wish.environ, names, wish.every)
        place = _place(wish, past)
    except Refused as error:
        print(error, file=sys.stderr)
        if wish.json:
            sys.stdout.buffer.write(as_json.refused(wish.command, error.code, str(error)) + b"\n")
        return error.code
    with progress(sys.stderr, quiet=wish.json) as show, ThreadPoolExecutor(FLEET) as pool:
        futures = [pool.submit(_timed, wish, place, target, interrupt, show) for target in found]
        while wait(futures, _GLANCE).not_done:
            pass  # A signal that another thread got is handled when this one runs.
        outcomes = [future.result() for future in futures]
    return _told(wish, place, outcomes, notes, time.monotonic() - begun)


def _place(wish: Wish, past: history.Run | None) -> Place:
    """Going back needs no build, only what the run kept."""
    commit = commits.head(wish.root, wish.out)
    if past is None:
        return Place(wish.root, built(wish.root, wish.out), commit, wish.history, wish.environ)
    titles = {one.key: one.title for one in past.objects if one.kind == "folder"}
    known = {past.ledger: past.ledger, **titles} if past.ledger else titles
    folders = tuple(Folder(uid, title, uid == past.ledger) for uid, title in known.items())
    bare = Built(wish.root, wish.out, "", "", folders=folders)
    return Place(wish.root, bare, commit, wish.history, wish.environ, run=past)


def _timed(
    wish: Wish, place: Place, target: Target, interrupt: Interrupt, show: Callable[[str, str, int, int], None]
) -> Outcome:
    begun = time.monotonic()
    return evolve(_one(wish, place, target, interrupt, show), seconds=time.monotonic() - begun)


def _one(
    wish: Wish, place: Place, target: Target, interrupt: Interrupt, show: Callable[[str, str, int, int], None]
) -> Outcome:
    """One target, to the end. Never raises what can be said in a sentence."""
    outcome = Outcome(wish.command, target, exits.OK)
    if wish.asked.prune_limit is None:
        wish = evolve(wish, asked=evolve(wish.asked, prune_limit=target.prune_limit))
    grafana: Grafana | None = None
    try:
        grafana = client(target, place.clock)
        interrupt.watch(grafana)
        return _DO[wish.command](wish, place, outcome, grafana, interrupt, lambda *stage: show(target.name, *stage))
    except Refused as error:
        written = "" if "nothing was written" in str(error) else "; nothing was written"
        return evolve(outcome, code=error.code, sentence=f"{error}{written}")
    except GrafanaError as error:
        code = exits.INTERRUPTED if interrupt.came.is_set() else exits.PREFLIGHT
        return evolve(outcome, code=code, sentence=f"{error}; nothing was written")
    except Exception as error:
        if wish.debug:
            raise
        sentence = f"{type(error).__name__}: {error}; build.py --debug {wish.command} shows where"
        return evolve(outcome, code=exits.ERROR, sentence=sentence)
    finally:
        if grafana is not None:
            grafana.close()


def _plan(wish: Wish, place: Place, outcome: Outcome, grafana: Grafana, interrupt: Interrupt, show: Told) -> Outcome:
    session = opened(place, outcome.target, grafana, show, wish.asked.overwrite)
    plan = _noted(session, runs.planned(session, wish.asked))
    code, sentence = runs.verdict(session, plan, wish.asked)
    if code == exits.OK and wish.check and (plan.writes or plan.of("edited")):
        code = exits.DIFFERENT
    return evolve(outcome, code=code, sentence=sentence, server=session.server, plan=plan, titles=session.titles)


def _noted(session: Session, plan: Plan) -> Plan:
    """With a note where publishing it would be refused, which is no fault of a plan: reading may be all it may."""
    try:
        lacking = unpermitted(session.server, plan)
    except GrafanaError:
        return plan
    return evolve(plan, notes=(*plan.notes, f"publishing this is refused: {lacking}")) if lacking else plan


def _publish(wish: Wish, place: Place, outcome: Outcome, grafana: Grafana, interrupt: Interrupt, show: Told) -> Outcome:
    session = opened(place, outcome.target, grafana, show, wish.asked.overwrite)
    show("plan", 0, 0)
    return _written(wish, session, runs.planned(session, wish.asked), outcome, interrupt, show)


def _rollback(
    wish: Wish, place: Place, outcome: Outcome, grafana: Grafana, interrupt: Interrupt, show: Told
) -> Outcome:
    run = place.run
    assert run is not None  # read before anything else
    if (run.url, run.target) != (grafana.address, outcome.target.name):
        asked = f"{outcome.target.name} ({grafana.address})"
        raise Refused(exits.USAGE, f"the run {run.name} went to {run.target} ({run.url}), not to {asked}")
    wish = evolve(wish, asked=evolve(wish.asked, back=True, allow_older=True, prune_limit=len(run.objects)))
    there = opened(place, outcome.target, grafana, show, items=items(run, outcome.target))
    wish = evolve(wish, asked=runs.resolved(there, wish.asked))
    session, plan = restored(there, run, wish.asked)
    lost = forgotten(run, there.there, plan, wish.asked.overwrite)
    plan = evolve(plan, notes=(*plan.notes, *lost), lost=lost)
    return _written(wish, session, plan, evolve(outcome, titles=there.titles), interrupt, show)


def _written(wish: Wish, session: Session, plan: Plan, outcome: Outcome, interrupt: Interrupt, show: Told) -> Outcome:
    outcome = evolve(outcome, server=session.server, plan=plan, titles=outcome.titles or session.titles)
    code, sentence = runs.verdict(session, plan, wish.asked)
    if code != exits.OK or wish.dry:
        outcome = evolve(outcome, plan=_noted(session, plan)) if wish.dry else outcome
        return evolve(outcome, code=code, sentence=sentence)
    try:
        refuse_unpermitted(session.server, plan)
    except Refused as error:
        return evolve(outcome, code=error.code, sentence=f"{error}; nothing was written")
    report = runs.publish(session, plan, wish.command, show, interrupt.came.is_set)
    return evolve(outcome, code=report.code, sentence=report.sentence, report=report)


def _drift(wish: Wish, place: Place, outcome: Outcome, grafana: Grafana, interrupt: Interrupt, show: Told) -> Outcome:
    session = opened(place, outcome.target, grafana, show)
    plan = drifted(session)
    code = exits.DIFFERENT if plan.steps and wish.check else exits.OK
    sentence = runs.later(session, plan)
    code = exits.CONFLICT if sentence else code
    code = exits.CONFLICT if plan.of("edited") else exits.FOREIGN if plan.of("foreign") else code
    return evolve(outcome, code=code, sentence=sentence, server=session.server, plan=plan, titles=session.titles)


def _pull(wish: Wish, place: Place, outcome: Outcome, grafana: Grafana, interrupt: Interrupt, show: Told) -> Outcome:
    session = opened(place, outcome.target, grafana, show)
    sentence = pulled.saved(session, wish.uid, wish.to)
    return evolve(outcome, sentence=sentence, server=session.server)


_DO = {"plan": _plan, "publish": _publish, "rollback": _rollback, "drift": _drift, "pull": _pull}


def _told(wish: Wish, place: Place, outcomes: Sequence[Outcome], notes: Sequence[str], seconds: float) -> int:
    if wish.json:
        sys.stdout.buffer.write(as_json.report(outcomes, place.commit.sha, place.built.build) + b"\n")
    else:
        sha, build, many = place.commit.sha, place.built.build, len(outcomes) > 1
        texts = [told.text(one, sha, build, _titles(place, one), one.seconds if many else seconds) for one in outcomes]
        print("\n\n".join([*texts, told.fleet(outcomes)] if many else texts))
    for note in notes:
        print(note, file=sys.stderr)
    return told.worst(outcomes)


def _titles(place: Place, outcome: Outcome) -> Mapping[str, str]:
    return {**{folder.uid: folder.title for folder in place.built.folders}, **outcome.titles}
