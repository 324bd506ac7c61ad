"""Blind collector: the password with which the queues are asked for their ages expired, and nobody sees them."""

from simulator.world import World

lasts = "40m"
shows = "collector_health queue_oldest"
alerts = "CollectorFailing"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.refusing = 1
