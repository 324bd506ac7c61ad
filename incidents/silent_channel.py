"""Silent channel: Slack refuses what it is sent."""

from simulator.world import World

lasts = "30m"
shows = "alertmanager_failed"
alerts = "NotificationsFailing"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.notifications_failing = 0.6
