"""The profile `demo`: DataFlux's services played, its stores for real but empty, and a mail server that keeps all mail.

For trying things: the stores keep little, and their logins are known.
"""

import re
from collections.abc import Iterator

from kit.emit.compose.part import Part, asked, variable
from kit.emit.images import images
from kit.settings import Settings

PROFILE = "demo"
MAIL = "mail"
_PLAIN = re.compile(r"[\w-]+:\d+")


def parts(settings: Settings) -> Iterator[Part]:
    """A container for each service that is scraped, the stores that the exporters ask, and the mail server."""
    # A service at an address, or in somebody's domain, is none that could be played here.
    yield from (_played(address) for address in settings.services if _PLAIN.fullmatch(address))
    yield _postgres(settings)
    yield _redis(settings)
    yield _kafka(settings)
    yield _minio(settings)
    if settings.smtp == f"{MAIL}:1025":
        yield _mail(settings)


def _played(address: str) -> Part:
    name, _, port = address.rpartition(":")
    answers = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
    return Part(
        name=name,
        build={"context": "..", "dockerfile": "simulator/Dockerfile"},
        command=(address, f"--incident={variable('DEMO_INCIDENT')}"),
        user="65532:65532",
        port=int(port),
        writes=("/tmp",),
        # An incident may have it answer nothing but errors: it is well all the same.
        health=("python", "-c", answers),
        patience="2m",
        megabytes=384,
        cpus=0.5,
        profile=PROFILE,
    )


def _postgres(settings: Settings) -> Part:
    return Part(
        name="postgres",
        image=images(settings)["postgres"],
        command=("postgres", "-c", "shared_preload_libraries=pg_stat_statements"),
        environment={"POSTGRES_PASSWORD": variable("POSTGRES_PASSWORD", "postgres")},
        user="70:70",
        mounts=(
            "./exporters/postgres-exporter:/docker-entrypoint-initdb.d:ro",
            "postgres_data:/var/lib/postgresql/data",
        ),
        writes=("/tmp", "/var/run/postgresql"),
        health=("pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"),
        megabytes=512,
        cpus=1,
        profile=PROFILE,
    )


def _redis(settings: Settings) -> Part:
    return Part(
        name="redis",
        image=images(settings)["redis"],
        command=("redis-server", "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"),
        user="999:1000",
        writes=("/data",),
        health=("redis-cli", "ping"),
        megabytes=128,
        cpus=0.5,
        profile=PROFILE,
    )


def _kafka(settings: Settings) -> Part:
    return Part(
        name="kafka",
        image=images(settings)["kafka"],
        environment={
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            # There is one broker.
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_HEAP_OPTS": "-Xms256m -Xmx256m",
        },
        user="1000:1000",
        # Its own tools take a second of Java each time.
        health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9092"),
        patience="2m",
        megabytes=768,
        cpus=1,
        profile=PROFILE,
        why={"writes": "the image writes its configuration when it starts"},
    )


def _minio(settings: Settings) -> Part:
    return Part(
        name="minio",
        image=images(settings)["minio"],
        command=("server", "/data"),
        environment={
            "MINIO_ROOT_USER": variable("MINIO_USER", "minioadmin"),
            "MINIO_ROOT_PASSWORD": variable("MINIO_PASSWORD", "minioadmin"),
            # Its metrics without a token, as settings.py scrapes them.
            "MINIO_PROMETHEUS_AUTH_TYPE": "public",
        },
        port=9000,
        mounts=("minio_data:/data",),
        health=("mc", "ready", "local"),
        megabytes=512,
        cpus=1,
        profile=PROFILE,
        why={
            "root": "a new volume belongs to root",
            "writes": "it keeps certificates and settings in root's home",
        },
    )


def _mail(settings: Settings) -> Part:
    return Part(
        name=MAIL,
        image=images(settings)["mail"],
        user="65534:65534",
        port=8025,
        listen="MAIL_LISTEN",
        writes=("/tmp",),
        health=asked(8025, "/readyz"),
        megabytes=128,
        cpus=0.5,
        profile=PROFILE,
    )
