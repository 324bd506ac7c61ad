"""Nobody there: people cannot log in, and all is quiet while all looks healthy."""

from simulator.world import World

lasts = "30m"
shows = "users_active service_rate"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.people.busy = 0.05
