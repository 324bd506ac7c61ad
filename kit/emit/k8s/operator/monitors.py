"""ServiceMonitors: the jobs of prometheus.yml, with targets that are found behind Kubernetes' Services.

A Service is found by its label `app`, a target by its container's port, both as `settings.py` names them; what the
Service itself is called does not matter. What kube-prometheus-stack brings is found by the label that its charts set.
The operator gives each target labels of its own (`endpoint`, `namespace`, `pod`, …); they are taken away, so that a
target has the labels that it has everywhere, and no series gets an endpoint that is a port's name.
"""

from collections.abc import Iterator, Mapping

from kit.emit import prometheus_config
from kit.emit.k8s.discovery import KUBELET, Running, hosts, of_ours
from kit.emit.k8s.operator.objects import Json, camel, object_of
from kit.settings import SERVICES_JOB, Settings

_META = "__meta_kubernetes_"
_APP = f"{_META}service_label_app"
_POD = ["pod", f"{_META}pod_container_port_number"]
_PODS_NODE = [f"{_META}pod_node_name"]
# The operator keeps a Service of all kubelets, each of which is a node.
_KUBELETS = {"app.kubernetes.io/name": "kubelet"}
_KUBELETS_NODE = ["node"]
# The operator's own labels.
_OPERATORS = "endpoint|namespace|pod|container|node"
# The Services that it makes of what it runs itself.
_OPERATED = {"prometheus": "operated-prometheus", "alertmanager": "operated-alertmanager"}
# What kube-prometheus-stack brings → the label and the value by which its charts call the Service.
_BROUGHT = {
    "node-exporter": "prometheus-node-exporter",
    "kube-state-metrics": "kube-state-metrics",
    "grafana": "grafana",
}
_CHARTS_LABEL = "app.kubernetes.io/name"
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def monitors(settings: Settings, stack: Running) -> Iterator[Json]:
    """One for each job that has something to ask."""
    addresses = {SERVICES_JOB: settings.services} | {job.name: stack.addresses(job) for job in settings.jobs}
    jobs = {job.name: job for job in settings.jobs}
    for told in prometheus_config.config(settings)["scrape_configs"]:
        scrape, name = of_ours(told, jobs, settings), told["job_name"]
        if addresses[name]:
            kubelets = KUBELET in hosts(addresses[name])
            spec = _kubelets(scrape) if kubelets else _spec(scrape, addresses[name], stack)
            yield object_of("ServiceMonitor", name, spec | {"endpoints": _placed(spec["endpoints"], settings)})


def _spec(scrape: Json, addresses: tuple[str, ...], stack: Running) -> Json:
    job, ports = scrape["job_name"], (address.rsplit(":", 1)[1] for address in addresses)
    apps = tuple(dict.fromkeys(hosts(addresses)))
    on_nodes = stack.on_nodes.issuperset(apps)
    steps = [_service(job, apps), _from(_PODS_NODE if on_nodes else _POD, "instance")]
    endpoints = [_endpoint(scrape, steps) | {"targetPort": int(port)} for port in dict.fromkeys(ports)]
    return {"namespaceSelector": {"any": True}, "selector": _selector(job, apps), "endpoints": endpoints}


def _selector(job: str, apps: tuple[str, ...]) -> Json:
    if job in _OPERATED:
        return {"matchLabels": {_OPERATED[job]: "true"}}
    if _is_brought(apps):
        return _any_of(_CHARTS_LABEL, (_BROUGHT[apps[0]], *apps))
    return _any_of("app", apps)


def _service(job: str, apps: tuple[str, ...]) -> Json:
    """What the target's service is: said where its Service is known by another label, or by another name."""
    if job in _OPERATED:
        return _set("service", job)
    return _set("service", apps[0]) if _is_brought(apps) else _from([_APP], "service")


def _is_brought(apps: tuple[str, ...]) -> bool:
    return len(apps) == 1 and apps[0] in _BROUGHT


def _any_of(label: str, values: tuple[str, ...]) -> Json:
    return {"matchExpressions": [{"key": label, "operator": "In", "values": list(dict.fromkeys(values))}]}


def _kubelets(scrape: Json) -> Json:
    """Each node's kubelet tells of its containers. Most sign their certificates themselves."""
    endpoint = _endpoint(scrape, [_set("service", KUBELET), _from(_KUBELETS_NODE, "instance")]) | {
        "port": "https-metrics",
        "path": "/metrics/cadvisor",
        "scheme": "https",
        # Its times are those of its last look; a container that is gone would stay for minutes.
        "honorTimestamps": False,
        "bearerTokenFile": f"{_ACCOUNT}/token",
        "tlsConfig": {"caFile": f"{_ACCOUNT}/ca.crt", "insecureSkipVerify": True},
    }
    return {"namespaceSelector": {"any": True}, "selector": {"matchLabels": dict(_KUBELETS)}, "endpoints": [endpoint]}


def _endpoint(scrape: Json, steps: list[Json]) -> Json:
    """How a job is scraped, with the steps that name a target; its job would be called after its Service."""
    every = {"interval": scrape["scrape_interval"]} if "scrape_interval" in scrape else {}
    found = {"path": scrape["metrics_path"], **every, "honorLabels": True}
    found["relabelings"] = [_set("job", scrape["job_name"]), *steps]
    if series := scrape.get("metric_relabel_configs"):
        found["metricRelabelings"] = camel(series)
    return found


def _placed(endpoints: list[Json], settings: Settings) -> list[Json]:
    """With the labels that every target has, and no others."""
    place = [_set(label, value) for label, value in prometheus_config.place(settings).items()]
    last = [*place, {"regex": _OPERATORS, "action": "labeldrop"}]
    every = {"interval": settings.scrape_interval}
    return [every | one | {"relabelings": [*one["relabelings"], *last]} for one in endpoints]


def _from(labels: list[str], target: str) -> Json:
    joined: Mapping[str, str] = {"separator": ":"} if len(labels) > 1 else {}
    return {"sourceLabels": labels, **joined, "targetLabel": target}


def _set(label: str, value: str) -> Json:
    return {"targetLabel": label, "replacement": value}
