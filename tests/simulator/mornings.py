"""Worlds of an ordinary working morning, for tests."""

from simulator.incident import incident
from simulator.plays import played
from simulator.world import World

# A Tuesday, 09:00 UTC.
MORNING = 1_790_067_600.0


def hours(seed=1, begin=MORNING, many=2.0, step=60.0, **incidents):
    """Some hours of a world, as a sheet; `incidents`: name → seconds after the beginning."""
    world = World(seed, begin)
    for name, after in incidents.items():
        world.begin(incident(name), begin + after)
    return played(world.play(begin + many * 3600, step), {})
