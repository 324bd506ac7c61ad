"""prometheus.yml for Kubernetes: what is said of the jobs elsewhere, with targets that are found as pods.

A container is called after its service, so that one value of `service` selects its metrics, its container and its logs.
https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.emit import prometheus_config
from kit.emit.k8s.objects import NAMESPACE
from kit.settings import Job, Settings

Json = dict[str, Any]
REPLICA = "prometheus_replica"
KUBELET = "cadvisor"
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_POD = "__meta_kubernetes_pod_"
_ANNOTATION = f"{_POD}annotation_prometheus_io_"
_CONTAINER, _PORT, _NODE = f"{_POD}container_name", f"{_POD}container_port_number", f"{_POD}node_name"
_OWN = [{"role": "pod", "namespaces": {"own_namespace": True}}]


@frozen
class Running:
    """What runs in the stack: name → port, and which of it on every node."""

    ports: Mapping[str, int]
    on_nodes: frozenset[str] = frozenset()

    def addresses(self, job: Job) -> tuple[str, ...]:
        """What a job asks; one without addresses asks the program that is called like it, where there is one."""
        named = (f"{job.name}:{self.ports[job.name]}",) if job.name in self.ports else ()
        return job.addresses or named

    def has(self, job: Job) -> bool:
        """Whether all that a job asks is part of the stack."""
        return {f"{name}:{port}" for name, port in self.ports.items()}.issuperset(self.addresses(job))


def config(settings: Settings, running: Running) -> Json:
    """The whole configuration."""
    whole = prometheus_config.config(settings)
    # External labels are on what leaves a Prometheus, and on nothing that it answers itself.
    whole["global"] |= {"external_labels": {REPLICA: "${POD_NAME}"}}
    if "alerting" in whole:
        whole["alerting"] = _alerting(settings)
    jobs = {job.name: job for job in settings.jobs}
    services, *rest = whole["scrape_configs"]
    whole["scrape_configs"] = [
        _services(services, settings),
        *(_job(of_ours(scrape, jobs, settings), jobs[scrape["job_name"]], settings, running) for scrape in rest),
    ]
    return whole


def of_ours(scrape: Json, jobs: Mapping[str, Job], settings: Settings) -> Json:
    """A job that is told of every container of the cluster, with those of our namespaces alone: no rule asks whose a
    container is. What is of no namespace, as a node's own, stays."""
    job = jobs.get(scrape["job_name"])
    if job is None or not job.containers:
        return scrape
    ours = _kept("namespace", ("", NAMESPACE, *settings.namespaces))
    return scrape | {"metric_relabel_configs": [ours, *scrape.get("metric_relabel_configs", ())]}


def _found(scrape: Json, discovery: Json, steps: list[Json]) -> Json:
    """A job with other targets; how it is scraped and what becomes of its series stays."""
    told = {key: value for key, value in scrape.items() if not key.endswith("_configs")}
    series = {key: value for key, value in scrape.items() if key == "metric_relabel_configs"}
    return told | discovery | {"relabel_configs": steps} | series


def _services(scrape: Json, settings: Settings) -> Json:
    """Annotated pods with a container of a service's name; addresses that are no such names as they stand."""
    if not _are_names(settings.services, settings):
        return _found(scrape, _static(settings.services, settings), scrape["relabel_configs"])
    named = _kept(_CONTAINER, tuple(dict.fromkeys(settings.service_hosts)))
    return _found(scrape, {"kubernetes_sd_configs": _named(settings)}, [*_annotated(), named, *_labels(settings)])


def _named(settings: Settings) -> list[Json]:
    """DataFlux's own namespaces alone: no rule asks whose a pod is, so another's would wake whoever is on call here."""
    return [{"role": "pod", "namespaces": {"names": list(settings.namespaces)}}]


