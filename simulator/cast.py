"""Who plays: services with their endpoints, queues, analyzers, stores, hosts and containers. Facts only."""

from dataclasses import dataclass

GIB = 2.0**30
MIB = 2.0**20

INGESTION, QUERY, ANALYSIS = "ingestion-service", "query-service", "analysis-service"


@dataclass(frozen=True)
class Endpoint:
    """A route. `peak`: requests per second in the busiest hour; `median`: seconds; `shape`: the greater, the narrower.

    `media` is the type of the asset that an upload brings.
    """

    service: str
    path: str
    peak: float
    median: float
    shape: float = 2.2
    media: str = ""


ENDPOINTS = (
    Endpoint(INGESTION, "/upload", 2.5, 0.16, 2.8, media="document"),
    Endpoint(INGESTION, "/upload/image", 4.0, 0.12, 2.8, media="image"),
    Endpoint(INGESTION, "/upload/audio", 1.2, 0.2, 2.6, media="audio"),
    Endpoint(INGESTION, "/upload/video", 0.3, 5.5, 4.5, media="video"),
    Endpoint(INGESTION, "/assets/{id}", 6.0, 0.03),
    Endpoint(QUERY, "/search", 14.0, 0.09),
    Endpoint(QUERY, "/search/image", 2.0, 0.2, 2.6),
    Endpoint(QUERY, "/search/audio", 0.8, 0.2, 2.6),
    Endpoint(QUERY, "/suggest", 9.0, 0.02),
    Endpoint(QUERY, "/assets/{id}/similar", 1.5, 0.14),
)
# Endpoint → what is searched with.
MODALITIES = {"/search": "text", "/search/image": "image", "/search/audio": "audio"}
# Media type → mean size of an asset in bytes, share that is a duplicate.
MEDIA = {
    "video": (160 * MIB, 0.02),
    "audio": (8 * MIB, 0.03),
    "image": (3 * MIB, 0.06),
    "document": (1 * MIB, 0.04),
}
# (analyzer, media type) → median seconds.
ANALYZERS = {
    ("speech", "audio"): 6.0,
    ("speech", "video"): 14.0,
    ("scenes", "video"): 22.0,
    ("objects", "image"): 0.9,
    ("faces", "image"): 0.6,
    ("text", "document"): 1.6,
}
# Stage → the service that does it, median seconds.
STAGES = {
    "validate": (INGESTION, 0.15),
    "store": (INGESTION, 0.4),
    "extract": (ANALYSIS, 1.2),
    "analyze": (ANALYSIS, 3.5),
    "index": (ANALYSIS, 0.3),
}


@dataclass(frozen=True)
class Queue:
    """`consumer` takes from it; `median` seconds an item; `room`: times the busiest hour's intake that it can take."""

    name: str
    producer: str
    consumer: str
    median: float
    room: float = 1.8


QUEUES = (
    Queue("analysis", INGESTION, ANALYSIS, 3.5),
    Queue("thumbnails", INGESTION, ANALYSIS, 0.5),
    Queue("reindex", QUERY, ANALYSIS, 0.3),
)
# (service, short name of a query in its code) → queries for each request or item, median seconds.
DATABASE_QUERIES = {
    (INGESTION, "find_duplicate"): (0.6, 0.004),
    (INGESTION, "insert_asset"): (0.6, 0.006),
    (QUERY, "load_assets"): (1.2, 0.008),
    (QUERY, "search_text"): (0.5, 0.022),
    (ANALYSIS, "save_result"): (2.0, 0.005),
}
# (service, cache) → look-ups for each request, share that hits.
CACHES = {(QUERY, "results"): (0.9, 0.82), (QUERY, "embeddings"): (0.4, 0.64), (INGESTION, "checksums"): (0.5, 0.31)}
# Service → store → bytes at the beginning, capacity.
STORES = {
    (INGESTION, "assets"): (1.9e12, 4.0e12),
    (ANALYSIS, "results"): (2.1e11, 6.0e11),
    (QUERY, "index"): (8.5e10, 2.0e11),
}
# Bytes of MinIO, and of its bucket that belongs to no store.
OBJECT_BYTES, MODEL_BYTES = 4.6e12, 3.2e10
# PostgreSQL: what it holds at the beginning in bytes, the connections that it takes.
DATABASE_BYTES, CONNECTIONS = 5.2e10, 200
BROKERS = 3
# The share of look-ups that Redis answers on an ordinary day.
HIT_RATE = 0.9
LOG_LINE_BYTES = 310.0


