"""`build.py demo`: DataFlux is played on this machine, and a real Prometheus watches it on what was compiled."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kit import load
from kit.live.programs import NotStarted, stop
from kit.model.setting import BadSetting
from simulator import before, control, history, live, stage
from simulator.day import HOUR
from simulator.ending import Ended, Ending, held
from simulator.incident import Unknown, incident, incidents
from simulator.live import Live
from simulator.logs import Files, Line, Scribe
from simulator.loki import Loki
from simulator.plays import services
from simulator.scrape import Configured
from simulator.sheet import Totals
from simulator.stage import Beside, Stage, Unplayable
from simulator.web import Taken
from simulator.world import World

FINE = 15.0
OK, FAILED, UNUSABLE = 0, 1, 2
OVERVIEW = "d/df-overview"
BEFORE = "the days before"


def list_incidents() -> int:
    """Print what can be played; the exit code."""
    for name, one in incidents().items():
        print(f"  {name:<20} {one.story}")
    return OK


def main(*, beside: tuple[str, ...], **asked: Any) -> int:
    """Play until Ctrl-C or SIGTERM; the exit code. What could not be played is said, and the rest is played.

    `asked`: the fields of Stage; `beside`: as Beside.read takes them.
    """
    wrong: list[str] = []
    try:
        with Ending(), ExitStack() as stack:
            _play(Stage(beside=tuple(map(Beside.read, beside)), **asked), stack, wrong)
    except Ended:
        print("\nEnded." if not wrong else f"\nEnded; {len(wrong)} of it was not played as asked.", flush=True)
        return FAILED if wrong else OK
    except (Unplayable, Unknown, BadSetting, load.Unusable) as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except (history.NotFilled, NotStarted) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'the demo'}: {error.strerror or error}", file=sys.stderr)
    return FAILED


def _play(asked: Stage, stack: ExitStack, wrong: list[str]) -> None:
    began = time.monotonic()
    stage.check(asked)
    chosen = [incident(name) for name in asked.incidents]
    stack.enter_context(stage.folder(asked))
    configured = stage.build(asked)
    asked.data.mkdir(parents=True)
    logs = Logs(asked, stack)

    now = time.time() // before.COARSE * before.COARSE
    recent = now - asked.hours * HOUR
    _say(f"Playing DataFlux, seed {asked.seed}: {len(configured.targets)} targets.")
    world = before.world(asked, now)
    totals: Totals = {}
    history.skip(world, totals, recent, before.COARSE)
    scribe = Scribe(asked.seed)

    def write_down() -> None:
        logs.write(scribe.lines(world, FINE))

    samples = _fill_lately(world, totals, configured, asked, recent, write_down)
    present = Live(world, totals, scribe)
    wrong += _serve(present, configured, asked, stack)
    prometheus = stack.enter_context(stage.watching(asked))
    _say(f"The last {asked.hours:g} h are there: {samples:,} samples, {time.monotonic() - began:.0f} s.")
    with present.lock:
        for one in chosen:
            world.begin(one)
    with held():
        longer = before.meanwhile(asked, now, began)
        stack.callback(stop, longer, 20)
    _say(_summary(asked, present))
    while True:
        logs.write(present.catch_up(time.time()), now=True)
        if prometheus.poll() is not None:
            raise NotStarted(f"Prometheus ended by itself; {asked.work / 'prometheus.log'} tells why")
        if longer.poll() and BEFORE not in wrong:
            wrong.append(BEFORE)
        time.sleep(live.next_step(time.time()))


class Logs:
    """Where the services' lines go: files, and a Loki where one is given."""

    def __init__(self, asked: Stage, stack: ExitStack):
        """Opens the files; they are closed with the stack."""
        chosen = load.settings(asked.settings)
        self._files = Files(asked.work / "logs")
        stack.callback(self._files.close)
        place = {"cluster": chosen.cluster, "environment": chosen.environment}
        self._loki = Loki(asked.loki_url, place) if asked.loki_url else None

    def write(self, lines: list[Line], *, now: bool = False) -> None:
        """Write the lines; `now`: nothing is kept back."""
        self._files.write(lines)
        if self._loki:
            self._loki.write(lines, now=now)


def _fill_lately(
    world: World, totals: Totals, configured: Configured, asked: Stage, recent: float, each: Callable[[], None]
) -> int:
    """The last hours, until now; the number of samples. `each` is called after each step."""
    samples, last = 0, recent
    # Filling takes its time, which is filled as well, so that no gap is left.
    while (until := time.time() // FINE * FINE) > last:
        samples += history.fill(world, totals, configured, asked.data, until, FINE, each)
        if last == recent:
            history.record(asked.data, asked.rules, recent + before.COARSE, until, FINE)
        last = until
    return samples


def _serve(present: Live, configured: Configured, asked: Stage, stack: ExitStack) -> list[str]:
    """Every played target answers its scrape, and the control page people; sentences about those that cannot."""
    present.catch_up(time.time() + live.STEP)
    real = {one.reached_at for one in asked.beside}
    played = {address: of for address, of in stage.by_address(configured).items() if address not in real}
    servers = [live.serving(present, address, targets) for address, targets in played.items()]
    servers.append(control.serving(present, asked.control, _addresses(asked)))
    wrong: list[str] = []
    for server in servers:
        try:
            stack.enter_context(server)
        except Taken as error:
            wrong.append(f"{error}; --first-port names another range")
            print(wrong[-1], file=sys.stderr, flush=True)
    return wrong


def _addresses(asked: Stage) -> dict[str, str]:
    found = {"Prometheus": f"{asked.prometheus}/targets"}
    if asked.grafana_url:
        found["Grafana"] = f"{asked.grafana_url.rstrip('/')}/{OVERVIEW}"
    return found


def _summary(asked: Stage, present: Live) -> str:
    world = present.world
    at = datetime.fromtimestamp(world.now, UTC)
    versions = ", ".join(f"{name} {services.version(float(world.service(name).release))}" for name in services.NAMES)
    playing = [f"  {one.name:<13} {one.story}" for _, one in world.playing()] or ["  no incident"]
    lines = [
        "",
        f"Played: {at:%A %H:%M} UTC, people at {world.people.activity:.0%} of their busiest hour; {versions}.",
        *playing,
        "",
        *(f"  {name:<13} {url}" for name, url in _addresses(asked).items()),
        f"  {'Incidents':<13} http://{asked.control}   play one there, or: build.py demo --incident NAME",
        f"  {'Logs':<13} {_short(asked.work / 'logs')}/",
    ]
    if not asked.grafana_url:
        lines.append("  GRAFANA_URL=http://… names a Grafana to open; its Prometheus data source asks the one above.")
    return "\n".join([*lines, "", "Ctrl-C ends it."])


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _say(text: str) -> None:
    print(text, flush=True)
