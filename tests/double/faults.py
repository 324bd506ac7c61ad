"""Misbehaviour on demand: `grafana.faults.add(when=writes, what=Drop(after=True), times=1)`.

`when` is a function of a request (`writes`, `reads`, `on(...)`, `nth(...)`, `chance(...)` or one's own); `what` one of
the classes here. The first fault that fits a request is played; the log marks it with the fault's name.
"""

import re
import threading
import time

from attrs import define, evolve, field, frozen

from tests.double.http import GONE, Answer


def every(request):
    return True


def writes(request):
    return not request.reads


def reads(request):
    return request.reads


def on(method, path):
    """Requests of a method (a regular expression) whose path fits one."""
    return lambda request: bool(re.fullmatch(method, request.method) and re.search(path, request.path))


def nth(number, of=every):
    """The nth request, from 1, of those that fit."""
    seen = iter(range(1, 1 << 60))
    return lambda request: of(request) and next(seen) == number


def chance(random, share, of=every):
    """A share of those that fit, drawn from a random.Random."""
    return lambda request: of(request) and random.random() < share


@frozen
class Drop:
    """The connection is dropped: before the request is handled, or after."""

    after: bool = False

    def play(self, double, request, handle):
        if self.after:
            return evolve(handle(), cut=0)
        return GONE


@frozen
class Say:
    """Answered by something in front of Grafana; the request never reaches it."""

    status: int = 503
    body: bytes = b'{"message":"Service Unavailable"}'
    type: str = "application/json"
    headers: dict[str, str] = field(factory=dict)

    def play(self, double, request, handle):
        return Answer(self.status, self.body, {"Content-Type": self.type, **self.headers})


def busy(retry_after=1):
    """429: too many requests, with the seconds to wait (or a date)."""
    return Say(429, b'{"message":"Too many requests"}', headers={"Retry-After": str(retry_after)})


def html(status=200):
    """The page of a proxy that wants a login, or that reaches nobody."""
    return Say(status, b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html; charset=utf-8")


def redirect(to, status=302):
    return Say(status, b"", "text/html", {"Location": to})


@frozen
class Half:
    """Handled, but only half of the answer's body comes before the connection ends."""

    def play(self, double, request, handle):
        said = handle()
        return evolve(said, cut=len(said.body) // 2) if len(said.body) > 1 else evolve(said, cut=0)


@frozen
class Slow:
    """Seconds late, handled before the wait or after it."""

    seconds: float
    after: bool = False

    def play(self, double, request, handle):
        if self.after:
            said = handle()
            time.sleep(self.seconds)
            return said
        time.sleep(self.seconds)
        return handle()


@frozen
class Lose:
    """Answered as if it had been stored, and nothing is stored."""

    def play(self, double, request, handle):
        with double.state.lock:
            before = double.state.snapshot()
            said = handle()
            double.state.restore(before)
        return said


@frozen
class First:
    """Something happens just before the request is handled: `First(lambda grafana: grafana.person.edits_…)`."""

    call: object

    def play(self, double, request, handle):
        self.call(double)
        return handle()


@define
class Fault:
    """A fault that waits for its request; `left` is how often it may still be played (None: always)."""

    when: object
    what: object
    left: int | None = None
    played: int = 0


class Faults:
    """The faults of one double."""

    def __init__(self):
        self.waiting = []
        self.lock = threading.Lock()

    def add(self, what, when=every, times=None):
        """Play `what` for the requests that `when` chooses (a number is the nth request), at most `times` times."""
        fault = Fault(nth(when) if isinstance(when, int) else when, what, times)
        self.waiting.append(fault)
        return fault

    def clear(self):
        self.waiting = []

    def of(self, request):
        """The fault to play for a request, or None."""
        if not self.waiting:
            return None
        with self.lock:
            for fault in self.waiting:
                if fault.left != 0 and fault.when(request):
                    fault.left = None if fault.left is None else fault.left - 1
                    fault.played += 1
                    return fault.what
        return None
