"""Backup: the night copy runs at noon, and disks and network are busy with it."""

from simulator.world import World

lasts = "40m"
shows = "disk_io disk_busy network"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    host = world.host("compose-1")
    host.copying, host.waits = 2.6e8, 0.25
    world.database.slow = 1.6
