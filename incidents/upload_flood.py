"""Upload flood: a customer imports an archive, and six times as much comes in."""

from simulator.world import World

lasts = "30m"
shows = "assets_intake assets_processed queue_depth"
alerts = "QueueDepthHigh QueueDepthCritical"


def play(world: World, age: float) -> None:
    """See incidents."""
    for path in ("/upload", "/upload/image", "/upload/audio"):
        world.endpoint(path).load = 6
