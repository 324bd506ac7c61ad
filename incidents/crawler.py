"""Crawler: somebody asks for assets by guessing their numbers, and mostly gets 404."""

from simulator.world import World

lasts = "20m"
shows = "service_errors service_rate"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    assets = world.endpoint("/assets/{id}")
    assets.load, assets.refused = 12, 0.7
