"""One command run over a world, with everything that can stop it: an interrupt, or an end as sudden as kill -9."""

import contextlib
import threading
from random import Random
from unittest import mock

from attrs import define, evolve, field, frozen

from kit.publish import commands, history, runs, session
from kit.publish.here import commits
from kit.publish.http.again import Clock
from kit.publish.plan import Asked
from tests.double.faults import Faults
from tests.publish.faults.versions import SECRETS, built
from tests.publish.faults.world import held


class Killed(BaseException):
    """The process is gone: nothing after this happens."""


class Time(Clock):
    """Time that passes only while somebody waits. Its draws are its own, since threads draw in any order."""

    def __init__(self, random):
        self.seconds, self.drawn, self.lock = 0.0, random, threading.Lock()

    def now(self):
        return self.seconds

    def sleep(self, seconds, stop):
        with self.lock:
            self.seconds += seconds

    def random(self):
        with self.lock:
            return self.drawn.random()


@define
class Wire:
    """The client's wire, which ends or is interrupted at a request of that number."""

    wire: object
    client: object
    interrupt: object
    stop: int = 0
    kill: int = 0
    late: bool = False
    count: int = 0
    dead: bool = False
    lock: object = field(factory=threading.Lock)

    def ask(self, *request):
        with self.lock:
            self.count += 1
            mine = self.count
            self.dead = self.dead or (mine == self.kill and not self.late)
        if self.dead:
            raise Killed
        if mine == self.stop:
            self.interrupt.came.set()
            self.client.stop()
        answer = self.wire.ask(*request)
        if mine == self.kill:
            self.dead = True
        if self.dead:
            raise Killed
        return answer

    def hide(self, secrets):
        self.wire.hide(secrets)

    def close(self):
        self.wire.close()


@frozen
class Ended:
    """How a run ended: `outcome` is None where it was killed. `plan` is None where it did not come so far, `before`
    is what was held when the plan was made, `after` at the end; `writes` are the requests that write."""

    outcome: object
    plan: object
    before: dict = field(repr=False)
    after: dict = field(repr=False)
    writes: list = field(repr=False)
    run: str = ""
    theirs: dict = field(factory=dict, repr=False)

    @property
    def code(self):
        return self.outcome.code if self.outcome else None

    @property
    def results(self):
        report = self.outcome.report if self.outcome else None
        return report.results if report else ()


@define
class Watch:
    """What is looked at while a run goes on."""

    world: object
    storm: object
    plan: object = None
    before: dict = field(factory=dict)
    theirs: dict = field(factory=dict)

    def show(self, target, stage, *_):
        if self.storm:
            self.storm.stage = stage

    def publish(self, real):
        def publish(session, plan, *more):
            with self.world.double.state.lock:
                self.plan, self.before, self.theirs = plan, held(self.world.double), dict(self.world.theirs)
                self.world.during = {}
                if self.storm:
                    self.storm.plan = plan
                    self.storm.between()
            return real(session, plan, *more)

        return publish


def run(world, version, asked=None, *, command="publish", past="", storm=None, stop=0, kill=0, late=False):
    """Run it; what secrets it tells is looked at by the caller."""
    asked, interrupt = asked or Asked(), commands.Interrupt()
    world.double.unset = world.unset
    watch = Watch(world, storm, None, held(world.double), dict(world.theirs))
    world.double.faults, world.during, world.late = storm or Faults(), {}, set()
    begun, real, known = len(world.double.log), session.client, set(history.runs(world.history))
    wish = commands.Wish(command, world.history, world.history, world.history, environ(world), asked=asked, run=past,
                         debug=True)  # fmt: skip

    def client(target, clock):
        made = real(target, clock)
        made._wire = Wire(made._wire, made, interrupt, stop, kill, late)
        return made

    commit = commits.Commit(version.sha)
    place = session.Place(world.history, built(version, world.history), commit, world.history, environ(world),
                       Time(Random(world.number)))  # fmt: skip
    with (
        mock.patch.object(commands, "client", client),
        mock.patch.object(runs, "publish", watch.publish(runs.publish)),
        mock.patch.object(commits, "relation", lambda root, published, ours: relation(world, published, version)),
        mock.patch.object(commits, "head", lambda *_: commit),
        mock.patch.object(commits, "text_at", lambda *_: None),
        mock.patch.object(commits, "changed_since", lambda *_: ()),
        mock.patch.object(history.os, "fsync", lambda _: None),
        contextlib.suppress(Killed),
    ):
        if past:
            place = evolve(commands._place(wish, history.read(world.history, past)), clock=place.clock)
        outcome = commands._one(wish, place, world.target, interrupt, watch.show)
        return _ended(world, watch, outcome, begun, known)
    return _ended(world, watch, None, begun, known)


def _ended(world, watch, outcome, begun, known):
    world.double.faults = Faults()
    for entry in world.double.log[begun:]:
        world.say("   ", entry.method, entry.path, entry.status, getattr(entry, "fault", ""))
    writes = [entry for entry in world.double.log[begun:] if entry.method not in ("GET", "HEAD")]
    made = sorted(set(history.runs(world.history)) - known)
    plan = watch.plan or (outcome.plan if outcome else None)
    ended = Ended(outcome, plan, watch.before, held(world.double), writes, made[-1] if made else "", watch.theirs)
    said = f"exit {ended.code} {outcome.sentence}" if outcome else "killed"
    world.say("  ->", said)
    for step in plan.steps if plan else ():
        world.say("     plan", step.action, step.kind, step.key, step.detail)
    for one in ended.results:
        world.say("    ", one.outcome, one.step.action, one.step.kind, one.step.key, one.sentence)
    return ended


def environ(world):
    """A variable or two may not be set; once Grafana has its secret, that is no difference."""
    told = {name: text for name, text in SECRETS.items() if name not in world.unset}
    return {"GRAFANA_PASSWORD": world.double.password, **told}


def relation(world, published, version):
    if published == version.sha:
        return "same"
    return "ancestor" if published in version.behind else "unrelated"
