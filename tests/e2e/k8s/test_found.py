"""A real Prometheus is given the pods of production, as Kubernetes tells of them, and finds its targets among them.

Debian's was built without Kubernetes, so what that would tell of each pod comes from a file; all that is done with it
(which is kept, by which job, under which labels) is done by the program itself, by the compiled steps.
"""

import json
import time
import urllib.parse
import urllib.request
from itertools import count
from pathlib import Path

import pytest
import yaml

from kit.live import relabel
from kit.live.programs import LOOPBACK, answers, free_port, running
from tests.e2e.k8s.conftest import named

META = "__meta_kubernetes_"
OWN, DATAFLUX = "dataflux-monitoring", "dataflux"
NODES = ("worker-1", "worker-2")
ANNOTATED = {"scrape": "true", "path": "/metrics"}
PLACE = {"cluster": "dataflux", "environment": "production"}


def told(namespace, name, container, ports, address, node=NODES[0], annotations=()):
    """What the discovery of pods makes of one: a group for each port."""
    for port in ports:
        labels = {
            f"{META}namespace": namespace,
            f"{META}pod_name": name,
            f"{META}pod_phase": "Running",
            f"{META}pod_node_name": node,
            f"{META}pod_container_name": container,
            f"{META}pod_container_init": "false",
            f"{META}pod_container_port_number": str(port),
        }
        labels |= {f"{META}pod_annotation_prometheus_io_{key}": value for key, value in dict(annotations).items()}
        yield {"targets": [f"{address}:{port}"], "labels": labels}


def names(workload):
    """The pods that a workload keeps running, with their nodes."""
    name, spec = workload["metadata"]["name"], workload["spec"]
    match workload["kind"]:
        case "StatefulSet":
            return [(f"{name}-{at}", NODES[at % 2]) for at in range(spec["replicas"])]
        case "DaemonSet":
            return [(f"{name}-x2x4{at}", node) for at, node in enumerate(NODES)]
        case _:
            return [(f"{name}-6d5f9c7b8-x2x4{at}", NODES[at % 2]) for at in range(spec["replicas"])]


@pytest.fixture(scope="module")
def pods(build):
    """Namespace → what is told of its pods: the stack's own, and some of DataFlux and its neighbours."""
    addresses = (f"127.1.0.{at}" for at in count(1))
    own = []
    for one in build("overlays/production"):
        if "template" in one.get("spec", {}):
            [container] = one["spec"]["template"]["spec"]["containers"]
            ports = [port["containerPort"] for port in container["ports"]]
            for name, node in names(one):
                own += told(OWN, name, container["name"], ports, next(addresses), node)
    others = []
    for service, port in (("ingestion-service", 8001), ("query-service", 8002), ("analysis-service", 8003)):
        for at in (1, 2):
            pod, annotations = f"{service}-5f6bd7c9d4-zz2k{at}", {**ANNOTATED, "port": str(port)}
            address = next(addresses)
            others += told(DATAFLUX, pod, service, (port, 9999), address, annotations=annotations)
            others += told(DATAFLUX, pod, "istio-proxy", (15090,), address, annotations=annotations)
    others += told(DATAFLUX, "minio-0", "minio", (9000, 9001), next(addresses))
    others += told(DATAFLUX, "ingress-x2x4k", "controller", (10254,), next(addresses), annotations=ANNOTATED)
    others += told(DATAFLUX, "web-x2x4k", "web", (8080,), next(addresses))
    # Of a name like ours, and somebody else's.
    others += told(DATAFLUX, "grafana-0", "grafana", (3000,), next(addresses))
    return {OWN: own, DATAFLUX: others}


@pytest.fixture(scope="module")
def config(build, pods, tmp_path_factory):
    """Where the configuration lies, with files in place of Kubernetes; and it, read."""
    folder = tmp_path_factory.mktemp("found")
    data = named(build("overlays/production"), "ConfigMap", "prometheus-config")["data"]
    whole = yaml.safe_load(data["prometheus.yml"])
    whole["global"]["scrape_interval"] = "1s"
    for job in whole["scrape_configs"]:
        [asked] = job.pop("kubernetes_sd_configs")
        if asked["role"] == "node":
            found = [
                {"targets": [f"127.2.0.{at}:10250"], "labels": {"instance": name}} for at, name in enumerate(NODES)
            ]
            for key in ("tls_config", "authorization"):
                del job[key]
        else:
            found = [one for name in asked["namespaces"].get("names", [OWN]) for one in pods[name]]
        path = folder / f"{job['job_name']}.json"
        path.write_text(json.dumps(found))
        job["file_sd_configs"] = [{"files": [str(path)]}]
    for key, text in data.items():
        if key.startswith("rules-"):
            (folder / "rules").mkdir(exist_ok=True)
            (folder / "rules" / f"{key.removeprefix('rules-')}").write_text(text)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(whole))
    return folder, whole


