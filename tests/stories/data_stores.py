"""PostgreSQL, Redis, Kafka and MinIO: a scraped exporter is no living store."""

from tests.stories.monitoring_missing import ELSEWHERE, up
from tests.stories.telling.series import GONE, held, then
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

OFFLINE = 'minio_cluster_nodes_offline_total{server="m:9000"}'
NODES = "Nodes of dataflux's MinIO that are offline, or do not answer: "
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
    # PostgreSQL counts what belongs to no database, and so has no name, as well.
    story(
        "DatabaseConnectionsHigh is quiet about what is connected to no database",
        {
            'pg_stat_database_numbackends{instance="p:9187",datname="dataflux"}': held((60, 30)),
            'pg_stat_database_numbackends{instance="p:9187",datname=""}': held((30, 30)),
            'pg_settings_max_connections{instance="p:9187",server="p:5432"}': held((100, 30)),
        },
        CONNECTIONS.quiet("5m", "29m"),
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
        OFFLINE,
        level=0,
        beyond=1,
        hold=2,
        said=f"{NODES}1 (level 0).",
        who={},
    ),
    story(
        "ObjectStorageNodeDown fires 2 min after the only node does not answer, and recovers when it is back",
        {
            **up("minio", held((1, 10), (0, 10), (1, 10)), "m:9000"),
            OFFLINE: then(held((0, 10)), GONE, held(("_", 9.75), (0, 10))),
        },
        NODE.quiet("9m", "11m45s", "20m", "29m"),
        NODE.fires("12m", "19m45s", said=f"{NODES}1 (level 0)."),
    ),
    story(
        "ObjectStorageNodeDown counts the nodes of which none answers",
        {**up("minio", held((0, 30)), "m:9000"), **up("minio", held((0, 30)), "m2:9000")},
        NODE.quiet("1m45s"),
        NODE.fires("2m", "29m", said=f"{NODES}2 (level 0)."),
    ),
    # A node answers though it is started anew: what the others say of it counts.
    story(
        "ObjectStorageNodeDown believes a node that answers, whichever others do not",
        {
            **up("minio", held((1, 30)), "m:9000"),
            **up("minio", held((0, 30)), "m2:9000"),
            OFFLINE: held((0, 30)),
        },
        NODE.quiet("2m", "29m"),
    ),
    story(
        "ObjectStorageNodeDown is quiet about a MinIO that answers and does not say how many nodes are offline",
        up("minio", held((1, 30)), "m:9000"),
        NODE.quiet("2m", "29m"),
    ),
    story(
        "ObjectStorageNodeDown is quiet about the buckets' metrics, and about other exporters",
        {**up("minio-bucket", held((0, 30)), "m:9000"), **up("node", held((0, 30)))},
        NODE.quiet("2m", "29m"),
    ),
    # The nodes of one cluster say nothing of another's.
    story(
        "ObjectStorageNodeDown fires though the MinIO of another cluster answers",
        {
            **up("minio", held((0, 30)), "m:9000"),
            **up("minio", held((1, 30)), "m:9000", where=ELSEWHERE),
            OFFLINE.replace("}", f"{ELSEWHERE}}}"): held((0, 30)),
        },
        NODE.quiet("1m45s"),
        NODE.fires("2m", "29m", said=f"{NODES}1 (level 0)."),
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
