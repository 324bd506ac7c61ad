"""Database down: PostgreSQL does not answer, and nearly nothing works without it."""

from simulator.world import World

lasts = "10m"
shows = "database_up service_errors collector_health"
alerts = "DatabaseDown ErrorRateHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.database.down = 1
    world.say(
        "ingestion-service", "ERROR", "connection to server at 'postgres', port 5432 failed: Connection refused", rate=1
    )
    world.say("query-service", "ERROR", "dial tcp: connect: connection refused", rate=1)
