"""Which incidents lie behind us, so that yesterday has something to tell."""

import numpy as np

from simulator.day import DAY, HOUR, MINUTE
from simulator.incident import incident, incidents
from simulator.world import World

# Before now: what the last hours tell. The bad deployment and its taking back lie within the last hour.
LATELY = ((-5.2 * HOUR, "cold_cache"), (-3 * HOUR, "slow_query"), (-55 * MINUTE, "bad_deploy"))
# In the weeks before, about every so many days something happens at working hours.
EVERY_DAYS = 1.4


def schedule(world: World, seed: int, begin: float, now: float) -> None:
    """Plan the incidents of the past, by the seed."""
    rng = np.random.default_rng([seed, 3])
    names = sorted(incidents())
    day = begin // DAY * DAY
    while (day := day + float(rng.uniform(0.5, 2 * EVERY_DAYS - 0.5)) * DAY) < now - DAY:
        at = day // DAY * DAY + float(rng.uniform(8, 17)) * HOUR
        world.begin(incident(names[int(rng.integers(len(names)))]), at)
    for before, name in LATELY:
        world.begin(incident(name), now + before)
