"""Noisy neighbour: another guest of the hypervisor, and a job on the host, take the CPUs."""

from simulator.world import World

lasts = "30m"
shows = "host_cpu host_load host_cpu_modes"
alerts = "CpuUsageHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    node = world.host("node-1")
    node.busy, node.stolen = 0.55, 0.15
    world.service("query-service").slow = 1.8
