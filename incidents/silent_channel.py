"""Silent channel: Slack refuses what Alertmanager sends."""

from simulator.world import World

lasts = "30m"
shows = "alertmanager_failed"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.notifications_failing = 0.6
