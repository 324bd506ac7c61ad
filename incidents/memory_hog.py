"""Memory hog: a batch job on node-2 takes the memory, and the host begins to swap."""

from simulator.world import World

lasts = "30m"
shows = "host_memory host_swap"
alerts = "MemoryUsageHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.host("node-2").memory_more = 0.86
