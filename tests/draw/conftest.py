"""A small set of signals, and a way to draw a page of them."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from attrs import evolve

from kit import load
from kit.draw.board import draw
from kit.draw.page import Everywhere, Page, PageSet
from kit.draw.site import Site
from kit.model.expr import share
from kit.model.fault import collecting
from kit.model.logql import Stream
from kit.model.matcher import re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, LOG_LINES, PERCENT, REQUESTS_PER_SECOND, SECONDS, UP_DOWN

UP = Gauge("up", "service")
REQUESTS = Counter("requests_total", "service endpoint status")
TIME = Histogram("duration_seconds", "service endpoint", buckets=(0.5, 1, 2.5))
DEPTH = Gauge("queue_size", "queue", same_on_replicas=True)
LINES = Stream("lines", "service", "level")


def signal(name, lines, unit, per="service", **more):
    return Signal(name, name.capitalize(), lines=lines, unit=unit, per=per, question=f"{name}?", bad="look.", **more)


@pytest.fixture
def known():
    """Metrics, and one signal of each sort."""
    return SimpleNamespace(
        up=UP,
        requests=REQUESTS,
        rate=signal("rate", REQUESTS.rate(), REQUESTS_PER_SECOND),
        errors=signal(
            "errors",
            {code: share(REQUESTS.rate(status=re(f"{code[0]}..")), of=REQUESTS.rate()) for code in ("4xx", "5xx")},
            PERCENT,
            critical=Level(0.05, above=True, line="5xx", hold="2m"),
        ),
        latency=signal(
            "latency",
            {f"P{round(q * 100)}": TIME.quantile(q) for q in (0.5, 0.95, 0.99)},
            SECONDS,
            warning=Level(1, above=True, line="P95", hold="5m"),
        ),
        spread=signal("spread", TIME.heat(), SECONDS, per=""),
        depth=signal(
            "depth",
            DEPTH.value(),
            COUNT,
            per="queue",
            warning=Level(500, above=True, hold="5m"),
            critical=Level(1000, above=True, hold="5m"),
        ),
        health=signal("health", UP.value("min"), UP_DOWN, critical=Level(1, above=False, hold="1m")),
        logs=signal("logs", LINES.lines(), LOG_LINES, per=""),
        levels=signal("levels", LINES.count(), LOG_LINES, per="level"),
    )


@pytest.fixture
def page():
    """`page(rows, landing=…)`: a page that knows its place."""

    def placed(rows, stem="page", folder="one_set", landing=False, title="Page", **more):
        made = Page(title, rows=rows if isinstance(rows, dict) else {"Row": rows}, **more)
        return made.placed(stem=stem, folder=folder, question=f"{title}?", landing=landing)

    return placed


@pytest.fixture
def site():
    """`site(pages, alerts=…)`: an installation of these."""
    settings = load.settings(Path(__file__).resolve().parents[2] / "settings.py")

    def put_together(*pages, alerts=(), everywhere=None, **more):
        sets = {one.folder: PageSet(one.folder.replace("_", " ").title(), landing="landing") for one in pages}
        return Site(evolve(settings, **more), sets, pages, alerts, everywhere or Everywhere())

    return put_together


@pytest.fixture
def drawn(page, site):
    """`drawn(rows)`: the board of a page of these, which has no fault."""

    def draw_one(rows, **more):
        made = page(rows, **more)
        return draw(made, site(made))

    return draw_one


@pytest.fixture
def faults(page, site):
    """`faults(rows)`: what is wrong with a page of these; `rows` may be a function that makes them."""

    def found(rows, **more):
        with collecting() as told:
            made = page(rows() if callable(rows) else rows, **more)
            draw(made, site(made))
        return told

    return found


@pytest.fixture
def panels():
    """`panels(board)`: its panels, those of closed rows too, without the rows."""

    def flat(board):
        every = (inner for panel in board.json["panels"] for inner in (panel, *panel.get("panels", ())))
        return [panel for panel in every if panel["type"] != "row"]

    return flat
