"""The present: the world goes on in steps of five seconds, and every target answers its scrape on loopback."""

import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager

from simulator import web
from simulator.logs import Line, Scribe
from simulator.plays import played
from simulator.scrape import Scraped
from simulator.sheet import Sheet, Target, Totals, exposition
from simulator.world import World

STEP = 5.0
EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class Live:
    """The world as it is now; `pages` are what its targets answer."""

    def __init__(self, world: World, totals: Totals, scribe: Scribe, step: float = STEP):
        """Goes on from where the world, its counters and its scribe are, in steps of so many seconds."""
        self.world = world
        self.lock = threading.Lock()
        self.pages: dict[Target, bytes | None] = {}
        self._totals = totals
        self._scribe = scribe
        self._step = step

    def catch_up(self, now: float) -> list[Line]:
        """Step until `now` (Unix seconds); the log lines of the steps."""
        lines: list[Line] = []
        with self.lock:
            if self.world.now + self._step <= now:  # nobody is answered between two steps, so they are one stretch
                frame = self.world.play(now, self._step, lambda: lines.extend(self._said()))
                self.pages = _pages(played(frame, self._totals))
        return lines

    def _said(self) -> list[Line]:
        """The log lines of the step that was made last."""
        return self._scribe.lines(self.world, self._step)


def _pages(sheet: Sheet) -> dict[Target, bytes | None]:
    return {
        target: exposition(series).encode() if sheet.up(target)[-1] else None for target, series in sheet.series.items()
    }


def serving(live: Live, address: str, targets: Iterable[Scraped]) -> AbstractContextManager[None]:
    """Answer for the targets that are reached at `address` (host:port) within the block. Raises web.Taken."""
    paths = {one.path: one.target for one in targets}

    class Handler(web.Handler):
        def do_GET(self) -> None:
            target = paths.get(self.path.split("?")[0])
            page = live.pages.get(target) if target else None
            if target is None:
                self.answer(404, f"nothing is here; try {', '.join(paths)}\n".encode())
            elif page is None:
                self.answer(503, f"{target.address} is played as down\n".encode())
            else:
                self.answer(200, page, EXPOSITION)

    names = " and ".join(sorted({target.address for target in paths.values()}))
    return web.serving(address, Handler, f"{names} is not played and its panels stay empty")


def next_step(now: float) -> float:
    """How long until the next step is due."""
    return STEP - now % STEP
