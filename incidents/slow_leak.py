"""Slow leak: each search leaves some memory behind, until the container reaches its limit."""

from simulator.world import World

KIB = 1024
lasts = "2h"
shows = "container_memory container_memory_limit"
alerts = "ContainerMemoryHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.service("query-service").leak = 260 * KIB * age
