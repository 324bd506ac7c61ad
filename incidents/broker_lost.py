"""Broker lost: one of three Kafka brokers is gone, and replicas lag behind."""

from simulator.world import World

lasts = "20m"
shows = "kafka_brokers kafka_under_replicated"
alerts = "KafkaUnderReplicated"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.kafka.lost = 1
