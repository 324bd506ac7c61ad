"""Kafka down: no broker answers; uploads wait in front of the queue."""

from simulator.world import World

lasts = "15m"
shows = "kafka_brokers queue_flow queue_depth"
alerts = "KafkaDown QueueDepthHigh QueueDepthCritical"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.kafka.lost = 3
    world.say("ingestion-service", "ERROR", "Queueing failed: no broker is available", rate=1)
