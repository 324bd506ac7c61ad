"""What becomes of pods: which are targets, of which job, and with which labels. Played on paper."""

import re

import pytest
import yaml

from kit.live import relabel

META = "__meta_kubernetes_"
OWN, DATAFLUX = "dataflux-monitoring", "dataflux"
PLACE = {"cluster": "dataflux", "environment": "production"}


def pod(container, number, name="", node="node-1", phase="Running", namespace=DATAFLUX, **annotations):
    """What Prometheus is told of a container's port."""
    told = {
        f"{META}namespace": namespace,
        f"{META}pod_name": name or f"{container}-6d5f9c7b8-x2x4k",
        f"{META}pod_phase": phase,
        f"{META}pod_node_name": node,
        f"{META}pod_container_name": container,
        f"{META}pod_container_init": "false",
        f"{META}pod_container_port_number": str(number),
    }
    return told | {f"{META}pod_annotation_prometheus_io_{key}": value for key, value in annotations.items()}


def looked_at(job):
    """The namespaces whose pods a job is told of; that of the stack is its own."""
    [asked] = job.get("kubernetes_sd_configs", [{"role": ""}])
    if asked["role"] != "pod":
        return []
    assert len(asked["namespaces"]) == 1
    return asked["namespaces"].get("names") or [OWN]


def found(jobs, told, address="10.2.0.7:1"):
    """Job → the labels of the target that it makes of a pod; jobs that take it alone."""
    asking = {name: job for name, job in jobs.items() if told[f"{META}namespace"] in looked_at(job)}
    made = {name: relabel.target(job, address, told) for name, job in asking.items()}
    return {name: labels for name, labels in made.items() if labels is not None}


def shown(labels):
    return {name: value for name, value in labels.items() if not name.startswith("__")}


# --- DataFlux's own services


def test_an_annotated_pod_has_the_labels_that_its_target_has_everywhere(jobs):
    told = pod("ingestion-service", 8001, scrape="true", port="8001", path="/metrics")
    [(job, labels)] = found(jobs, told, "10.2.0.7:8001").items()
    assert job == "dataflux-services"
    assert shown(labels) == {
        "job": job,
        "service": "ingestion-service",
        "instance": "ingestion-service-6d5f9c7b8-x2x4k:8001",
        **PLACE,
    }
    assert (labels["__address__"], labels["__metrics_path__"]) == ("10.2.0.7:8001", "/metrics")


@pytest.mark.parametrize("host", ["ingestion-service", "query-service", "analysis-service"])
def test_each_service_is_found(jobs, host):
    assert list(found(jobs, pod(host, 8001, scrape="true"))) == ["dataflux-services"]


def test_the_path_is_the_annotated_one(jobs):
    labels = found(jobs, pod("query-service", 8002, scrape="true", port="8002", path="/internal/metrics"))
    assert labels["dataflux-services"]["__metrics_path__"] == "/internal/metrics"


@pytest.mark.parametrize(
    "told",
    [
        pod("query-service", 8002),
        pod("query-service", 8002, scrape="false"),
        pod("query-service", 9999, scrape="true", port="8002"),
        pod("query-service", "", scrape="true", port="8002"),
        pod("query-service", 8002, scrape="true", phase="Succeeded"),
        pod("query-service", 8002, scrape="true", phase="Failed"),
        pod("query-service", 8002, scrape="true", phase="Pending"),
        pod("query-service", 8002, scrape="true") | {f"{META}pod_container_init": "true"},
    ],
    ids=[
        "not annotated",
        "annotated not to be",
        "another port",
        "port not declared",
        "done",
        "failed",
        "not yet",
        "init",
    ],
)
def test_what_is_no_target(jobs, told):
    assert found(jobs, told) == {}


def test_the_neighbour_in_a_services_pod_is_no_service(jobs):
    """A proxy beside it has other ports; the annotated one is the service's."""
    neighbour = pod("istio-proxy", 15090, name="query-service-1", scrape="true", port="8002")
    assert found(jobs, neighbour) == {}


@pytest.mark.parametrize(
    ("container", "port"), [("redis-exporter", 9121), ("query-service", 8002), ("minio", 9000), ("ingress", 10254)]
)
def test_nobody_elses_pod_is_a_target(jobs, container, port):
    """Neither one called like ours, nor one of the same program: no rule asks whose it is."""
    for namespace in ("shop", "dataflux-staging", "kube-system"):
        assert found(jobs, pod(container, port, namespace=namespace, scrape="true", port=str(port))) == {}


@pytest.mark.parametrize("namespace", [DATAFLUX, "monitoring", "kube-system"])
def test_another_kube_state_metrics_is_not_asked_beside_ours(jobs, namespace):
    assert found(jobs, pod("kube-state-metrics", 8080, namespace=namespace, scrape="true", port="8080")) == {}


def test_an_annotated_neighbour_of_no_name_that_we_know_is_no_target(jobs):
    assert found(jobs, pod("ingress", 10254, scrape="true", port="10254")) == {}


def test_series_are_changed_as_everywhere(jobs, compiled):
    """Short names, repairs, and whose labels count: said in one place, for both."""
    plain = yaml.safe_load(compiled.files["prometheus/prometheus.yml"])
    for job in plain["scrape_configs"]:
        here = jobs[job["job_name"]]
        steps = [step for step in here.get("metric_relabel_configs", []) if step.get("source_labels") != ["namespace"]]
        assert steps == job.get("metric_relabel_configs", []), job["job_name"]
        assert (here["honor_labels"], here.get("scrape_interval")) == (True, job.get("scrape_interval"))
        if job["job_name"] != "cadvisor":
            assert here["metrics_path"] == job["metrics_path"]


