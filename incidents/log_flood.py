"""Log flood: a debug switch was left on, and Loki throws lines away."""

from simulator.world import World

lasts = "20m"
shows = "loki_discarded loki_lines"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.discarding = 60
    world.say("query-service", "DEBUG", "Ranking candidate", rate=25)
