"""Crash loop: the gateway runs out of memory, is killed, and starts again, and again."""

from simulator.world import World

lasts = "40m"
shows = "pod_restarts container_oom"
alerts = "PodRestarting"


def play(world: World, age: float) -> None:
    """See incidents."""
    gateway = world.container("gateway", "node-2")
    gateway.crashes, gateway.kills, gateway.waiting = 15, 15, 1
