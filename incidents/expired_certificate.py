"""Expired certificate: the ingestion cannot reach the object storage any more."""

from simulator.world import World

lasts = "20m"
shows = "service_errors s3_errors"
alerts = "ErrorRateHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.objects.failing = 0.9
    world.say("ingestion-service", "ERROR", "Storing failed: x509: certificate has expired or is not yet valid", rate=1)
