"""Cache down: Redis does not answer; searches go to the database."""

from simulator.world import World

lasts = "10m"
shows = "cache_up cache_hits"
alerts = "CacheDown"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.cache.down = 1
    world.say("query-service", "WARN", "Cache unavailable, asking the database", rate=1)
