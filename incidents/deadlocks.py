"""Deadlocks: two jobs lock the same rows in opposite orders."""

from simulator.world import World

lasts = "15m"
shows = "database_deadlocks database_locks"
alerts = ""


def play(world: World, age: float) -> None:
    """See incidents."""
    world.database.deadlocks, world.database.locks = 0.4, 30
    world.say("analysis-service", "ERROR", "deadlock detected; the transaction was rolled back", rate=0.4)
