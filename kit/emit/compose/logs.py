"""Other ways for log lines: the profiles `fluentd` (in Alloy's place before Loki) and `elk` (Elasticsearch and Kibana).

Alloy hands them the lines that LOGS says; nothing of DataFlux's own containers changes. Elasticsearch has no login, as
Loki has none: both listen on loopback, and to the stack's own network.
"""

from collections.abc import Iterator, Mapping

from kit.emit.compose.part import OURS, Part, variable
from kit.emit.images import images
from kit.settings import Settings

ELK, FLUENTD = "elk", "fluentd"
ELASTICSEARCH, KIBANA, LOADER = "elasticsearch", "kibana", "elk-setup"
ELASTICSEARCH_URL, KIBANA_URL = f"http://{ELASTICSEARCH}:9200", f"http://{KIBANA}:5601"
# Where both listen to syslog.
_HEARS = 5140
_CURL = ("curl", "--silent", "--fail", "--output", "/dev/null")


def parts(settings: Settings) -> Iterator[Part]:
    """Everything of both profiles."""
    yield _fluentd(settings)
    yield _elasticsearch(settings)
    yield _loader(settings)
    yield _logstash(settings)
    yield _kibana(settings)


def _named(settings: Settings) -> Mapping[str, str]:
    """What is said of every line beside what it says itself, and where it goes."""
    return {
        "CLUSTER": settings.cluster,
        "ENVIRONMENT": settings.environment,
        "ELASTICSEARCH_URL": ELASTICSEARCH_URL,
    }


def _fluentd(settings: Settings) -> Part:
    return Part(
        name="fluentd",
        build="./exporters/logs/fluentd",
        command=("fluentd", f"--config={OURS}/fluentd/fluent.conf"),
        environment={
            **_named(settings),
            "LOKI_URL": settings.loki_url,
            "FLUENTD_TO": variable("FLUENTD_TO", "loki"),
        },
        user="65532:65532",
        mounts=(f"./exporters/logs/fluentd:{OURS}/fluentd:ro", "fluentd_data:/var/lib/fluentd"),
        writes=("/tmp",),
        # The image has neither wget nor curl, but it has Ruby.
        health=("ruby", "-rsocket", "-e", f"TCPSocket.new('127.0.0.1', {_HEARS}).close"),
        megabytes=512,
        cpus=0.5,
        profile=FLUENTD,
    )


def _elasticsearch(settings: Settings) -> Part:
    return Part(
        name=ELASTICSEARCH,
        image=images(settings)["elasticsearch"],
        environment={
            "discovery.type": "single-node",
            "xpack.security.enabled": "false",
            "xpack.ml.enabled": "false",
            # It would fetch a database of addresses at its start.
            "ingest.geoip.downloader.enabled": "false",
            # The host's vm.max_map_count may stay what it is.
            "node.store.allow_mmap": "false",
            # A line that comes before its template would make an index of another kind; the template allows it.
            "action.auto_create_index": "-logs-dataflux-*,+*",
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        },
        user="1000:0",
        port=9200,
        listen="ELASTICSEARCH_LISTEN",
        mounts=("elasticsearch_data:/usr/share/elasticsearch/data",),
        health=(*_CURL, "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=1s"),
        patience="2m",
        megabytes=1536,
        cpus=2,
        profile=ELK,
        why={"writes": "it makes a keystore in its configuration when it starts, and writes logs beside it"},
    )


def _loader(settings: Settings) -> Part:
    return Part(
        name=LOADER,
        # Its bash and its curl.
        image=images(settings)["elasticsearch"],
        command=("bash", f"{OURS}/elasticsearch/load.sh"),
        environment={"ELASTICSEARCH_URL": ELASTICSEARCH_URL, "KIBANA_URL": KIBANA_URL},
        user="1000:0",
        mounts=(
            f"./exporters/logs/elasticsearch:{OURS}/elasticsearch:ro",
            f"./exporters/logs/kibana:{OURS}/kibana:ro",
        ),
        writes=("/tmp",),
        restart="on-failure",
        megabytes=128,
        cpus=0.5,
        profile=ELK,
        why={"health": "it ends when all is loaded, and is started again until then"},
    )


def _logstash(settings: Settings) -> Part:
    return Part(
        name="logstash",
        image=images(settings)["logstash"],
        command=("-f", f"{OURS}/logstash/dataflux.conf"),
        environment={
            **_named(settings),
            # What is not sent yet lies on its volume.
            "QUEUE_TYPE": "persisted",
            "QUEUE_MAX_BYTES": "512mb",
            "API_HTTP_HOST": "127.0.0.1",
            "LS_JAVA_OPTS": "-Xms384m -Xmx384m",
        },
        user="1000:1000",
        after={LOADER: "service_completed_successfully"},
        mounts=(f"./exporters/logs/logstash:{OURS}/logstash:ro", "logstash_data:/usr/share/logstash/data"),
        health=(*_CURL, "http://127.0.0.1:9600/"),
        patience="3m",
        megabytes=1024,
        cpus=1,
        profile=ELK,
        why={"writes": "the image writes its settings when it starts"},
    )


def _kibana(settings: Settings) -> Part:
    return Part(
        name=KIBANA,
        image=images(settings)["kibana"],
        environment={
            "ELASTICSEARCH_HOSTS": ELASTICSEARCH_URL,
            "TELEMETRY_OPTIN": "false",
            "NEWSFEED_ENABLED": "false",
        },
        user="1000:0",
        port=5601,
        listen="KIBANA_LISTEN",
        writes=("/tmp", "/usr/share/kibana/data"),
        health=(*_CURL, "http://127.0.0.1:5601/api/status"),
        patience="3m",
        megabytes=1536,
        cpus=1,
        profile=ELK,
    )