@pytest.fixture(scope="module")
def prometheus(config, tool):
    """`prometheus("targets", state="active")`: what a running one answers."""
    folder, whole = config
    address = f"{LOOPBACK}:{free_port()}"
    argv = [tool("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    argv += [f"--web.listen-address={address}"]

    def ask(what, **how):
        url = f"http://{address}/api/v1/{what}?{urllib.parse.urlencode(how)}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["data"]

    with running(argv, log=folder / "log", until=lambda: answers(f"http://{address}/-/ready")):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            targets = ask("targets", state="active")["activeTargets"]
            jobs = {one["scrapePool"] for one in targets}
            if len(jobs) == len(whole["scrape_configs"]) and all(one["lastScrape"] > "1" for one in targets):
                break
            time.sleep(0.5)
        yield ask


@pytest.fixture(scope="module")
def targets(prometheus):
    """Job → what it scrapes: the labels of each."""
    found = {}
    for one in prometheus("targets", state="active")["activeTargets"]:
        found.setdefault(one["scrapePool"], []).append(one["labels"])
    return found


def test_each_job_has_its_targets(targets):
    several = {"dataflux-services": 6, "prometheus": 2, "alertmanager": 3, "grafana": 2, "node": 2, "cadvisor": 2}
    single = ("loki", "kube-state-metrics", "postgres", "redis", "kafka", "minio", "minio-bucket", "dataflux-exporter")
    wanted = several | dict.fromkeys(single, 1)
    assert {job: len(found) for job, found in targets.items()} == wanted


def test_every_target_has_the_labels_of_everywhere_and_no_others(targets):
    for job, found in targets.items():
        for labels in found:
            assert labels.keys() == {"job", "instance", "service", "cluster", "environment"}
            assert labels["job"] == job and PLACE.items() <= labels.items()


def test_services_are_called_by_their_container(targets):
    found = {(one["service"], one["instance"]) for one in targets["dataflux-services"]}
    assert ("query-service", "query-service-5f6bd7c9d4-zz2k2:8002") in found and len(found) == 6
    assert {service for service, _ in found} == {"ingestion-service", "query-service", "analysis-service"}


def test_hosts_and_their_containers_are_told_by_node(targets):
    for job in ("node", "cadvisor"):
        assert {one["instance"] for one in targets[job]} == set(NODES)


def test_somebody_elses_grafana_is_not_ours(targets):
    assert {one["instance"] for one in targets["grafana"]} == {f"grafana-6d5f9c7b8-x2x4{at}:3000" for at in (0, 1)}


def test_on_paper_the_same_is_found(targets, config):
    """So what tests/emit/k8s plays on paper is what the program does."""
    for job in config[1]["scrape_configs"]:
        told = json.loads(Path(job["file_sd_configs"][0]["files"][0]).read_text())
        played = [relabel.target(job, one["targets"][0], one["labels"]) for one in told]
        shown = [{name: value for name, value in one.items() if name[:2] != "__"} for one in played if one]
        key = sorted(map(repr, map(sorted, map(dict.items, shown))))
        assert key == sorted(map(repr, map(sorted, map(dict.items, targets[job["job_name"]]))))


@pytest.mark.parametrize("alert", ["ExporterMissing", "ServiceMissing", "MonitoringDown"])
def test_no_alert_misses_what_is_there(prometheus, build, alert):
    """Each rule as compiled: nothing answers here, but everything is known."""
    data = named(build("overlays/production"), "ConfigMap", "prometheus-config")["data"]
    rules = [
        rule
        for key, text in data.items()
        if key.startswith("rules-")
        for group in yaml.safe_load(text)["groups"]
        for rule in group["rules"]
    ]
    [rule] = [one for one in rules if one.get("alert") == alert]
    expr = rule["expr"]
    found = prometheus("query", query=expr)["result"]
    if alert == "MonitoringDown":
        # It is asked whether one answers, and none does.
        assert [one["metric"] for one in found] == [PLACE]
    else:
        assert found == []
        assert prometheus("query", query=expr.replace('cluster="dataflux"', 'cluster="another"'))["result"]
