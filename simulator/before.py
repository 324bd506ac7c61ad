"""The weeks before: filled by a process of its own, while the demo goes on.

`python -m simulator.before` is told on its command line what the demo was asked, as JSON.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from kit import load
from kit.live.programs import NotStarted
from simulator import history, past
from simulator.day import DAY, HOUR
from simulator.ending import Ended, Ending
from simulator.scrape import Configured
from simulator.sheet import Totals
from simulator.stage import Stage
from simulator.world import World

COARSE = 300.0


def world(asked: Stage, now: float) -> World:
    """The world at its beginning; the same for the same seed and hour of beginning."""
    begin = now - asked.hours * HOUR - asked.days * DAY
    world = World(asked.seed, begin)
    past.schedule(world, asked.seed, begin, now)
    return world


def meanwhile(asked: Stage, now: float, began: float) -> subprocess.Popen[bytes]:
    """Begin to fill; exits with 1 where that fails. In a session of its own: a terminal's Ctrl-C reaches only us."""
    said = {"work": str(asked.work), "settings": str(asked.settings), "root": str(asked.root), "seed": asked.seed}
    said |= {"days": asked.days, "hours": asked.hours, "now": now, "began": began}
    argv = [sys.executable, "-m", "simulator.before", json.dumps(said)]
    return subprocess.Popen(argv, cwd=load.ROOT, stdin=subprocess.DEVNULL, start_new_session=True)


def main(asked: Stage, now: float, began: float) -> int:
    """Play the weeks a second time by the same seed, and hand them over to the Prometheus that runs; the exit code."""
    if not asked.days:
        return 0
    try:
        with Ending():
            samples = _fill(asked, now)
    except Ended:
        return 0
    except (history.NotFilled, NotStarted, OSError) as error:
        print(f"The {asked.days:g} days before are missing: {error}", file=sys.stderr, flush=True)
        return 1
    took = time.monotonic() - began
    what = f"{samples:,} samples and what is recorded, {took:.0f} s"
    print(f"{asked.days:g} days before are there as well: {what}.", flush=True)
    return 0


def _fill(asked: Stage, now: float) -> int:
    blocks = asked.work / "long" / "blocks"
    blocks.mkdir(parents=True)
    played = world(asked, now)
    totals: Totals = {}
    begin, recent = played.now, now - asked.hours * HOUR
    samples = history.fill(played, totals, _configured(asked), blocks, recent, COARSE)
    history.record(blocks, asked.rules, begin + COARSE, recent, COARSE)
    history.move(blocks, asked.data)
    return samples


def _configured(asked: Stage) -> Configured:
    """As the demo compiled it."""
    folder = asked.work / "monitoring"
    paths = (path for path in (folder / "prometheus").rglob("*.yml"))
    return Configured({path.relative_to(folder).as_posix(): path.read_text() for path in paths})


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    paths: dict[str, Any] = {name: Path(told.pop(name)) for name in ("root", "work", "settings")}
    now, began = told.pop("now"), told.pop("began")
    sys.exit(main(Stage(**paths, **told), now, began))
