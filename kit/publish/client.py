"""A Grafana to be read and written: asked again where that is safe; what fails is said in a sentence.

Importing it is cheap; what opens sockets (kit/publish/http/wire.py) is imported with the first Grafana.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from kit.publish.http import again
from kit.publish.http.again import CLOCK as CLOCK
from kit.publish.http.again import Clock as Clock
from kit.publish.http.errors import GrafanaError, Halted
from kit.publish.http.login import Answer as Answer
from kit.publish.http.login import Login as Login
from kit.publish.http.login import who_and_where

_IN_A_ROW = 5


class Grafana:
    """The Grafana at `url`, a base path included. One instance serves several threads.

    Without a login, the user and password of the address are taken. `org` is an organisation's number, the
    certificates are paths, `allow_http` lets a login go over plain http, `run_seconds` is how long all requests
    together may take.

    Raises ValueError with a sentence where the address, the login or a certificate cannot be used.
    """

    def __init__(
        self,
        url: str,
        login: Login,
        *,
        org: int | None = None,
        ca_cert: str = "",
        client_cert: str = "",
        client_key: str = "",
        allow_http: bool = False,
        clock: Clock = CLOCK,
        run_seconds: float = 900,
    ) -> None:
        from kit.publish.http.wire import Wire

        self.address, login = who_and_where(url, login, allow_http)
        self._wire = Wire(self.address, login, org, ca_cert, client_cert, client_key)
        self._clock, self._run_seconds, self._end = clock, run_seconds, clock.now() + run_seconds
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._halted = self._unwritable = ""
        self._stopped = self._wrote = False
        self._failed = self._unwritten = self.requests = 0

    def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Read. Raises GrafanaError."""
        return self._asked(again.reading, "GET", path, None, params, headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Write. Raises GrafanaError; after Unsure, read what is there before anything is sent again."""
        return self._asked(again.writing, method, path, body, params, headers)

    @property
    def stopped(self) -> threading.Event:
        """Set once nothing more is sent."""
        return self._stop

    def stop(self) -> None:
        """From now on nothing is written, and nobody waits to try again; requests under way may end.

        Once something was written, reads go on, so that what became of it is known; before, nothing is sent at all.
        """
        with self._lock:
            self._stopped = True
        self._stop.set()

    def wrote(self, error: GrafanaError | None) -> None:
        """An object was written, or was not for good, whatever was read meanwhile: five in a row, and nothing more is
        written; reads go on, so that what became of the others is known."""
        with self._lock:
            self._unwritten = 0 if error is None or again.alive(error) else self._unwritten + 1
            if self._unwritten >= _IN_A_ROW and not self._unwritable:
                self._unwritable = f"five writes in a row failed; last: {error}"

    def hide(self, secrets: Iterable[str]) -> None:
        """Never show these, whatever an answer repeats of what was sent."""
        self._wire.hide(secrets)

    def close(self) -> None:
        """End the connections."""
        self._wire.close()

    def _asked(self, worth: Callable[[GrafanaError], bool], method: str, path: str, body: Any, *more: Any) -> Answer:
        params, headers = (given or {} for given in more)
        for longest in (*again.WAITS, None):
            self._go(method)
            try:
                answer = self._wire.ask(method, path, body, params, headers)
            except GrafanaError as error:
                if longest is None or not worth(error):
                    self._count(error)
                    raise
                seconds = again.wait(error, longest, self._clock)
            else:
                self._count(None)
                return answer
            self._clock.sleep(max(0.0, min(seconds, self._end - self._clock.now())), self._stop)
        raise AssertionError("the last try ends it")

    def _go(self, method: str) -> None:
        """One more request, or Halted."""
        if self._clock.now() >= self._end:
            self._halt(f"the {self._run_seconds / 60:g} minutes of a run are over")
        with self._lock:
            if self._halted:
                raise Halted(f"no more requests are sent to {self.address}: {self._halted}")
            if self._unwritable and method != "GET":
                raise Halted(f"nothing more is written to {self.address}: {self._unwritable}")
            if self._stopped and (method != "GET" or not self._wrote):
                raise Halted(f"no more requests are sent to {self.address}: it was stopped")
            self._wrote = self._wrote or method != "GET"
            self.requests += 1

    def _count(self, error: GrafanaError | None) -> None:
        """A request that failed for good, or was answered: a moment's failure under many reads is no row."""
        with self._lock:
            self._failed = 0 if error is None or again.alive(error) else self._failed + 1
            enough = self._failed >= _IN_A_ROW
        if enough:
            self._halt(f"five requests in a row failed; last: {error}")

    def _halt(self, why: str) -> None:
        with self._lock:
            self._halted = self._halted or why
        self._stop.set()


def path(*segments: str) -> str:
    """A path of these names, each percent-encoded in full. Raises ValueError for what cannot be a name in a path."""
    wrong = [segment for segment in segments if segment in ("", ".", "..")]
    if wrong:
        raise ValueError(f"'{wrong[0]}' cannot be a name in the path {'/'.join(segments)}")
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)
