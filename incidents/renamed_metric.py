"""Renamed metric: an update of the dataflux-exporter calls the age of queues otherwise, and nobody sees what waits."""

from simulator.world import World

lasts = "40m"
shows = "queue_oldest metric_missing"
alerts = "MetricMissing"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.renaming = 1
