"""What goes wrong during a run: faults by chance, and people who edit just before a request is handled.

Each draw is made from the seed, the request and how often it came, so that requests side by side draw the same in
whatever order they come.

People edit what Grafana can lock (dashboards, folders, templates, mute timings, inhibition rules) just before and
just after the write of it. What it cannot lock (rule groups, contact points, policies) they edit just before it is
read: between that read and the write nobody could protect them. Of rule groups, which are written side by side, those
that the run writes are left alone once it writes more than one.
"""

import random
import re
import threading
from collections import Counter
from urllib.parse import unquote

from tests.double.faults import Drop, Faults, First, Half, Lose, Say, busy, html, redirect
from tests.publish.faults.world import LOCKED, held

READ = (Drop(), Drop(after=True), busy(2), busy(70), Say(500), Say(502), Say(503), Say(504), html(), html(502),
        redirect("/login"), Half())  # fmt: skip
WRITE = (*READ, Drop(after=True), Half(), Lose())
# What passes by itself, and must not keep a run from its end when it comes once.
PASSING = (Drop(), Drop(after=True), busy(2), Say(502), Say(503), Say(504), Half())
ONE = {
    "dashboard": r"/apis/dashboard\.[^/]+/[^/]+/namespaces/[^/]+/dashboards/([^/]+)$|/api/dashboards/uid/([^/]+)$",
    "folder": r"/apis/folder\.[^/]+/[^/]+/namespaces/[^/]+/folders/([^/]+)$|/api/folders/([^/]+)(?:/move)?$",
    "template": r"/provisioning/templates/([^/]+)$",
    "mute timing": r"/provisioning/mute-timings/([^/]+)$",
    "inhibition": r"/inhibitionrules/([^/]+)$",
}
UNLOCKED = {"contact point": "/contact-points", "rules": "/api/ruler/", "policies": "/provisioning/policies"}


class Then:
    """Something happens just after the request was handled."""

    def __init__(self, call):
        self.call = call

    def play(self, double, request, handle):
        with double.state.lock:
            said = handle()
            self.call(double)
        return said


class Storm(Faults):
    """`share` is how many requests fare badly, `edits` how many meet a person; `early`: the reads before the plan fail
    as well. `passing`: each request meets one fault at most, of those that pass. `plan` is set once it is made, `stage`
    is how far the run came."""

    def __init__(self, seed, world, share=0.0, edits=0.0, early=False, passing=False):
        super().__init__()
        self.seed, self.world, self.share, self.edits, self.early = seed, world, share, edits, early
        self.passing = passing
        self.seen, self.plan, self.stage, self.guard = Counter(), None, "", threading.Lock()

    def of(self, request):
        with self.guard:
            self.seen[request.method, request.path] += 1
            times = self.seen[request.method, request.path]
            draw = random.Random(f"{self.seed} {request.method} {request.path} {times}")
        if self.passing:
            return draw.choice(PASSING) if times == 1 and draw.random() < self.share else None
        if draw.random() < self.edits and (met := self.met(request, draw)):
            return met
        if draw.random() < self.share and (self.plan is not None or self.early):
            many = READ if request.reads else WRITE
            what = draw.choice(many)
            self.world.blurred |= isinstance(what, Lose) and "/folders/" in request.path
            if isinstance(what, Lose) and "/contact-points" in request.path and request.method != "DELETE":
                self.world.veiled.add(("contact point", request.json()["uid"]))
            return what
        return None

    def between(self):
        """Somebody edits after the plan was made, and before anything was read again."""
        draw = random.Random(f"{self.seed} between")
        written = {(step.kind, step.key) for step in self.plan.writes}
        for name in sorted(held(self.world.double)):
            # What cannot be locked is met here or nowhere once it is written.
            least = 0.2 if name[0] in LOCKED else 0.6
            share = max(self.edits, least) if name in written and self.edits else self.edits
            if self.world.open(name[0]) and name[0] != "data source" and draw.random() < share:
                self.world.edits(name, draw, live=True)

    def met(self, request, draw):
        """Somebody who edits what the request is about, or None."""
        if request.reads:
            return self.met_reading(request, draw)
        name = named(request)
        if name is None:
            return None
        after = draw.random() < 0.3
        gone = draw.random() < 0.1 and name[0] == "dashboard" and not after

        def edit(double):
            late = self.stage == "read back"
            if gone:
                self.world.deletes(name, live=True, late=late)
            else:
                self.world.edits(name, draw, live=True, late=late)

        return Then(edit) if after else First(edit)

    def met_reading(self, request, draw):
        kind = next((kind for kind, path in UNLOCKED.items() if path in request.path), None)
        if kind is None or not self.world.open(kind):
            return None
        names = [name for name in sorted(held(self.world.double)) if name[0] == kind and self.is_safe(name)]
        name = draw.choice(names) if names else None
        return name and First(lambda double: self.world.edits(name, draw, live=True))

    def is_safe(self, name):
        """Whether no write of it can be under way."""
        if name[0] != "rules" or self.plan is None:
            return True
        written = [step.key for step in self.plan.writes if step.kind == "rules"]
        return len(written) < 2 or name[1] not in written and not self.is_taken(name[1])

    def is_taken(self, key):
        """Whether the run moves rules out of a group."""
        folder, _, group = key.partition("/")
        there = self.world.double.state.groups.get((folder, group))
        mine = {rule["uid"] for rule in there.rules} if there else set()
        items = [step.item for step in self.plan.writes if step.kind == "rules" and step.item]
        return bool(mine & {rule["uid"] for item in items for rule in item.load()["rules"]})


def named(request):
    """What a request writes under a lock: (kind, key), or None."""
    if re.match("/api/(dashboards|folders)/", request.path) and request.method != "PUT" and "/db" not in request.path:
        return None  # the classic API locks neither deleting nor moving a folder
    for kind, path in ONE.items():
        if found := re.search(path, request.path):
            return kind, unquote(next(filter(None, found.groups())))
    if request.path == "/api/dashboards/db":
        return "dashboard", request.json()["dashboard"]["uid"]
    return None
