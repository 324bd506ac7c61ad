"""How much there is to store: what an installation has how many of, and how many series each of them brings.

docs/sizing.md is compiled from this and from the catalogue. `known` says how far a number is to be trusted: "recorded"
was counted in a scrape that lies in tests/exposition/ (a test holds that), "read" in the exporter's own source or
documentation, "assumed" is a round number above what we have seen.
"""

from kit.model.sizing import Own, Quantity, Scraped, Sizing
from signals.jobs import EXPORTER, SERVICES


def _of(words: str, small: int, medium: int, large: int) -> Quantity:
    return Quantity(words, {"small": small, "medium": medium, "large": large})


sizing = Sizing(
    quantities={
        "services": _of("services of DataFlux", 3, 6, 12),
        "serving": _of("replicas that answer requests", 2, 12, 60),
        "workers": _of("replicas that analyse", 1, 8, 60),
        "endpoints": _of("endpoints of a service", 5, 8, 12),
        "statuses": _of("statuses that an endpoint answers with", 5, 6, 7),
        "queues": _of("queues", 3, 8, 24),
        "analyzers": _of("analyzers of a media type", 2, 3, 4),
        "queries": _of("database queries that a service names", 3, 10, 20),
        "stores": _of("stores of a service", 1, 2, 3),
        "nodes": _of("hosts", 1, 10, 50),
        "cpus": _of("CPUs of a host", 4, 16, 32),
        "disks": _of("disks of a host", 1, 2, 4),
        "filesystems": _of("filesystems of a host", 3, 4, 6),
        "interfaces": _of("network interfaces of a host; on Kubernetes each pod brings one", 4, 20, 40),
        "containers": _of("containers", 15, 250, 1_500),
        "pods": _of("pods; none without Kubernetes", 0, 150, 1_000),
        "deployments": _of("deployments of Kubernetes", 0, 30, 150),
        "databases": _of("databases of PostgreSQL", 3, 5, 10),
        "statements": _of("statements of which PostgreSQL tells; its exporter stops at 100", 50, 100, 100),
        "commands": _of("commands of Redis that are in use", 15, 25, 40),
        "topics": _of("topics of Kafka", 3, 10, 40),
        "partitions": _of("partitions of all topics", 9, 60, 600),
        "groups": _of("consumer groups, each reading all topics", 2, 4, 8),
        "buckets": _of("buckets of MinIO", 3, 5, 20),
        "monitoring": _of("replicas of each of Prometheus, Alertmanager, Grafana, Loki", 1, 2, 3),
    },
    labels={
        "service": 1,  # a replica says its own
        "version": 1,
        "endpoint": "endpoints",
        "status": "statuses",
        "queue": "queues",
        "analyzer": "analyzers",
        "query": "queries",
        "store": "stores",
        "media_type": 4,
        "modality": 3,
        "stage": 3,
        "action": 4,
        "cache": 2,
        "result": 3,
        "state": 4,
        "window": 3,
        "collector": 6,
        "mode": 8,
    },
    services="services",
    own=(
        # Python's client adds 16 series of its own, Go's about 45.
        Own(SERVICES, "DataFlux: replicas that answer requests", "serving", 45, lacks=("analyzer",)),
        Own(
            SERVICES,
            "DataFlux: replicas that analyse",
            "workers",
            45,
            lacks=("endpoint", "modality", "cache", "action"),
        ),
        Own(EXPORTER, "dataflux-exporter", 1, 45, labels={"service": "services"}),
    ),
    scraped=(
        Scraped("prometheus", "monitoring", {"monitoring": 650}, "recorded"),
        Scraped("alertmanager", "monitoring", {"monitoring": 600}, "assumed"),
        Scraped("grafana", "monitoring", {"monitoring": 4_000}, "assumed"),
        Scraped("loki", "monitoring", {"monitoring": 3_000}, "assumed"),
        Scraped(
            "node",
            "nodes",
            {
                "nodes": 242,
                "nodes cpus": 13,
                "nodes disks": 18,
                "nodes filesystems": 7,
                "nodes interfaces": 27,
            },
            "recorded",
        ),
        Scraped("cadvisor", "nodes", {"nodes": 150, "containers": 80, "pods": 68}, "read"),
        Scraped(
            "kube-state-metrics",
            1,
            {"pods": 32, "containers": 12, "deployments": 20, "nodes": 45, "": 100},
            "read",
        ),
        Scraped("postgres", 1, {"": 325, "databases": 37, "statements": 6}, "recorded"),
        Scraped("redis", 1, {"": 177, "commands": 7}, "recorded"),
        Scraped(
            "kafka",
            1,
            {"": 60, "topics": 1, "partitions": 7, "groups partitions": 2, "groups topics": 2, "groups": 1},
            "read",
        ),
        Scraped("minio", 1, {"": 600}, "assumed"),
        Scraped("minio-bucket", 1, {"buckets": 120}, "assumed"),
    ),
)  # fmt: skip
