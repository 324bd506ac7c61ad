"""The images of the stack, each with its version: the one place in which they are written.

The exporters' are those whose metrics lie in tests/exposition/ or newer ones, Grafana's follows `settings.py`.
"""

from collections.abc import Mapping

from kit.settings import Settings

_ELASTIC = "9.5.6"
_PINNED = {
    # 3.13 is a release with long-term support.
    "prometheus": "prom/prometheus:v3.13.2",
    "alertmanager": "prom/alertmanager:v0.35.0",
    "loki": "grafana/loki:3.7.8",
    "alloy": "grafana/alloy:v1.18.1",
    "node-exporter": "prom/node-exporter:v1.12.1",
    # Since 0.53 it is published there only.
    "cadvisor": "ghcr.io/google/cadvisor:v0.60.5",
    "postgres-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.20.1",
    # The plain image has nothing in it to ask for its health with.
    "redis-exporter": "oliver006/redis_exporter:v1.91.1-alpine",
    "kafka-exporter": "danielqsj/kafka-exporter:v1.9.0",
    # All three are of one version.
    "elasticsearch": f"docker.elastic.co/elasticsearch/elasticsearch:{_ELASTIC}",
    "logstash": f"docker.elastic.co/logstash/logstash:{_ELASTIC}",
    "kibana": f"docker.elastic.co/kibana/kibana:{_ELASTIC}",
    # On Kubernetes; and what is built here, under the name that a cluster is told to find it by.
    "kube-state-metrics": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0",
    "dataflux-exporter": "dataflux-exporter:0.1.0",
    # Where one Prometheus is not enough.
    "mimir": "grafana/mimir:3.1.4",
    # For trying things only.
    "mail": "axllent/mailpit:v1.33.1",
    "postgres": "postgres:17.6-alpine",
    "redis": "redis:8.2.1-alpine",
    "kafka": "apache/kafka:4.1.0",
    # The last one that was published as an image.
    "minio": "minio/minio:RELEASE.2025-09-07T16-13-09Z",
}


def images(settings: Settings) -> Mapping[str, str]:
    """What it is for → image with its version."""
    return {**_PINNED, "grafana": f"grafana/grafana:{settings.grafana_version}"}