def test_the_jobs_are_those_of_everywhere(jobs, compiled):
    plain = yaml.safe_load(compiled.files["prometheus/prometheus.yml"])
    assert [*jobs] == [job["job_name"] for job in plain["scrape_configs"]]


# --- the stack's own


def test_each_program_is_found_by_its_job_and_by_no_other(jobs, pods, compiled):
    settings = compiled.product.settings
    wanted = {address.split(":")[0]: job.name for job in settings.jobs for address in job.addresses}
    wanted["kube-state-metrics"] = "kube-state-metrics"
    seen = set()
    for name, spec in pods.items():
        for container in spec["containers"]:
            for port in container["ports"]:
                took = found(jobs, pod(container["name"], port["containerPort"], namespace=OWN))
                assert list(took) == ([wanted[name]] if name in wanted else []), name
                seen |= took.keys()
    assert seen == {job.name for job in settings.jobs} - {"cadvisor", "minio", "minio-bucket"}


def test_each_program_is_looked_for_where_the_stack_is_and_services_where_dataflux_is(jobs):
    own, dataflux = {"own_namespace": True}, {"names": [DATAFLUX]}
    for name, job in jobs.items():
        if name != "cadvisor":
            wanted = dataflux if name in ("dataflux-services", "minio", "minio-bucket") else own
            assert job["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": wanted}], name


def test_a_replica_is_told_from_another_by_its_pod(jobs):
    replicas = [pod("prometheus", 9090, name=f"prometheus-{at}", namespace=OWN) for at in (0, 1)]
    names = [found(jobs, one)["prometheus"]["instance"] for one in replicas]
    assert names == ["prometheus-0:9090", "prometheus-1:9090"]


def test_a_hosts_metrics_are_told_by_the_name_of_the_node(jobs):
    labels = found(jobs, pod("node-exporter", 9100, node="worker-7", namespace=OWN))["node"]
    assert shown(labels) == {"job": "node", "service": "node-exporter", "instance": "worker-7", **PLACE}


@pytest.mark.parametrize("job", ["minio", "minio-bucket"])
def test_what_is_not_of_the_stack_is_found_by_its_name_where_dataflux_is(jobs, job):
    labels = found(jobs, pod("minio", 9000, name="minio-3"))[job]
    assert (labels["service"], labels["instance"]) == ("minio", "minio-3:9000")
    assert labels["__metrics_path__"] == f"/minio/v2/metrics/{'cluster' if job == 'minio' else 'bucket'}"


def test_one_that_is_annotated_as_well_is_scraped_once_by_each_of_its_jobs_and_by_no_other(jobs):
    assert list(found(jobs, pod("minio", 9000, scrape="true"))) == ["minio", "minio-bucket"]


def test_containers_are_told_by_each_nodes_kubelet(jobs):
    job = jobs["cadvisor"]
    assert job["kubernetes_sd_configs"] == [{"role": "node"}]
    assert (job["scheme"], job["metrics_path"]) == ("https", "/metrics/cadvisor")
    # A container that is gone is gone at the next scrape.
    assert job["honor_timestamps"] is False
    # The discovery itself calls a node by its name.
    labels = relabel.target(job, "10.0.0.1:10250", {"instance": "worker-7"})
    assert shown(labels) == {"job": "cadvisor", "service": "cadvisor", "instance": "worker-7", **PLACE}
    series = {
        "__name__": "container_memory_working_set_bytes",
        "container": "query-service",
        "image": "q:1",
        "id": "/x",
    }
    assert relabel.series(job, labels, series)["service"] == "query-service"


@pytest.mark.parametrize(
    ("namespace", "kept"),
    [("dataflux", True), ("dataflux-monitoring", True), ("somebody-elses", False), ("dataflux-staging", False)],
)
@pytest.mark.parametrize("job", ["cadvisor", "kube-state-metrics"])
def test_of_all_containers_of_a_cluster_ours_alone_are_told(jobs, job, namespace, kept):
    """No rule asks whose a container is, and somebody else's would wake whoever is on call here."""
    told = {"__name__": "kube_pod_info", "namespace": namespace, "pod": "x-1", "container": "x", "image": "x:1"}
    assert bool(relabel.series(jobs[job], PLACE, told)) == kept


@pytest.mark.parametrize("job", ["cadvisor", "kube-state-metrics"])
def test_what_is_of_no_namespace_is_the_nodes_own_and_stays(jobs, job):
    assert relabel.series(jobs[job], PLACE, {"__name__": "machine_cpu_cores"})


def test_what_must_be_there_for_an_alert_is_there(jobs, compiled):
    """The rules are those of everywhere: each target that they miss has a job that can find it."""
    missed = re.findall(
        r"absent\(up\{([^}]*)\}\)",
        "".join(compiled.files[f"prometheus/rules/{name}.yml"] for name in ("monitoring", "services")),
    )
    wanted = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in missed]
    assert len(wanted) > 10
    for one in wanted:
        job = jobs[one["job"]]
        assert PLACE.items() <= one.items()
        placed = {step["target_label"]: step["replacement"] for step in job["relabel_configs"] if "replacement" in step}
        assert PLACE.items() <= placed.items()
        if "service" in one:
            assert one["job"] in found(jobs, pod(one["service"], 1, scrape="true"))
