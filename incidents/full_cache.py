"""Full cache: Redis reaches its memory limit and throws out what is still wanted."""

from simulator.world import World

lasts = "40m"
shows = "redis_memory_limit redis_evictions"
alerts = "CacheMemoryHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.cache.full, world.cache.hits = 0.45, 0.8
