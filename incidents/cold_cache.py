"""Cold cache: a deployment changed the keys, and nothing that is asked for is there."""

from simulator.day import HOUR
from simulator.world import World

lasts = "30m"
shows = "cache_hits redis_hits"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.cache.hits = 0.15 + 0.5 * age / HOUR
