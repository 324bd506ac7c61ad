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
    """What is played: an incident that never ends, whose scenes come and go.

    `begun`: alert → when its scene began (Unix seconds).
    """

    def __init__(self, targets=None):
        """`targets`: the folder of Prometheus's target files, from which jobs leave."""
        self._on, self._over = (), ()
        self._targets, self._left = targets, {}
        self.begun = {}

    def begin(self, *found):
        """Play these scenes as well."""
        self.begun.update(dict.fromkeys(scenes.of(*found), time.time()))
        self._on = (*self._on, *found)
        for scene in found:
            if scene.leaves:
                self._leave(scene.leaves)

    def end(self, *found):
        """These scenes are over, and what they broke is mended."""
        self._on, self._over = tuple(one for one in self._on if one not in found), (*self._over, *found)
        for scene in found:
            if scene.leaves:
                _replace(*self._left.pop(scene.leaves))

    def _leave(self, job):
        path = self._targets / f"{job}.yml"
        self._left[job] = path, path.read_text()
        _replace(path, "[]\n")

    def play(self, world, age):
        scenes.ordinary(world)
        for scene in self._over:
            scene.after(world)
        for scene in self._on:
            scene.play(world)

    def edited(self, pages):
        """What targets export, target → page, with the edits of what is played."""
        pages = dict(pages)
        for edit in (edit for scene in self._on for edit in scene.edits):
            for target in [target for target, page in pages.items() if target.address == edit.address and page]:
                pages[target] = edit.done(pages[target])
        return pages

    def incident(self):
        return Incident("scenes", "What the test plays.", 1e9, (), (), self.play)


def _replace(path, text):
    """Prometheus looks at a file as soon as it changes: never at a half of it."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


class Edited(live.Live):
    """The present, with the edits of a script: no scrape sees a page without them."""

    def __init__(self, script, *what):
        self._script = script
        super().__init__(*what)

    @property
    def pages(self):
        return self._edited

    @pages.setter
    def pages(self, found):
        self._edited = self._script.edited(found)


@contextmanager
def played(script, configured, real=()):
    """DataFlux answers its scrapes, and goes on; at the addresses `real`, something real does."""
    now, totals = time.time(), {}
    world = World(1, now - 2 * HOUR)
    history.skip(world, totals, now - 60, 60)
    world.begin(script.incident())
    present, done, broken = Edited(script, world, totals, Scribe(1), STEP), threading.Event(), []

    def go_on():
        try:
            while not done.wait(STEP - time.time() % STEP):
                present.catch_up(time.time())
        except BaseException as error:
            broken.append(error)

    present.catch_up(now)
    with ExitStack() as stack:
        for address, targets in stage.by_address(configured).items():
            if address not in real:
                stack.enter_context(live.serving(present, address, targets))
        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        yield
        done.set()
        thread.join(60)
    assert not broken, broken
