"""The present: the world goes on in steps of five seconds, and every target answers its scrape on loopback."""

import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from simulator.logs import Line, Scribe
from simulator.plays import played
from simulator.scrape import Scraped
from simulator.sheet import Sheet, Target, Totals, exposition
from simulator.world import World

STEP = 5.0
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Live:
    """The world as it is now; `pages` are what its targets answer."""

    def __init__(self, world: World, totals: Totals, scribe: Scribe):
        """Goes on from where the world, its counters and its scribe are."""
        self.world = world
        self.lock = threading.Lock()
        self.pages: dict[Target, bytes | None] = {}
        self._totals = totals
        self._scribe = scribe

    def catch_up(self, now: float) -> list[Line]:
        """Step until `now` (Unix seconds); the log lines of the steps."""
        lines: list[Line] = []
        with self.lock:
            while self.world.now + STEP <= now:
                sheet = played(self.world.play(self.world.now + STEP, STEP), self._totals)
                lines += self._scribe.lines(self.world, STEP)
                self.pages = _pages(sheet)
        return lines


def _pages(sheet: Sheet) -> dict[Target, bytes | None]:
    return {
        target: exposition(series).encode() if sheet.up(target)[-1] else None for target, series in sheet.series.items()
    }


class Taken(Exception):
    """A port that something else listens on; one sentence."""


def serve(live: Live, address: str, targets: Iterable[Scraped]) -> ThreadingHTTPServer:
    """Answer for the targets that are reached at `address` (host:port). Raises Taken."""
    paths = {one.path: one.target for one in targets}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            target = paths.get(self.path.split("?")[0])
            page = live.pages.get(target) if target else None
            if target is None:
                self._answer(404, f"nothing is here; try {', '.join(paths)}\n".encode())
            elif page is None:
                self._answer(503, f"{target.address} is played as down\n".encode())
            else:
                self._answer(200, page)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", TEXT)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    names = " and ".join(sorted({target.address for target in paths.values()}))
    return started(address, Handler, f"{names} is not played and its panels stay empty")


def started(address: str, handler: type[BaseHTTPRequestHandler], otherwise: str) -> ThreadingHTTPServer:
    """A server that answers in threads of its own. Raises Taken, which says what follows."""
    host, port = address.rsplit(":", 1)
    try:
        server = Server((host, int(port)), handler)
    except OSError as error:
        raise Taken(f"port {port} of {host} cannot be used ({error.strerror}), so {otherwise}") from None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    return server


class Server(ThreadingHTTPServer):
    """Does not wait for those who still talk to it."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def next_step(now: float) -> float:
    """How long until the next step is due."""
    return STEP - now % STEP
