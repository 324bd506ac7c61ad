"""Slow analyzer: speech takes five times as long, and the queue waits for it."""

from simulator.world import World

lasts = "40m"
shows = "analysis_time queue_processing queue_depth"
alerts = "QueueDepthHigh QueueDepthCritical"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.analyzer("speech", "audio").slow = 5
    world.analyzer("speech", "video").slow = 5
    world.queue("analysis").slow = 2.4
