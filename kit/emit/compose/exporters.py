"""What is scraped beside DataFlux's services: the host, its containers, and the exporters of the stores."""

from collections.abc import Iterator

from kit.emit.compose.part import Part, asked, variable
from kit.emit.images import images
from kit.settings import Settings

HOST = "node-exporter"
HOST_PORT = 9100
HOST_PATHS = ("--path.rootfs=/host", "--path.procfs=/host/proc", "--path.sysfs=/host/sys")
# In a network of its own it would count that one's bytes and call them the host's.
NO_NETWORK = ("--no-collector.netdev", "--no-collector.netstat", "--no-collector.sockstat")

# Where Docker keeps its images in containerd (the default from Docker 29 on), cAdvisor asks that one about containers,
# and tells of none where it does not find it (cadvisor 0.60.5, container/docker/factory.go).
ROOTFS = "/rootfs"
CONTAINERD = f"{ROOTFS}/run/containerd/containerd.sock"


def parts(settings: Settings) -> Iterator[Part]:
    """Every exporter that the stack knows."""
    yield _host(settings)
    yield _containers(settings)
    yield _postgres(settings)
    yield _redis(settings)
    yield _kafka(settings)
    yield Part(
        name="dataflux-exporter",
        build="./exporters/dataflux-exporter",
        port=9400,
        user="65532:65532",
        mounts=(
            f"{variable('DATAFLUX_EXPORTER_DIR', './exporters/dataflux-exporter/compose')}:/etc/dataflux-exporter:ro",
            "uploads:/var/lib/dataflux/uploads:ro",
        ),
        writes=("/tmp",),
        megabytes=256,
        cpus=0.5,
        why={"health": "the image brings one: its Dockerfile asks /healthz"},
    )


def _host(settings: Settings) -> Part:
    return Part(
        name=HOST,
        image=images(settings)["node-exporter"],
        command=(*HOST_PATHS, *NO_NETWORK),
        user="65534:65534",
        port=HOST_PORT,
        mounts=("/:/host:ro",),
        health=asked(HOST_PORT, "/"),
        megabytes=128,
        cpus=0.5,
    )


def _containers(settings: Settings) -> Part:
    return Part(
        name="cadvisor",
        image=images(settings)["cadvisor"],
        command=("--docker_only=true", "--housekeeping_interval=15s", f"--containerd={CONTAINERD}"),
        port=8080,
        mounts=(
            f"/:{ROOTFS}:ro",
            "/sys:/sys:ro",
            "/var/lib/docker:/var/lib/docker:ro",
            "/var/run/docker.sock:/var/run/docker.sock:ro",
        ),
        writes=("/tmp",),
        megabytes=512,
        cpus=0.5,
        why={
            "root": "it reads what belongs to every container",
            "capabilities": "it reads what belongs to every container",
            "health": "the image brings one: it asks /healthz",
        },
    )


def _postgres(settings: Settings) -> Part:
    return Part(
        name="postgres-exporter",
        image=images(settings)["postgres-exporter"],
        command=("--collector.stat_statements",),
        environment={
            "DATA_SOURCE_URI": variable("POSTGRES_ADDRESS", "postgres:5432/postgres?sslmode=disable"),
            "DATA_SOURCE_USER": variable("POSTGRES_USER", "postgres"),
            "DATA_SOURCE_PASS": variable("POSTGRES_PASSWORD", "postgres"),
        },
        user="65534:65534",
        port=9187,
        health=asked(9187, "/"),
        megabytes=128,
        cpus=0.5,
    )


def _redis(settings: Settings) -> Part:
    return Part(
        name="redis-exporter",
        image=images(settings)["redis-exporter"],
        environment={
            "REDIS_ADDR": variable("REDIS_ADDRESS", "redis://redis:6379"),
            "REDIS_PASSWORD": variable("REDIS_PASSWORD"),
        },
        user="59000:59000",
        port=9121,
        health=asked(9121, "/health"),
        megabytes=128,
        cpus=0.5,
    )


def _kafka(settings: Settings) -> Part:
    return Part(
        name="kafka-exporter",
        image=images(settings)["kafka-exporter"],
        command=(f"--kafka.server={variable('KAFKA_ADDRESS', 'kafka:9092')}",),
        user="65534:65534",
        port=9308,
        health=asked(9308, "/healthz"),
        megabytes=128,
        cpus=0.5,
    )
