"""prometheus.yml as the brief fixes it, and what its relabelling makes of targets and series."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kit.live import relabel


class frozendict(dict):
    """Settings are a key of the cache of what is compiled."""

    def __hash__(self):
        return hash(tuple(self.items()))


# --- what is fixed


def test_everything_is_scraped_and_evaluated_every_15_seconds(prometheus):
    assert prometheus["global"] == {"scrape_interval": "15s", "evaluation_interval": "15s"}


def test_no_label_is_external_because_those_cannot_be_queried_here(prometheus):
    assert "external_labels" not in prometheus["global"]


def test_the_services_are_scraped_as_fixed(jobs):
    job = jobs["dataflux-services"]
    assert (job["metrics_path"], job["scrape_interval"], job["honor_labels"]) == ("/metrics", "5s", True)
    [static] = job["static_configs"]
    assert static["targets"] == ["ingestion-service:8001", "query-service:8002", "analysis-service:8003"]
    assert static["labels"] == {"cluster": "dataflux", "environment": "production"}


def test_rules_come_from_rules_and_there_are_some(prometheus, compiled):
    assert prometheus["rule_files"] == ["rules/*.yml"]
    assert [path for path in compiled.files if re.fullmatch(r"prometheus/rules/[\w-]+\.yml", path)]


def test_every_other_job_finds_its_targets_in_a_file_of_its_own(jobs, compiled, parsed):
    for name, job in jobs.items():
        if name != "dataflux-services":
            assert job["file_sd_configs"] == [{"files": [f"targets/{name}.yml"]}]
            for group in parsed(compiled, f"prometheus/targets/{name}.yml"):
                assert group["labels"] == {"cluster": "dataflux", "environment": "production"}
                assert group["targets"]
    asked = {path for path in compiled.files if path.startswith("prometheus/targets/")}
    assert asked == {f"prometheus/targets/{name}.yml" for name in jobs if name != "dataflux-services"}


def test_everything_of_the_system_is_scraped(jobs):
    asked = {"prometheus", "alertmanager", "grafana", "loki", "node", "cadvisor", "kube-state-metrics", "postgres"}
    assert {"dataflux-services", "redis", "kafka", "minio", *asked} <= set(jobs)


def test_labels_that_a_target_exports_are_kept(jobs):
    assert all(job["honor_labels"] is True for job in jobs.values())


def test_only_the_evaluator_prometheus_has_an_alerting_block(compiled_by, parsed):
    files = {name: parsed(compiled_by(name), "prometheus/prometheus.yml") for name in ("grafana", "prometheus")}
    assert "alerting" not in files["grafana"]
    alerting = files["prometheus"].pop("alerting")
    assert alerting == {"alertmanagers": [{"static_configs": [{"targets": ["alertmanager:9093"]}]}]}
    assert files["prometheus"] == files["grafana"]


def test_prometheus_loads_the_same_rules_whoever_notifies_but_for_what_asks_who_does(compiled_by, parsed):
    def rules(evaluator):
        compiled = compiled_by(evaluator)
        paths = [path for path in compiled.files if path.startswith("prometheus/rules/")]
        groups = [group for path in paths for group in parsed(compiled, path)["groups"]]
        return {rule.get("alert") or rule["record"]: rule for group in groups for rule in group["rules"]}

    grafana, prometheus = rules("grafana"), rules("prometheus")
    # A Grafana that is not scraped says nothing of whether it notifies, and does not where Prometheus is to.
    asked = {"grafana": grafana.pop("NobodyNotifies"), "prometheus": prometheus.pop("NobodyNotifies")}
    assert {name for name, rule in asked.items() if 'up{job="grafana"}' in rule["expr"]} == {"grafana"}
    assert grafana == prometheus != {}


def test_what_an_alert_reads_is_recorded_before_it_in_its_group(compiled, parsed):
    for path in compiled.files:
        if path.startswith("prometheus/rules/"):
            for group in parsed(compiled, path)["groups"]:
                recorded = {rule["record"]: index for index, rule in enumerate(group["rules"]) if "record" in rule}
                for index, rule in enumerate(group["rules"]):
                    for name in re.findall(r"[\w]+:[\w:]+", rule["expr"]) if "alert" in rule else ():
                        assert recorded[name] < index, f"{path}: {rule['alert']}"


# --- relabelling, as Prometheus does it


def scraped(job, address, exported, **more):
    """A series as it is stored; None where it is left out."""
    return relabel.series(job, {**relabel.target(job, address, more), "instance": "", "job": ""}, exported)


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("ingestion-service:8001", "ingestion-service"),
        ("query-service", "query-service"),
        ("10.1.2.3:8003", "10.1.2.3"),
        ("analysis-service.dataflux.svc:8003", "analysis-service.dataflux.svc"),
    ],
)
def test_the_service_is_the_host_part_of_the_target_with_or_without_port(address, service, jobs):
    for job in jobs.values():
        assert scraped(job, address, {"__name__": "up"})["service"] == service


# --- a target that is reached elsewhere

MOVED = {"ingestion-service:8001": "127.0.0.1:18001", "node-exporter:9100": "127.0.0.1:19100"}


@pytest.fixture(scope="module")
def moved(compiled_by, parsed):
    """The jobs of an installation in which two targets are reached elsewhere."""
    config = parsed(compiled_by("grafana", reached_at=frozendict(MOVED)), "prometheus/prometheus.yml")
    return {job["job_name"]: job for job in config["scrape_configs"]}


@pytest.mark.parametrize(
    ("job", "address", "at"),
    [
        ("dataflux-services", "ingestion-service:8001", "127.0.0.1:18001"),
        ("dataflux-services", "query-service:8002", None),
        ("node", "node-exporter:9100", "127.0.0.1:19100"),
    ],
)
def test_a_target_that_is_reached_elsewhere_keeps_its_names(job, address, at, moved):
    found = relabel.target(moved[job], address, {})
    assert found["__address__"] == (at or address)
    assert (found["instance"], found["service"]) == (address, address.rsplit(":", 1)[0])


def test_where_targets_are_reached_changes_nothing_else(moved, jobs):
    for name, job in moved.items():
        assert {**job, "relabel_configs": None} == {**jobs[name], "relabel_configs": None}
        assert job["relabel_configs"][0] == jobs[name]["relabel_configs"][0]
    assert [name for name in moved if moved[name] != jobs[name]] == ["dataflux-services", "node"]


def test_a_name_that_is_no_target_is_refused(compiled_by):
    with pytest.raises(ValueError, match=r"no target is named 'ingestion:8001'.*ingestion-service:8001"):
        compiled_by("grafana", reached_at=frozendict({"ingestion:8001": "x:1"}))


@pytest.mark.parametrize("short", ["ingestion", "query", "analysis"])
def test_a_short_name_is_mapped(short, jobs):
    exported = {"__name__": "dataflux_requests_total", "service": short, "endpoint": "/x"}
    found = scraped(jobs["dataflux-services"], f"{short}-service:8001", exported)
    assert found == {"__name__": "dataflux_requests_total", "service": f"{short}-service", "endpoint": "/x"}


@pytest.mark.parametrize("name", ["ingestion-service", "ingestions", "my-ingestion", "somebody-else"])
def test_any_other_name_is_honoured(name, jobs):
    found = scraped(jobs["dataflux-services"], "a:1", {"__name__": "dataflux_requests_total", "service": name})
    assert found["service"] == name


def test_a_series_without_service_gets_that_of_its_target(jobs):
    exported = {"__name__": "dataflux_request_duration_seconds_bucket", "le": "1.0"}
    assert scraped(jobs["dataflux-services"], "ingestion-service:8001", exported)["service"] == "ingestion-service"


@pytest.mark.parametrize(
    ("exported", "queue"),
    [
        ({}, "ingestion-service"),
        ({"service": "analysis"}, "analysis-service"),
        ({"queue": "analysis"}, "analysis"),
    ],
    ids=["as documented", "with a short name", "with its queue"],
)
def test_a_queue_without_its_name_is_called_after_the_service(exported, queue, jobs):
    found = scraped(
        jobs["dataflux-services"], "ingestion-service:8001", {"__name__": "dataflux_queue_size", **exported}
    )
    assert found["queue"] == queue


def test_nothing_but_the_queue_gets_a_queue(jobs):
    for name in ("dataflux_requests_total", "up", "dataflux_queue_size_limit", "my_dataflux_queue_size"):
        assert "queue" not in scraped(jobs["dataflux-services"], "ingestion-service:8001", {"__name__": name})


@pytest.mark.parametrize(
    ("exported", "service"),
    [
        ({"container_label_com_docker_compose_service": "query-service", "name": "dataflux_query_1"}, "query-service"),
        ({"container": "query-service", "name": "k8s_query_0af"}, "query-service"),
        ({"name": "query-service"}, "query-service"),
        ({"id": "/system.slice"}, "cadvisor"),
    ],
    ids=["Compose", "Kubernetes", "Docker", "no container"],
)
def test_a_container_is_called_after_its_service(exported, service, jobs):
    series = {"__name__": "container_memory_working_set_bytes", "image": "q:1", **exported}
    found = scraped(jobs["cadvisor"], "cadvisor:8080", series)
    assert found == {**series, "service": service}


SANDBOX = {"image": "pause:3.9", "name": "77aa", "namespace": "n", "id": "/kubepods.slice/77aa"}


@pytest.mark.parametrize("container", ["", "POD"])
@pytest.mark.parametrize(
    ("pod", "service"),
    [
        ("query-service-6d5f9c7b8-x2x4k", "query-service"),
        ("node-exporter-x2x4k", "node-exporter"),
        ("prometheus-0", "prometheus"),
        ("kube-state-metrics-5f6bd7c9d4-zz2kq", "kube-state-metrics"),
        ("alone", "alone"),
    ],
    ids=["Deployment", "DaemonSet", "StatefulSet", "words that look like hashes", "no owner"],
)
def test_a_pods_network_is_its_services(container, pod, service, jobs):
    series = {"__name__": "container_network_receive_bytes_total", "container": container, "pod": pod, **SANDBOX}
    assert scraped(jobs["cadvisor"], "n:1", series)["service"] == service


def test_a_pods_sandbox_is_no_container(jobs):
    series = {"__name__": "container_start_time_seconds", "pod": "query-service-6d5f9c7b8-x2x4k", **SANDBOX}
    assert scraped(jobs["cadvisor"], "n:1", series) is None
    assert scraped(jobs["cadvisor"], "n:1", {**series, "container": "query-service"})["service"] == "query-service"


def test_a_container_of_kubernetes_is_called_after_its_service(jobs):
    series = {"__name__": "kube_pod_container_status_restarts_total", "container": "query-service", "pod": "p"}
    assert scraped(jobs["kube-state-metrics"], "ksm:8080", series) == {**series, "service": "query-service"}


@pytest.mark.parametrize("name", ["node", "postgres", "redis", "kafka", "minio", "prometheus"])
def test_third_party_metrics_keep_their_names_and_labels(name, jobs):
    series = {"__name__": "anything_total", "name": "n", "container": "c", "datname": "d", "mode": "idle"}
    assert scraped(jobs[name], "x:1", series) == {**series, "service": "x"}


def test_every_container_that_is_recorded_is_called_after_its_service(jobs):
    """What cAdvisor exports stand-alone and in a kubelet, as evidence has it."""
    text = (Path(__file__).resolve().parents[1] / "exposition" / "cadvisor-0.60.5.txt").read_text()
    found = {}
    for sample in (sample for family in text_string_to_metric_families(text) for sample in family.samples):
        if sample.labels.get("image"):
            stored = scraped(jobs["cadvisor"], "n:8080", {"__name__": sample.name, **sample.labels})
            kind = "pod" if "pod" in sample.labels else "compose"
            found.setdefault((kind, stored and stored["service"]), set()).add(sample.name)
    assert {key for key in found if key[1]} == {("pod", "api"), ("compose", "api")}
    for kind in ("pod", "compose"):
        assert "container_network_receive_bytes_total" in found[kind, "api"]
