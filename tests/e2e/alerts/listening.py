"""HTTP servers on loopback that come and go: those who are told, and the way to Alertmanager."""

import urllib.error
import urllib.request
from contextlib import ExitStack

from kit.live.programs import LOOPBACK, free_port
from simulator import web


class Listening:
    """Listens at `address` (host:port) from `up` to `down`, which a block calls; `_handler` says how it answers."""

    def __init__(self, name):
        """`name`: what is not heard where it cannot listen."""
        self.address = f"{LOOPBACK}:{free_port()}"
        self._name = name
        self._stack = ExitStack()

    def up(self):
        """From now on it listens."""
        self._stack.enter_context(web.serving(self.address, self._handler(), f"nobody hears {self._name}"))
        return self

    def down(self):
        """From now on nothing listens there."""
        self._stack.close()

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()


class Gate(Listening):
    """The way from Prometheus to the Alertmanager at `url`: while it is down, both run and do not reach each other."""

    def __init__(self, url):
        super().__init__("Prometheus")
        self._url = url

    def _handler(gate):
        class Handler(web.Handler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                # No connection is kept: one that is would go on though nothing listens any more.
                self.answer(gate._passed(self.path, body), Connection="close")

        return Handler

    def _passed(self, path, body):
        asked = urllib.request.Request(self._url + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 502
