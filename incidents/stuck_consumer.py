"""Stuck consumer: the analysis takes nothing from its queue any more, and says nothing."""

from simulator.world import World

lasts = "30m"
shows = "queue_depth queue_oldest queue_flow"
alerts = "QueueDepthHigh QueueDepthCritical QueueOldestHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.queue("analysis").consumers = 0
    world.queue("analysis").flood = 2
