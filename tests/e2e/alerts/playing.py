"""DataFlux, played as fast as it is scraped; what goes wrong in it can be changed at any time."""

import threading
import time
from contextlib import ExitStack, contextmanager

from simulator import history, live, stage
from simulator.day import HOUR
from simulator.incident import Incident
from simulator.logs import Scribe
from simulator.world import World
from tests.e2e.alerts import scenes

STEP = 1.0


class Script:
    """What is played: an incident that never ends, whose scenes come and go."""

    def __init__(self):
        self._on, self._over = (), ()

    def begin(self, *found):
        """Play these scenes as well."""
        self._on = (*self._on, *found)

    def end(self):
        """All scenes are over, and what they broke is mended."""
        self._on, self._over = (), (*self._over, *self._on)

    def play(self, world, age):
        scenes.ordinary(world)
        for scene in self._over:
            scene.after(world)
        for scene in self._on:
            scene.play(world)

    def incident(self):
        return Incident("scenes", "What the test plays.", 1e9, (), (), self.play)


@contextmanager
def played(script, configured):
    """DataFlux answers its scrapes, and goes on."""
    now, totals = time.time(), {}
    world = World(1, now - 2 * HOUR)
    history.skip(world, totals, now - 60, 60)
    world.begin(script.incident())
    present, done, broken = live.Live(world, totals, Scribe(1), STEP), threading.Event(), []

    def go_on():
        try:
            while not done.wait(STEP - time.time() % STEP):
                present.catch_up(time.time())
        except Exception as error:
            broken.append(error)

    present.catch_up(now)
    with ExitStack() as stack:
        for address, targets in stage.by_address(configured).items():
            stack.enter_context(live.serving(present, address, targets))
        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        yield
        done.set()
        thread.join(60)
    assert not broken, broken
