"""Replica lost: one of two instances of the ingestion is gone; the other carries all."""

from simulator.world import World

lasts = "15m"
shows = "service_health service_up_share"
alerts = "ServiceDown"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.service("ingestion-service").down = 1
