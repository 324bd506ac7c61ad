"""The configurations of overlays/mimir: Mimir's own, and what it changes of Prometheus's, Grafana's and Loki's.

https://grafana.com/docs/mimir/latest/configure/configuration-parameters/ and
https://grafana.com/docs/loki/latest/configure/
"""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from kit.emit import datasources, prometheus_config
from kit.emit.compose.part import OURS
from kit.emit.k8s import discovery
from kit.emit.k8s.discovery import Running
from kit.emit.k8s.mimir_rules import rules
from kit.emit.k8s.objects import peers
from kit.emit.k8s.stack import Stack
from kit.emit.model import Product
from kit.settings import Job, Settings

Json = dict[str, Any]
NAME = "mimir"
PORT, GRPC_PORT, GOSSIP_PORT = 8080, 9095, 7946
REPLICAS = 3
DATA = "/data"
RULES = f"{OURS}/{NAME}/rules"
# Whose rules and series they are where nobody says who asks (multitenancy_enabled).
TENANT = "anonymous"
# What both stores are told of the objects' store; the last two come from a Secret.
STORE = {
    "endpoint": "${S3_ENDPOINT}",
    "region": "${S3_REGION}",
    "insecure": "${S3_INSECURE}",
    "access_key_id": "${S3_ACCESS_KEY_ID}",
    "secret_access_key": "${S3_SECRET_ACCESS_KEY}",
}
# Of Loki's index; never changed, for what was written under it would not be found any more.
_PERIOD = {
    "from": "2024-01-01",
    "store": "tsdb",
    "object_store": "s3",
    "schema": "v13",
    "index": {"prefix": "index_", "period": "24h"},
}
# How long.
_SAMPLES_KEPT, _LINES_KEPT = "1y", "744h"


def configs(product: Product, stack: Stack) -> Mapping[str, Json]:
    """File in config/ → what stands in it."""
    return {
        "mimir.yml": mimir(product.settings),
        "prometheus.yml": prometheus(product.settings, stack),
        "datasource.yml": datasource(product.settings),
        "loki.yml": loki(stack),
        "rules.yml": rules(product.settings),
    }


def mimir(settings: Settings) -> Json:
    """All of Mimir in one process, which is there three times."""
    return {
        "multitenancy_enabled": False,
        "server": {"http_listen_port": PORT, "grpc_listen_port": GRPC_PORT, "log_level": "warn"},
        "memberlist": {"bind_port": GOSSIP_PORT, "join_members": [f"dns+{peers(NAME)}:{GOSSIP_PORT}"]},
        "common": {"storage": {"backend": "s3", "s3": dict(STORE)}},
        "blocks_storage": {
            "s3": {"bucket_name": "${MIMIR_BUCKET}"},
            "tsdb": {"dir": f"{DATA}/tsdb"},
            "bucket_store": {"sync_dir": f"{DATA}/tsdb-sync"},
        },
        "compactor": {"data_dir": f"{DATA}/compactor"},
        # Of two Prometheus that see the same, one is believed at a time.
        "distributor": {"ha_tracker": {"enable_ha_tracker": True, "kvstore": {"store": "memberlist"}}},
        "ingester": {"ring": {"replication_factor": REPLICAS}},
        "store_gateway": {"sharding_ring": {"replication_factor": REPLICAS}},
        # It looks for changed files each minute.
        "ruler": {
            "rule_path": f"{DATA}/ruler",
            "evaluation_interval": settings.rule_interval,
            "poll_interval": "1m",
        },
        "ruler_storage": {"backend": "local", "local": {"directory": RULES}},
        "limits": _limits(),
        "activity_tracker": {"filepath": f"{DATA}/activity.log"},
        "usage_stats": {"enabled": False},
    }


def _limits() -> Json:
    """By what two Prometheus are told apart, how long samples are kept, and none of what is meant for strangers: 0."""
    return {
        "accept_ha_samples": True,
        "ha_cluster_label": "cluster",
        "ha_replica_label": discovery.REPLICA,
        "max_global_series_per_user": 0,
        "ingestion_rate": 1_000_000,
        "ingestion_burst_size": 2_000_000,
        "ruler_max_rules_per_rule_group": 0,
        "compactor_blocks_retention_period": _SAMPLES_KEPT,
    }


def prometheus(settings: Settings, stack: Stack) -> Json:
    """As an agent: it finds, scrapes and sends on. It may name no rules and no Alertmanager.

    Every series carries both labels by which Mimir tells replicas apart, also those that no target gives.
    """
    whole = discovery.config(_watching(settings), _with_mimir(stack.scraped()))
    labels = {**prometheus_config.place(settings), **whole["global"]["external_labels"]}
    return {
        "global": {"scrape_interval": settings.scrape_interval, "external_labels": labels},
        "scrape_configs": whole["scrape_configs"],
        "remote_write": [{"url": f"http://{NAME}:{PORT}/api/v1/push"}],
    }


def _watching(settings: Settings) -> Settings:
    """Mimir is a job like any other: ExporterDown tells when one of it does not answer."""
    rest = (job for job in settings.jobs if job.name != NAME)
    return evolve(settings, jobs=(*rest, Job(NAME, (f"{NAME}:{PORT}",))))


def _with_mimir(running: Running) -> Running:
    return evolve(running, ports={**running.ports, NAME: PORT})


def datasource(settings: Settings) -> Json:
    """The data source of Prometheus, which Mimir answers in its place: uid and all else stay."""
    return datasources.prometheus(evolve(settings, prometheus_url=f"http://{NAME}:{PORT}/prometheus"))


def loki(stack: Stack) -> Json:
    """Loki as it is on one disk, three times, with its lines and its index in the objects' store."""
    return {
        "auth_enabled": False,
        "server": {"http_listen_port": stack.loki.port, "log_level": "warn"},
        "common": {
            "path_prefix": "/loki",
            "replication_factor": REPLICAS,
            "ring": {"kvstore": {"store": "memberlist"}},
            "storage": {"s3": {**STORE, "bucketnames": "${LOKI_BUCKET}", "s3forcepathstyle": True}},
        },
        "memberlist": {"bind_port": GOSSIP_PORT, "join_members": [f"{peers(stack.loki.name)}:{GOSSIP_PORT}"]},
        "schema_config": {"configs": [dict(_PERIOD)]},
        "compactor": {
            "working_directory": "/loki/compactor",
            "retention_enabled": True,
            "delete_request_store": "s3",
        },
        "limits_config": {"retention_period": _LINES_KEPT},
        "analytics": {"reporting_enabled": False},
    }
