"""What wakes people about PostgreSQL, Redis, Kafka and MinIO: a scraped exporter is no living store."""

from kit.model.alert import critical, warning
from signals import cache, database, queue, storage

DatabaseDown = critical(
    database.up,
    summary="PostgreSQL does not answer.",
    description="The exporter at {instance} cannot reach PostgreSQL: pg_up is {value}, it should be {level}.",
)
DatabaseConnectionsHigh = warning(
    database.connections,
    summary="PostgreSQL runs out of connections.",
    description="{value} of the connections that {instance} watches are in use (level {level}).",
)
CacheDown = critical(
    cache.up,
    summary="Redis does not answer.",
    description="The exporter at {instance} cannot reach Redis: redis_up is {value}, it should be {level}.",
)
CacheMemoryHigh = warning(
    cache.memory_share,
    summary="Redis is near its memory limit.",
    description="Redis behind {instance} uses {value} of the memory that it may use (level {level}).",
)
KafkaDown = critical(
    queue.brokers,
    summary="There is no Kafka broker.",
    description="{instance} sees {value} brokers, it should be {level} or more.",
)
KafkaUnderReplicated = warning(
    queue.replication,
    summary="Kafka's replicas lag behind.",
    description="{value} partitions of {topic} lack replicas (level {level}).",
)
ObjectStorageNodeDown = critical(
    storage.nodes,
    summary="A node of the object storage is down.",
    description="Nodes of {cluster}'s MinIO that are offline, or do not answer: {value} (level {level}).",
)
ObjectStorageDriveDown = warning(
    storage.drives,
    summary="A drive of the object storage is down.",
    description="{value} MinIO drives of {cluster} are offline (level {level}).",
)
StorageFillHigh = warning(
    storage.fill,
    summary="A store is nearly full.",
    description="{service} has filled {value} of its store {store} (level {level}).",
)
