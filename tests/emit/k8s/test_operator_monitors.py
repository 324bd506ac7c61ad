"""ServiceMonitors: the targets and series of prometheus.yml, found behind Services and relabelled by the operator."""

import re

import pytest
import yaml
from attrs import evolve

from kit.emit.k8s.discovery import Running
from kit.emit.k8s.operator.monitors import monitors as emitted
from kit.live import relabel

META = "__meta_kubernetes_"


@pytest.fixture(scope="module")
def monitors(compiled):
    """Name → ServiceMonitor."""
    objects = yaml.safe_load_all(compiled.files["k8s/operator/service-monitors.yaml"])
    return {one["metadata"]["name"]: one for one in objects}


def job(endpoint):
    """An endpoint as a scrape job of Prometheus: keys in snake_case, as the operator writes them."""

    def snake(step):
        return {re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", key): value for key, value in step.items()}

    return {
        "job_name": "serviceMonitor/monitoring/it/0",
        "honor_labels": endpoint["honorLabels"],
        "metrics_path": endpoint["path"],
        "relabel_configs": [snake(step) for step in endpoint["relabelings"]],
        "metric_relabel_configs": [snake(step) for step in endpoint.get("metricRelabelings", ())],
    }


def found(app, port, pod="pod-0", node="node-1"):
    """What is known of a pod behind a Service, and the labels that the operator makes of it."""
    return {
        f"{META}service_label_app": app,
        f"{META}service_name": f"release-{app}",
        f"{META}pod_container_port_number": str(port),
        f"{META}pod_node_name": node,
        "namespace": "somewhere",
        "service": f"release-{app}",
        "pod": pod,
        "container": "main",
        "endpoint": str(port),
        "job": f"release-{app}",
    }


def target(endpoint, labels):
    """The labels that stay on a target."""
    kept = relabel.target(job(endpoint), "10.0.0.7:1", labels)
    return {name: value for name, value in kept.items() if not name.startswith("__")}


def asked(monitor):
    """The label by which it selects Services, and its values."""
    [match] = monitor["spec"]["selector"]["matchExpressions"]
    assert match["operator"] == "In"
    return match["key"], match["values"]


# Labels of the Services that the charts of kube-prometheus-stack make, and of those that people bring.
SERVICES = {
    "node": {"app.kubernetes.io/name": "prometheus-node-exporter", "app.kubernetes.io/instance": "kps"},
    "kube-state-metrics": {"app.kubernetes.io/name": "kube-state-metrics", "app.kubernetes.io/instance": "kps"},
    "grafana": {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": "kps"},
    "loki": {"app": "loki"},
    "postgres": {"app": "postgres-exporter"},
    "redis": {"app": "redis-exporter"},
    "kafka": {"app": "kafka-exporter"},
    "minio": {"app": "minio"},
    "minio-bucket": {"app": "minio"},
    "dataflux-exporter": {"app": "dataflux-exporter"},
    "dataflux-services": {"app": "ingestion-service"},
}


def test_each_finds_its_service_and_nobody_elses(monitors):
    """Those that the operator runs, and its kubelets, have labels of their own: below."""
    assert SERVICES.keys() == monitors.keys() - {"prometheus", "alertmanager", "cadvisor"}
    for name in SERVICES:
        key, values = asked(monitors[name])
        found = {other for other, labels in SERVICES.items() if labels.get(key) in values}
        assert found == ({"minio", "minio-bucket"} if SERVICES[name] == {"app": "minio"} else {name})


def test_a_service_of_a_chart_is_called_as_it_is_everywhere(monitors):
    for name, service in (
        ("node", "node-exporter"),
        ("kube-state-metrics", "kube-state-metrics"),
        ("grafana", "grafana"),
    ):
        [endpoint] = monitors[name]["spec"]["endpoints"]
        known = found("", endpoint["targetPort"]) | {"service": f"kps-{service}"}
        assert target(endpoint, known)["service"] == service


@pytest.fixture(scope="module")
def files_jobs(prometheus):
    """Job's name → its scrape configuration in prometheus.yml."""
    return {job["job_name"]: job for job in prometheus["scrape_configs"]}


def test_there_is_one_for_each_job(monitors, files_jobs):
    assert set(monitors) == set(files_jobs)


@pytest.mark.parametrize(
    "host, port", [("ingestion-service", 8001), ("query-service", 8002), ("analysis-service", 8003)]
)
def test_a_service_has_the_labels_that_it_has_everywhere(host, port, monitors):
    monitor = monitors["dataflux-services"]
    [endpoint] = [one for one in monitor["spec"]["endpoints"] if one["targetPort"] == port]
    assert asked(monitor)[0] == "app" and host in asked(monitor)[1] and endpoint["interval"] == "5s"
    assert target(endpoint, found(host, port)) == {
        "job": "dataflux-services",
        "service": host,
        "instance": f"pod-0:{port}",
        "cluster": "dataflux",
        "environment": "production",
    }


def test_every_other_target_too(monitors, compiled):
    for one in compiled.product.settings.jobs:
        for address in one.addresses:
            host, port = address.rsplit(":", 1)
            [endpoint] = monitors[one.name]["spec"]["endpoints"]
            labels = target(endpoint, found(host, port))
            instance = labels.pop("instance")
            place = {"cluster": "dataflux", "environment": "production"}
            assert labels == {"job": one.name, "service": host, **place}
            assert endpoint["path"] == ("/metrics/cadvisor" if one.name == "cadvisor" else one.path)
            assert (
                instance == {"node-exporter": "node-1", "cadvisor": ""}.get(host, f"pod-0:{port}") or host == "cadvisor"
            )


def test_what_the_operator_runs_is_found_by_its_own_labels(monitors):
    for name, label in (("prometheus", "operated-prometheus"), ("alertmanager", "operated-alertmanager")):
        assert monitors[name]["spec"]["selector"] == {"matchLabels": {label: "true"}}
        [endpoint] = monitors[name]["spec"]["endpoints"]
        assert target(endpoint, found("", 9090) | {"service": f"{name}-operated"})["service"] == name


def test_a_kubelet_is_called_after_its_node(monitors):
    [endpoint] = monitors["cadvisor"]["spec"]["endpoints"]
    labels = target(endpoint, {"node": "node-7", "service": "kubelet", "endpoint": "https-metrics", "job": "kubelet"})
    assert (labels["instance"], labels["service"], labels["job"]) == ("node-7", "cadvisor", "cadvisor")
    assert labels.keys() == {"instance", "service", "job", "cluster", "environment"}


SERIES = [
    ("dataflux-services", {"__name__": "dataflux_requests_total", "service": "query", "endpoint": "/search"}),
    ("dataflux-services", {"__name__": "dataflux_request_duration_seconds_count", "service": "query-service"}),
    ("dataflux-services", {"__name__": "dataflux_queue_size"}),
    (
        "cadvisor",
        {"__name__": "container_memory_working_set_bytes", "container": "query-service", "pod": "q", "image": "q"},
    ),
    (
        "kube-state-metrics",
        {"__name__": "kube_pod_info", "pod": "query-service-1", "namespace": "dataflux", "uid": "u"},
    ),
    ("postgres", {"__name__": "pg_up", "server": "s"}),
]


@pytest.mark.parametrize(
    ("name", "exported"), SERIES, ids=lambda value: value["__name__"] if isinstance(value, dict) else value
)
def test_a_series_is_stored_as_it_is_without_the_operator(name, exported, monitors, files_jobs):
    app = {"dataflux-services": "query-service", "postgres": "postgres-exporter"}.get(name, name)
    endpoint = monitors[name]["spec"]["endpoints"][0]
    ours = relabel.series(files_jobs[name], relabel.target(files_jobs[name], f"{app}:1", {}), exported)
    theirs = relabel.series(job(endpoint), relabel.target(job(endpoint), "10.0.0.7:1", found(app, 1)), exported)
    assert ours["service"] == "query-service" or name in ("postgres", "kube-state-metrics")
    for labels in (ours, theirs):
        for label in ("instance", "cluster", "environment"):
            labels.pop(label, None)
    assert theirs == ours


@pytest.mark.parametrize("name", ["cadvisor", "kube-state-metrics"])
def test_somebody_elses_containers_are_not_stored(name, monitors):
    endpoint = monitors[name]["spec"]["endpoints"][0]
    exported = {"__name__": "kube_pod_info", "pod": "x-1", "namespace": "somebody-elses", "image": "x"}
    assert relabel.series(job(endpoint), relabel.target(job(endpoint), "10.0.0.7:1", found(name, 1)), exported) is None


def test_one_endpoint_for_services_that_share_a_port(compiled):
    settings = evolve(compiled.product.settings, services=("a:1", "b:1", "b:2", "c:2"))
    spec = next(emitted(settings, Running({})))["spec"]
    assert [one["targetPort"] for one in spec["endpoints"]] == [1, 2]
    assert spec["selector"]["matchExpressions"][0]["values"] == ["a", "b", "c"]


def test_repairs_and_short_names_are_those_of_the_settings(compiled):
    settings = evolve(compiled.product.settings, short_names={"x": "x-service"}, repairs=())
    for endpoint in next(emitted(settings, Running({})))["spec"]["endpoints"]:
        assert endpoint["metricRelabelings"] == [
            {"sourceLabels": ["service"], "regex": "x", "targetLabel": "service", "replacement": "x-service"}
        ]
