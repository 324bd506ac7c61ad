"""Slow query: an index is gone, and every search reads the whole table."""

from simulator.world import World

lasts = "25m"
shows = "service_latency database_latency search_latency"
alerts = "ResponseTimeHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.database.slow = 3
    world.endpoint("/search").slow = 9
    world.say("query-service", "WARN", "Slow query: search_text took longer than its budget", rate=0.5)
