"""Full disk: somebody writes a dump beside the data, and a disk fills within the hour."""

from simulator.day import HOUR
from simulator.world import World

lasts = "1h"
shows = "disk"
alerts = "DiskUsageHigh LowDiskSpace"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.mount("compose-1", "/data").more = min(0.4, age / HOUR)
