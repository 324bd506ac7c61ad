"""Kafka: what a consumer group has not consumed of a topic, and how old the first of it is."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, TopicPartition

from dataflux_exporter import secret
from dataflux_exporter.errors import Broken, Fails
from dataflux_exporter.run import Read, Run
from dataflux_exporter.samples import Sample, waiting
from dataflux_exporter.units import age

_SILENT = logging.getLogger("dataflux_exporter.kafka")
_OUT_OF_REACH = frozenset(
    {
        KafkaError._TRANSPORT,
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._TIMED_OUT,
        KafkaError._AUTHENTICATION,
        KafkaError._SSL,
        KafkaError._RESOLVE,
    }
)


class Groups:
    """The entries under `groups`; a part is named by its queue."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._password = secret.of(options.get("password"))
        self._entries: dict[str, Mapping[str, Any]] = {one["queue"]: one for one in options["groups"]}
        self.parts = tuple(self._entries)

    @contextmanager
    def open(self, run: Run) -> Iterator[Read]:
        """What every consumer needs; each group gets a consumer of its own, which joins nothing and commits nothing."""
        settings = self._settings(run.reveal(self._password))
        yield lambda part: _read(self._entries[part], settings, run)

    def _settings(self, password: str | None) -> dict[str, Any]:
        options = self._options
        protocol = ("SASL_" if "user" in options else "") + ("SSL" if options.get("tls") else "PLAINTEXT")
        settings = {
            "bootstrap.servers": ",".join(options["brokers"]),
            "client.id": "dataflux-exporter",
            "security.protocol": protocol,
            "ssl.ca.location": options.get("ca_file"),
            "sasl.username": options.get("user"),
            "sasl.password": password,
            "sasl.mechanism": options.get("mechanism", "PLAIN") if "user" in options else None,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "allow.auto.create.topics": False,
            # A partition can end in what no consumer is given: marks of transactions, or holes of a compaction.
            "enable.partition.eof": True,
            # One message a partition is wanted, not a backlog.
            "queued.min.messages": 1,
            "fetch.message.max.bytes": 65_536,
            "logger": _SILENT,
        }
        return {key: value for key, value in settings.items() if value is not None}


def _read(entry: Mapping[str, Any], settings: Mapping[str, Any], run: Run) -> tuple[Sample, ...]:
    heard: list[KafkaError] = []
    consumer = Consumer({**settings, "group.id": entry["group"], "error_cb": heard.append})
    try:
        waits = _waiting(consumer, entry["topic"], run)
        oldest = _first(consumer, waits, run)
    except KafkaException as error:
        told: KafkaError = error.args[0]
        if told.code() in _OUT_OF_REACH:
            consumer.poll(0)
            # What was heard meanwhile says more than that time was up: a refused password, for one.
            why = next((one for one in heard if one.code() != KafkaError._ALL_BROKERS_DOWN), told)
            raise Broken(f"Kafka is out of reach: {why.str()}") from None
        raise Fails(f"Kafka refuses: {told.str()}") from None
    finally:
        consumer.close()
    size = sum(count for _, count in waits)
    return waiting(entry["queue"], size, oldest)


def _waiting(consumer: Consumer, topic: str, run: Run) -> list[tuple[TopicPartition, int]]:
    """Every partition, at the first offset that the group has not consumed, and how many messages follow it."""
    told = consumer.list_topics(topic, timeout=run.left()).topics[topic]
    if told.error is not None:
        raise Fails(f"the topic '{topic}' cannot be read: {told.error.str()}")
    partitions = [TopicPartition(topic, number) for number in told.partitions]
    found = []
    for one in consumer.committed(partitions, timeout=run.left()):
        if one.error is not None:
            raise KafkaException(one.error)
        low, high = consumer.get_watermark_offsets(one, timeout=run.left(), cached=False)
        # A group that never committed, or whose messages were removed meanwhile, begins at the first there is.
        one.offset = max(one.offset, low)
        found.append((one, max(0, high - one.offset)))
    return found


def _first(consumer: Consumer, waits: list[tuple[TopicPartition, int]], run: Run) -> float:
    """Seconds since the oldest of the partitions' first messages was written; 0 where nothing waits."""
    wanted = {one.partition: one for one, count in waits if count}
    oldest = 0.0
    if wanted:
        consumer.assign(list(wanted.values()))
    while wanted:
        message = consumer.poll(min(1.0, run.left()))
        if message is None:
            continue
        error = message.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            raise KafkaException(error)
        if (partition := wanted.pop(message.partition() or 0, None)) is None:
            continue
        consumer.incremental_unassign([partition])
        if error is None:
            oldest = max(oldest, _age(*message.timestamp()))
    return oldest


def _age(kind: int, milliseconds: int) -> float:
    if kind == TIMESTAMP_NOT_AVAILABLE:
        raise Fails("its messages carry no timestamp; set message.timestamp.type on the topic")
    try:
        return age(milliseconds / 1000, time.time())
    except ValueError:
        raise Fails("its oldest message was written in the future; look at the producer's clock") from None
