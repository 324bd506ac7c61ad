"""Reindexing: somebody starts it at noon; everything comes into its queue at once, and drains for half an hour."""

from simulator.day import MINUTE
from simulator.world import World

lasts = "40m"
shows = "queue_depth queue_flow queue_drain"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.queue("reindex").flood = 240 if age < MINUTE / 3 else 0
