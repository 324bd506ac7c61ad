"""PostgreSQL, Redis, Kafka and MinIO: a scraped exporter is no living store."""

from tests.stories.telling.series import held
from tests.stories.telling.story import Alert, crossing, story

DATABASE = Alert(
    "DatabaseDown", "critical", "database_up", "PostgreSQL does not answer.", ("df-database", "PostgreSQL")
)
CONNECTIONS = Alert(
    "DatabaseConnectionsHigh",
    "warning",
    "database_connections",
    "PostgreSQL runs out of connections.",
    ("df-database", "Connections used"),
)
CACHE = Alert("CacheDown", "critical", "cache_up", "Redis does not answer.", ("df-cache", "Redis"))
CACHE_MEMORY = Alert(
    "CacheMemoryHigh",
    "warning",
    "redis_memory_limit",
    "Redis is near its memory limit.",
    ("df-cache", "Redis memory of limit"),
)
KAFKA = Alert("KafkaDown", "critical", "kafka_brokers", "There is no Kafka broker.", ("df-queues", "Kafka brokers"))
REPLICAS = Alert(
    "KafkaUnderReplicated",
    "warning",
    "kafka_under_replicated",
    "Kafka's replicas lag behind.",
    ("df-queues", "Under-replicated partitions"),
)
NODE = Alert(
    "ObjectStorageNodeDown",
    "critical",
    "minio_nodes",
    "A node of the object storage is down.",
    ("df-storage", "MinIO nodes offline"),
)
DRIVE = Alert(
    "ObjectStorageDriveDown",
    "warning",
    "minio_drives",
    "A drive of the object storage is down.",
    ("df-storage", "MinIO drives offline"),
)
FILL = Alert("StorageFillHigh", "warning", "storage_fill", "A store is nearly full.", ("df-storage", "Storage fill"))

POSTGRES, REDIS, BROKER = ({"instance": instance} for instance in ("p:9187", "r:9121", "k:9308"))
REDIS_USED, REDIS_MAX = (f'redis_memory_{what}_bytes{{instance="r:9121"}}' for what in ("used", "max"))

STORIES = (
    *crossing(
        DATABASE,
        'pg_up{instance="p:9187"}',
        level=1,
        beyond=0,
        hold=1,
        said="The exporter at p:9187 cannot reach PostgreSQL: pg_up is 0, it should be 1.",
        who=POSTGRES,
    ),
    *crossing(
        CONNECTIONS,
        'pg_stat_database_numbackends{instance="p:9187",datname="dataflux"}',
        level=80,
        beyond=80.1,
        hold=5,
        said="80.1% of the connections that p:9187 watches are in use (level 80 %).",
        who=POSTGRES,
        beside={'pg_settings_max_connections{instance="p:9187",server="p:5432"}': 100},
    ),
    *crossing(
        CACHE,
        'redis_up{instance="r:9121"}',
        level=1,
        beyond=0,
        hold=1,
        said="The exporter at r:9121 cannot reach Redis: redis_up is 0, it should be 1.",
        who=REDIS,
    ),
    *crossing(
        CACHE_MEMORY,
        REDIS_USED,
        level=90,
        beyond=90.1,
        hold=15,
        said="Redis behind r:9121 uses 90.1% of the memory that it may use (level 90 %).",
        who=REDIS,
        beside={REDIS_MAX: 100},
    ),
    story(
        "CacheMemoryHigh is quiet about a Redis without a limit",
        {REDIS_USED: held((10**10, 30)), REDIS_MAX: held((0, 30))},
        CACHE_MEMORY.quiet("15m", "29m"),
    ),
    *crossing(
        KAFKA,
        'kafka_brokers{instance="k:9308"}',
        level=1,
        beyond=0,
        hold=1,
        said="k:9308 sees 0 brokers, it should be 1 or more.",
        who=BROKER,
    ),
    *crossing(
        REPLICAS,
        'kafka_topic_partition_under_replicated_partition{topic="t",partition="0"}',
        level=0,
        beyond=1,
        hold=10,
        said="1 partitions of t lack replicas (level 0).",
        who={"topic": "t"},
    ),
    *crossing(
        NODE,
        'minio_cluster_nodes_offline_total{server="m:9000"}',
        level=0,
        beyond=1,
        hold=2,
        said="1 MinIO nodes of dataflux are offline (level 0).",
        who={},
    ),
    *crossing(
        DRIVE,
        'minio_cluster_drive_offline_total{server="m:9000"}',
        level=0,
        beyond=1,
        hold=5,
        said="1 MinIO drives of dataflux are offline (level 0).",
        who={},
    ),
    *crossing(
        FILL,
        'dataflux_storage_used_bytes{service="ingestion-service",store="media"}',
        level=80,
        beyond=80.1,
        hold=15,
        said="ingestion-service has filled 80.1% of its store media (level 80 %).",
        who={"service": "ingestion-service", "store": "media"},
        beside={'dataflux_storage_capacity_bytes{service="ingestion-service",store="media"}': 100},
    ),
)
