"""Bad cable: packets of node-1 arrive broken, and many not at all."""

from simulator.world import World

lasts = "30m"
shows = "network_drops network_errors"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    node = world.host("node-1")
    node.dropping, node.broken = 40, 12
