"""Exporter gone: nobody sees the host node-2 any more."""

from simulator.world import World

lasts = "20m"
shows = "exporter_health"
alerts = "ExporterDown"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.target("node-2:9100").down = 1
