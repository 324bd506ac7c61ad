"""Queues between the services: how much waits, how fast it goes, how long the oldest has waited; and Kafka itself."""

from kit.model.expr import Binary, Number
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PER_SECOND, SECONDS
from signals.jobs import EXPORTER, SERVICES

KAFKA = "kafka"

size = Gauge(
    "dataflux_queue_size", "queue", help="Items waiting", job=SERVICES, elsewhere=EXPORTER, same_on_replicas=True
)
oldest_age = Gauge(
    "dataflux_queue_oldest_age_seconds",
    "queue",
    help="Age of the oldest waiting item",
    job=EXPORTER,
    same_on_replicas=True,
)
put = Counter("dataflux_queue_enqueued_total", "queue", help="Items put into the queue", job=SERVICES)
taken = Counter("dataflux_queue_dequeued_total", "queue", help="Items taken from the queue", job=SERVICES)
processing_time = Histogram(
    "dataflux_queue_processing_seconds",
    "queue",
    help="Time from taking an item to being done with it",
    job=SERVICES,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
)

lag = Gauge("kafka_consumergroup_lag", "consumergroup topic partition", help="Messages not yet consumed", job=KAFKA)
brokers_known = Gauge("kafka_brokers", help="Brokers of the cluster", job=KAFKA)
# Not sparse, though it comes with the first topic: a consumer makes its own as it starts, Kafka one for what is read.
under_replicated = Gauge(
    "kafka_topic_partition_under_replicated_partition", "topic partition", help="1 where replicas lag", job=KAFKA
)
current_offset = Gauge("kafka_topic_partition_current_offset", "topic partition", help="Newest offset", job=KAFKA)

depth = Signal(
    "queue_depth",
    "Queue depth",
    question="How much waits in each queue?",
    bad="see whether more comes in or less goes out; a consumer that is down or slow is the usual cause.",
    unit=COUNT,
    lines=size.value("max"),
    per="queue",
    # Reindexing puts everything into its queue at once, and nobody waits for it.
    warning=Level(500, above=True, hold="5m", except_={"queue": {"reindex": 25_000}}),
    critical=Level(1000, above=True, hold="5m", except_={"queue": {"reindex": 50_000}}),
    answers=("analysis queue",),
)
oldest = Signal(
    "queue_oldest",
    "Oldest waiting",
    question="How long has the oldest item of each queue waited?",
    bad="a short queue with an old item is stuck on that item: read the consumer's logs.",
    unit=SECONDS,
    lines=oldest_age.value("max"),
    per="queue",
    warning=Level(900, above=True, hold="5m", except_={"queue": {"reindex": None}}),
)
flow = Signal(
    "queue_flow",
    "In and out",
    question="Does as much leave the queue as enters it?",
    bad="in above out for long fills the queue: add consumers or slow the producer.",
    unit=PER_SECOND,
    lines={"in": put.rate(), "out": taken.rate()},
    per="queue",
)
drain = Signal(
    "queue_drain",
    "Time to drain",
    question="When will the queue be empty at today's pace? (No line: it is not shrinking.)",
    bad="no line while there is a backlog means that it grows.",
    nothing="not shrinking",
    unit=SECONDS,
    lines=size.value() / Binary(">", taken.rate() - put.rate(), Number(0)),
    per="queue",
)
processing = Signal(
    "queue_processing",
    "Processing time",
    question="How long does an item take once a worker has it?",
    bad="compare with the analyzers' times and with the size of the assets that come in.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": processing_time.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="queue",
    answers=("analysis queue",),
)
processing_spread = Signal(
    "queue_processing_spread",
    "Spread of processing times",
    question="Are all items slow, or a few?",
    bad="two bands are two kinds of work: split the queue.",
    unit=SECONDS,
    lines=processing_time.heat(),
)

consumer_lag = Signal(
    "kafka_lag",
    "Consumer lag",
    question="How far behind are Kafka's consumers?",
    bad="a lag that grows on one partition is one stuck consumer; on all, too few.",
    unit=COUNT,
    lines=lag.value(),
    per="consumergroup topic",
)
brokers = Signal(
    "kafka_brokers",
    "Kafka brokers",
    question="How many brokers are there?",
    bad="no broker, no queue: uploads pile up in the services.",
    unit=COUNT,
    lines=brokers_known.value("max"),
    per="instance",
    critical=Level(1, above=False, hold="1m"),
)
replication = Signal(
    "kafka_under_replicated",
    "Under-replicated partitions",
    question="Are there partitions whose replicas lag behind?",
    bad="a broker is down or slow; one more failure loses data.",
    unit=COUNT,
    lines=under_replicated.value(),
    per="topic",
    warning=Level(0, above=True, hold="10m"),
)
produced = Signal(
    "kafka_produced",
    "Messages produced",
    question="How much is written to each topic?",
    bad="a topic that fell silent has lost its producer.",
    unit=PER_SECOND,
    lines=current_offset.change("deriv", window="5m"),
    per="topic",
)