@dataclass(frozen=True)
class Host:
    """`mounts`: mount point → device, bytes, share that is used at the beginning. `kubernetes`: a node of it."""

    name: str
    cpus: int
    memory: float
    mounts: dict[str, tuple[str, float, float]]
    kubernetes: bool


NODE_1, NODE_2, COMPOSE = "node-1", "node-2", "compose-1"
HOSTS = (
    Host(NODE_1, 4, 32 * GIB, {"/": ("/dev/sda1", 2.1e11, 0.41)}, True),
    Host(NODE_2, 4, 32 * GIB, {"/": ("/dev/sda1", 2.1e11, 0.37)}, True),
    Host(
        COMPOSE,
        8,
        64 * GIB,
        {"/": ("/dev/sda1", 2.1e11, 0.46), "/data": ("/dev/sdb1", 2.0e12, 0.58), "/backup": ("/dev/sdc1", 4e12, 0.88)},
        False,
    ),
)


@dataclass(frozen=True)
class Container:
    """`cpu`: cores when idle, `memory`: bytes, `limit`: bytes (0 is none), `cores`: CPU limit (0 is none)."""

    service: str
    host: str
    cpu: float
    memory: float
    limit: float = 0.0
    cores: float = 0.0
    namespace: str = "dataflux"


CONTAINERS = (
    Container(INGESTION, NODE_1, 0.1, 380 * MIB, 1 * GIB, 2),
    Container(QUERY, NODE_1, 0.1, 520 * MIB, 1.5 * GIB, 2),
    Container(ANALYSIS, NODE_1, 0.2, 1.6 * GIB, 4 * GIB, 4),
    Container("kube-state-metrics", NODE_2, 0.02, 60 * MIB, 256 * MIB, 0, "monitoring"),
    Container("gateway", NODE_2, 0.08, 120 * MIB, 512 * MIB, 1),
    Container(INGESTION, COMPOSE, 0.1, 380 * MIB, 1 * GIB, 2),
    Container(QUERY, COMPOSE, 0.1, 520 * MIB, 1.5 * GIB, 2),
    Container(ANALYSIS, COMPOSE, 0.2, 1.6 * GIB, 4 * GIB, 4),
    Container("postgres", COMPOSE, 0.2, 6 * GIB, 12 * GIB),
    Container("redis", COMPOSE, 0.1, 1.4 * GIB, 3 * GIB),
    Container("kafka", COMPOSE, 0.3, 3 * GIB),
    Container("minio", COMPOSE, 0.2, 2 * GIB),
    Container("prometheus", COMPOSE, 0.1, 900 * MIB, 4 * GIB),
    Container("grafana", COMPOSE, 0.05, 220 * MIB, 1 * GIB),
    Container("loki", COMPOSE, 0.1, 600 * MIB, 2 * GIB),
)

# Where each replica of a service runs: its first in Kubernetes, its second in Compose.
REPLICAS = {
    INGESTION: (("ingestion-service:8001", NODE_1), ("ingestion-service:8011", COMPOSE)),
    QUERY: (("query-service:8002", NODE_1), ("query-service:8012", COMPOSE)),
    ANALYSIS: (("analysis-service:8003", NODE_1), ("analysis-service:8013", COMPOSE)),
}
SERVICES = tuple(REPLICAS)
ADDRESSES = tuple(address for replicas in REPLICAS.values() for address, _ in replicas)

# Job → the addresses that are played. Another job of the installation is left out of the play.
EXPORTERS = {
    "prometheus": ("prometheus:9090",),
    "alertmanager": ("alertmanager:9093",),
    "grafana": ("grafana:3000",),
    "loki": ("loki:3100",),
    "node": tuple(f"{host.name}:9100" for host in HOSTS),
    "cadvisor": tuple(f"{host.name}:8080" for host in HOSTS),
    "kube-state-metrics": ("kube-state-metrics:8080",),
    "postgres": ("postgres-exporter:9187",),
    "redis": ("redis-exporter:9121",),
    "kafka": ("kafka-exporter:9308",),
    "minio": ("minio:9000",),
    "minio-bucket": ("minio:9000",),
    "dataflux-exporter": ("dataflux-exporter:9400",),
}
