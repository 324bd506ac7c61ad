"""Bad deploy: the new version of the ingestion fails every fifth request until it is rolled back."""

from simulator.world import World

lasts = "15m"
shows = "service_errors service_versions"
alerts = "ErrorRateHigh"


def play(world: World, age: float) -> None:
    """See incidents."""
    ingestion = world.service("ingestion-service")
    ingestion.candidate, ingestion.failing = 1, 0.2
    world.say("ingestion-service", "ERROR", "Upload failed: KeyError: 'checksum'", rate=0.8)
