"""Many small files: thumbnails that nobody removes use up the inodes."""

from simulator.day import HOUR
from simulator.world import World

lasts = "1h"
shows = "disk_inodes"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.mount("node-1", "/").inodes = min(0.85, age / HOUR)
