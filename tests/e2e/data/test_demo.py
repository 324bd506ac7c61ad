"""The demo: its targets, its past, one value of $service, and incidents on demand."""

import json
import re
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from simulator import cast
from tests.e2e.data.conftest import waiting

ORDINARY = sorted(set(cast.SERVICES))


def test_every_target_is_up_but_the_one_that_is_played_as_lost(demo):
    def settled():
        found = demo.targets()
        return found if "unknown" not in found.values() else None

    found = waiting(settled)
    assert {instance for (_, instance), health in found.items() if health != "up"} == {"ingestion-service:8011"}
    assert {"real-host:9100", "real-postgres:9187", "real-redis:9121", "query-service:8102"} <= {i for _, i in found}


def test_it_says_what_is_played_and_where_to_look(demo):
    said = demo.log.read_text()
    assert demo.url in said and demo.control in said and "http://grafana.example:3000/d/df-overview" in said
    assert re.search(r"Played: \w+day \d\d:\d\d UTC, people at \d+% of their busiest hour", said)
    assert "Replica lost: one of two instances" in said


def test_the_real_exporters_are_those_that_are_asked(demo):
    """What they say themselves arrives under the names and labels of the catalogue."""
    for text in (
        'node_cpu_seconds_total{instance="real-host:9100",mode="idle"}',
        'pg_stat_database_xact_commit{instance="real-postgres:9187",datname="postgres"}',
        'redis_commands_total{instance="real-redis:9121",cmd="info"}',
        'dataflux_requests_total{instance="ingestion-service:8101",service="ingestion-service",status="202"}',
        'dataflux_requests_total{instance="query-service:8102",service="query-service",status="500"}',
        'dataflux_assets{instance="real-exporter:9400",state="stored",media_type="image"} == 50',
        'dataflux_queue_oldest_age_seconds{instance="real-exporter:9400",queue="e2e"} > 29',
        'dataflux_storage_used_bytes{instance="real-exporter:9400",store="e2e"} >= 10000',
        "up == 1",
    ):
        assert waiting(lambda text=text: demo.query(text), 60), text


# --- one value of $service


@pytest.mark.parametrize("service", ORDINARY)
def test_one_value_of_service_selects_up_metrics_containers_and_logs(service, demo):
    chosen = f'service=~"{service}"'
    assert {labels["job"] for labels, _ in demo.query(f"up{{{chosen}}}")} == {"dataflux-services"}
    metric = "dataflux_requests_total" if service != cast.ANALYSIS else "dataflux_analysis_duration_seconds_count"
    assert demo.query(f"sum(rate({metric}{{{chosen}}}[1m])) > 0")
    boxes = demo.query(f'container_memory_working_set_bytes{{{chosen},image!=""}}')
    # In a pod of Kubernetes, and in a container of Compose.
    assert {labels["instance"] for labels, _ in boxes} == {"node-1:8080", "compose-1:8080"}
    assert {bool(labels.get("pod")) for labels, _ in boxes} == {True, False}
    lines = [json.loads(line) for line in (demo.work / "logs" / f"{service}.log").read_text().splitlines()]
    assert lines and {line["service"] for line in lines} == {service}


@pytest.mark.parametrize("service", ORDINARY)
def test_a_pods_network_is_chosen_with_its_service_and_its_sandbox_is_no_container(service, demo):
    network = demo.query(f'container_network_receive_bytes_total{{service="{service}"}}')
    assert {labels["instance"] for labels, _ in network} == {"node-1:8080", "compose-1:8080"}
    started = demo.query(f'count by (instance) (container_start_time_seconds{{service="{service}",image!=""}})')
    assert [count for _, count in started] == [1, 1]
    assert not demo.query('container_start_time_seconds{image=~".*pause.*"}')


# --- the past


def test_what_was_filled_and_what_is_scraped_are_the_same_series(demo):
    now = time.time()
    for job in ("dataflux-services", "node", "cadvisor", "kafka", "minio", "minio-bucket", "dataflux-exporter", "loki"):
        played = f'{{job="{job}",instance!~"real-.*|.*:81..|ingestion-service:.*"}}'
        then = demo.series(played, now - 5 * 3600, now - 4 * 3600)
        today = demo.series(played, now - 60, now)
        assert today and {labels for labels in today - then if not passing(labels)} == set(), job


def passing(labels):
    """Versions come and go, and so do the reasons for which containers wait; Prometheus counts new series of late."""
    return dict(labels)["__name__"] in {
        "dataflux_build_info", "kube_pod_container_status_waiting_reason", "scrape_series_added",
        "scrape_samples_post_metric_relabeling",
    }  # fmt: skip


def test_six_hours_are_fine_and_without_a_gap(demo):
    counts = demo.query('min(count_over_time(up{job="node",instance="node-1:9100"}[5h]))')
    assert counts[0][1] >= 5 * 240 - 2
    largest = demo.query("max(max_over_time((time() - timestamp(up{job='kafka'}))[6h:15s]))")
    assert largest[0][1] <= 75


def test_the_last_hours_are_recorded_as_finely_as_they_would_have_been(demo):
    name = "sum(count_over_time(endpoint_service_status:dataflux_requests:rate5m{endpoint='/search',status='200'}[1h]))"
    at = time.time() - 3 * 3600
    assert demo.query(name, at)[0][1] >= 235


# --- incidents on demand


def test_an_incident_is_played_and_ended_on_demand(demo):
    assert demo.query("min(pg_up{instance='postgres-exporter:9187'})")[0][1] == 1
    demo.play("database_down")
    waiting(lambda: demo.query("pg_up{instance='postgres-exporter:9187'} == 0"), 90)
    # It is told as what it is: the exporter answers, the store does not.
    assert demo.query("up{instance='postgres-exporter:9187'} == 1")
    waiting(lambda: demo.query("ALERTS{alertname='DatabaseDown'}"), 90)
    demo.play("database_down", "end")
    waiting(lambda: demo.query("pg_up{instance='postgres-exporter:9187'} == 1"), 90)


def test_its_logs_are_in_the_format_with_request_ids_that_go_through(demo):
    services = {}
    for service in ORDINARY:
        for line in map(json.loads, (demo.work / "logs" / f"{service}.log").read_text().splitlines()):
            assert line.keys() >= {"timestamp", "level", "service", "request_id", "message"}
            assert line.keys() <= {"timestamp", "level", "service", "request_id", "message", "asset_id", "duration_ms"}
            services.setdefault(line["request_id"], set()).add(service)
    assert {"ingestion-service", "analysis-service"} in services.values()


def test_what_it_exports_is_prometheus_format(demo):
    import urllib.request

    port = int(demo.control.rsplit(":", 1)[1]) + 1
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert list(text_string_to_metric_families(answer.read().decode()))
