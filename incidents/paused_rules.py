"""Paused rules: somebody paused all of Grafana's rules for maintenance and forgot to resume them."""

from simulator.world import World

lasts = "30m"
shows = "notifiers"
alerts = "NobodyNotifies"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.pausing = 1
