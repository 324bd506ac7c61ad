"""The double itself: options, the log, and what happens to a request between the socket and its route."""

import threading
import time
import traceback
from typing import NamedTuple

from attrs import evolve

from tests.double import (
    access,
    basics,
    contact_points,
    dashboards,
    datasources,
    folders,
    imports,
    inhibition,
    mute_timings,
    policies,
    resources,
    ruler,
    rules,
    templates,
)
from tests.double.faults import Faults
from tests.double.http import BadJson, Server, answer, says
from tests.double.kinds import Refused
from tests.double.person import Person
from tests.double.provisioned import load
from tests.double.routes import handled
from tests.double.store import State

# Imported for the routes that they add.
ROUTED = (basics, dashboards, datasources, folders, imports, inhibition, resources, rules, ruler)
ROUTED += (contact_points, policies, templates, mute_timings)
PROVISIONING = "/api/v1/provisioning/"
SERIAL = tuple(PROVISIONING + each for each in ("contact-points", "policies", "templates", "mute-timings"))
WARNING = {"Warning": '299 - "Deprecated API: use the Grafana App Platform alerting API instead."'}
TOKENS = {"glsa_viewer": "Viewer", "glsa_editor": "Editor", "glsa_admin": "Admin", "glsa_none": "None"}


class Logged(NamedTuple):
    """A request that came in: `method`, `path` (with its query), `status` (0: nothing was said)."""

    method: str
    path: str
    status: int


class Entry(Logged):
    """The same three, and `fault`: the name of the fault that was played, or ""."""

    fault = ""


def is_deprecated(request, said):
    """Whether an answer carries Grafana's warning about its provisioning API; exports and refused logins do not."""
    warned = request.path.startswith(PROVISIONING) and not request.path.endswith("/export")
    return warned and b"accessErrorId" not in said.body


class Double:
    """A Grafana on a free port of the loopback: `with Double(version="13.1.0") as grafana: … grafana.url`.

    - `version`, `apis` (whether `/apis` is served: False is an older Grafana), `org`, `base` (a path like "/grafana/")
    - `latency`: seconds of a read and of a write, waited without a lock, so that parallel requests overlap
    - `user`, `password`; `tokens` by role
    - `provisioned`: it loaded tests/recorded/provisioning
    - `clock`: seconds since the epoch
    """

    def __init__(
        self,
        version="13.1.0",
        apis=True,
        org=1,
        base="/",
        latency=(0, 0),
        user="admin",
        password="admin",
        tokens=TOKENS,
        provisioned=False,
        clock=time.time,
        host="127.0.0.1",
    ):
        self.version, self.apis, self.org = version, apis, org
        self.base = "/" + base.strip("/") if base.strip("/") else ""
        self.latency, self.user, self.password = latency, user, password
        self.tokens, self.provisioned, self.clock, self.host = tokens, provisioned, clock, host
        self.namespace = "default" if org == 1 else f"org-{org}"
        self.major = int(version.split(".")[0])
        self.inhibits = apis and self.major >= 13
        self.serial = threading.Lock()
        self.person = Person(self)
        self.server = Server(self.respond, host)
        self.reset()

    def reset(self):
        """As it was at first: an empty state, an empty log, no faults."""
        self.state, self.faults, self.log = State(self.clock), Faults(), []
        self.broken = []  # what went wrong in the double itself; looked at on leaving
        for number, (token, role) in enumerate(self.tokens.items(), 100):
            self.state.tokens[token] = access.account(number, role)
        if self.provisioned:
            load(self)

    def becomes(self, other):
        """As another double is now: its state, and its log; whatever is done to either does not change the other."""
        self.state.follow(other.state)
        self.log = [*other.log]

    def __enter__(self):
        self.server.start()
        return self

    def __exit__(self, *_):
        self.server.stop()
        assert not self.broken, "the double itself broke:\n" + "\n".join(self.broken)

    @property
    def url(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.server.port}{self.base}"

    def only_reads(self):
        """Fails where a request came in that is no GET."""
        written = [entry for entry in self.log if entry.method not in ("GET", "HEAD")]
        assert written == [], f"requests that write: {written}"

    def writes(self):
        """The log without reads."""
        return [entry for entry in self.log if entry.method not in ("GET", "HEAD")]

    def respond(self, request):
        """The answer to a request, faults included."""
        if not request.path.startswith(self.base + "/"):
            return self.logged(request, says(404, "Not found"))
        request.path = request.path[len(self.base) :]
        if fault := self.faults.of(request):
            said = fault.play(self, request, lambda: self.handle(request))
            return self.logged(request, said, type(fault).__name__)
        return self.logged(request, self.handle(request))

    def logged(self, request, said, fault=""):
        entry = Entry(request.method, request.target, said.status)
        if fault:
            entry.fault = fault
        self.log.append(entry)
        return said

    def handle(self, request):
        """As Grafana would: wait, see who it is and whether they may, do it."""
        if not request.reads and request.path.startswith(SERIAL):
            if not self.serial.acquire(blocking=False):
                return says(500, "Internal Server Error")  # two writes of notifications at a time
            try:
                return self.done(request)
            finally:
                self.serial.release()
        return self.done(request)

    def done(self, request):
        if pause := self.latency[0 if request.reads else 1]:
            time.sleep(pause)
        with self.state.lock:
            try:
                return self.answered(request)
            except Exception:
                self.broken.append(traceback.format_exc())
                return says(500, self.broken[-1])

    def answered(self, request):
        if request.path != "/api/health":
            found = access.login_of(request, self.state, self.user, self.password)
            if not isinstance(found, access.Login):
                return found
            request.login = found
            if refusal := access.forbidden(request) or self.other_org(request):
                return refusal
        try:
            said = handled(self, request)
        except BadJson:
            return says(400, "bad request data")
        except Refused as refused:
            return refused.said
        if is_deprecated(request, said):
            return evolve(said, headers={**said.headers, **WARNING})
        return said

    def other_org(self, request):
        """An organisation that the login is no member of."""
        wanted = request.headers.get("x-grafana-org-id")
        if not wanted or wanted == str(self.org):
            return None
        message = "You do not have access to the organization"
        return answer({"message": message, "messageId": "organization.access-denied", "statusCode": 403}, 403)
