"""Store filling: the clean-up of old versions stopped, and the store of the assets fills."""

from simulator.day import MINUTE
from simulator.world import World

lasts = "1h"
shows = "storage_used storage_fill"
alerts = "StorageFillHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.store("assets").more = 1.6e12 * min(1, age / (20 * MINUTE))
