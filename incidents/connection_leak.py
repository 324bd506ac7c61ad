"""Connection leak: a pool takes connections and does not give them back."""

from simulator.world import World

lasts = "40m"
shows = "database_connections database_backends"
alerts = "DatabaseConnectionsHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.database.connections = min(140, age / 4)