def _job(scrape: Json, job: Job, settings: Settings, running: Running) -> Json:
    addresses = running.addresses(job)
    if KUBELET in hosts(addresses):
        return _found(scrape, _kubelet(), [_set("service", KUBELET), *_place(settings)])
    if not addresses or not _are_names(addresses, settings):
        return _found(scrape, _static(addresses, settings), scrape["relabel_configs"])
    on_nodes = running.on_nodes.issuperset(hosts(addresses))
    steps = [*_running(), _kept(f"{_CONTAINER} {_PORT}", addresses), *_labels(settings, on_nodes)]
    return _found(scrape, {"kubernetes_sd_configs": _OWN if running.has(job) else _named(settings)}, steps)


def _static(addresses: tuple[str, ...], settings: Settings) -> Json:
    return {"static_configs": [{"targets": list(addresses), "labels": prometheus_config.place(settings)}]}


def _kubelet() -> Json:
    """Each node's kubelet tells of its containers. Most sign their certificates themselves."""
    return {
        "scheme": "https",
        "metrics_path": "/metrics/cadvisor",
        # Its times are those of its last look; a container that is gone would stay for minutes.
        "honor_timestamps": False,
        "authorization": {"credentials_file": f"{_ACCOUNT}/token"},
        "tls_config": {"ca_file": f"{_ACCOUNT}/ca.crt", "insecure_skip_verify": True},
        "kubernetes_sd_configs": [{"role": "node"}],
    }


def _alerting(settings: Settings) -> Json:
    """To each Alertmanager, without the label in which two replicas differ: else each alert would be two."""
    steps = [*_running(), _kept(f"{_CONTAINER} {_PORT}", (settings.alertmanager,))]
    return {
        "alert_relabel_configs": [{"regex": REPLICA, "action": "labeldrop"}],
        "alertmanagers": [{"kubernetes_sd_configs": _OWN, "relabel_configs": steps}],
    }


def _running() -> Iterator[Json]:
    yield _kept(f"{_POD}phase", ("Pending", "Succeeded", "Failed"), "drop")
    yield _kept(f"{_POD}container_init", ("true",), "drop")


def _annotated() -> Iterator[Json]:
    """Annotated for Prometheus, and of all ports the one that is named; each, where none is."""
    yield _kept(f"{_ANNOTATION}scrape", ("true",))
    yield from _running()
    yield {"source_labels": [_PORT], "target_label": "__tmp_port"}
    yield {"source_labels": [f"{_ANNOTATION}port"], "regex": "(.+)", "target_label": "__tmp_port"}
    yield {"source_labels": ["__tmp_port"], "target_label": _PORT, "action": "keepequal"}
    yield {"source_labels": [f"{_ANNOTATION}path"], "regex": "(.+)", "target_label": "__metrics_path__"}


def _labels(settings: Settings, on_nodes: bool = False) -> Iterator[Json]:
    """The labels that every target has, here as everywhere: a pod's address says nothing to anybody."""
    yield {"source_labels": [_CONTAINER], "target_label": "service"}
    if on_nodes:
        yield {"source_labels": [_NODE], "target_label": "instance"}
    else:
        yield {"source_labels": [f"{_POD}name", _PORT], "separator": ":", "target_label": "instance"}
    yield from _place(settings)


def _place(settings: Settings) -> Iterator[Json]:
    yield from (_set(name, value) for name, value in prometheus_config.place(settings).items())


def _set(label: str, value: str) -> Json:
    return {"target_label": label, "replacement": value}


def _kept(labels: str, values: tuple[str, ...], action: str = "keep") -> Json:
    """Those of which the labels, joined by a colon, have one of the values; or all but those."""
    return {"source_labels": labels.split(), "separator": ":", "regex": "|".join(values), "action": action}


def hosts(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The host of each address."""
    return tuple(address.rsplit(":", 1)[0] for address in addresses)


def _are_names(addresses: tuple[str, ...], settings: Settings) -> bool:
    """Whether all could be containers' names: none is an address or somebody's domain, none is reached elsewhere."""
    named = all(re.fullmatch(r"[a-z][a-z0-9-]*", host) for host in hosts(addresses))
    return named and not settings.reached_at.keys() & set(addresses)
