"""Alertmanager lost: Prometheus notifies, and what it sends to its Alertmanager is refused."""

from simulator.world import World

lasts = "20m"
shows = "alertmanager_unreachable prometheus_dropped"
alerts = "AlertmanagerUnreachable"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.dropping = 0.2
