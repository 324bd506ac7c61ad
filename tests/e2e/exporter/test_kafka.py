"""Lag and age from a Kafka broker (librdkafka's own, which speaks the protocol)."""

import time

import pytest

SIZE = "dataflux_queue_size"
OLDEST = "dataflux_queue_oldest_age_seconds"
SUCCESS = "dataflux_exporter_collector_success"


@pytest.fixture
def broker():
    """`(address, producer)` of a cluster that lives as long as the producer."""
    kafka = pytest.importorskip("confluent_kafka")
    producer = kafka.Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 2})
    [found] = producer.list_topics(timeout=30).brokers.values()
    yield f"{found.host}:{found.port}", producer


def commit(address, group, topic, offset, partition=0):
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": address, "group.id": group, "enable.auto.commit": False})
    consumer.commit(offsets=[TopicPartition(topic, partition, offset)], asynchronous=False)
    consumer.close()


def test_lag_and_age(exporter, broker, brief):
    address, producer = broker
    now = int(time.time() * 1000)
    for age in (7000, 6000, 5000, 4000, 3000):
        producer.produce("analysis", b"x", timestamp=now - age * 1000, partition=0)
    assert producer.flush(30) == 0
    commit(address, "slow", "analysis", 2)
    commit(address, "done", "analysis", 5)
    groups = [{"group": name, "topic": "analysis", "queue": name} for name in ("slow", "done", "never")]
    collectors = {
        "kafka": {"type": "kafka", "brokers": [address], "groups": groups},
        "gone": {
            "type": "kafka",
            "brokers": ["127.0.0.1:1"],
            "groups": [{"group": "g", "topic": "t", "queue": "gone"}],
            **brief,
        },
    }
    with exporter(collectors) as it:
        found = it.until_value(1, SUCCESS, "kafka")
        assert (found[SIZE, "slow"], found[SIZE, "done"]) == (3, 0)
        assert 5000 <= found[OLDEST, "slow"] < 5300 and found[OLDEST, "done"] == 0
        assert found[SIZE, "never"] == 5 and 7000 <= found[OLDEST, "never"] < 7300
        it.until_said("gone: ")
        found = it.until_value(0, SUCCESS, "gone")
        assert (SIZE, "gone") not in found
        assert all(line.startswith("{") for line in it.log.splitlines()), "librdkafka does not write into the log"
