"""Mistyped route: Alertmanager is told to read a configuration with a mistake, and goes on with the old one."""

from simulator.world import World

lasts = "40m"
shows = "prometheus_reload"
alerts = "ConfigurationRejected"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.misread = 1
