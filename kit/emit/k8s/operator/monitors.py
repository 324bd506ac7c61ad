"""ServiceMonitors: the jobs of prometheus.yml, with targets that are found behind Kubernetes' Services.

A Service is found by its label `app`, a target by its container's port, both as `settings.py` names them; what the
Service itself is called does not matter. The operator gives each target labels of its own (`endpoint`, `namespace`,
`pod`, …); they are taken away, so that a target has the labels that it has everywhere, and no series gets an endpoint
that is a port's name.
"""

from collections.abc import Iterator, Mapping

from kit.emit import prometheus_config
from kit.emit.k8s.discovery import KUBELET, Running, hosts
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
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def monitors(settings: Settings, stack: Running) -> Iterator[Json]:
    """One for each job that has something to ask."""
    addresses = {SERVICES_JOB: settings.services} | {job.name: stack.addresses(job) for job in settings.jobs}
    for scrape in prometheus_config.config(settings)["scrape_configs"]:
        name = scrape["job_name"]
        if addresses[name]:
            kubelets = KUBELET in hosts(addresses[name])
            spec = _kubelets(scrape) if kubelets else _spec(scrape, addresses[name], stack)
            yield object_of("ServiceMonitor", name, spec | {"endpoints": _placed(spec["endpoints"], settings)})


def _spec(scrape: Json, addresses: tuple[str, ...], stack: Running) -> Json:
    job, ports = scrape["job_name"], (address.rsplit(":", 1)[1] for address in addresses)
    service = _set("service", job) if job in _OPERATED else _from([_APP], "service")
    on_nodes = stack.on_nodes.issuperset(hosts(addresses))
    steps = [service, _from(_PODS_NODE if on_nodes else _POD, "instance")]
    endpoints = [_endpoint(scrape, steps) | {"targetPort": int(port)} for port in dict.fromkeys(ports)]
    return {"namespaceSelector": {"any": True}, "selector": _selector(job, hosts(addresses)), "endpoints": endpoints}


def _selector(job: str, apps: tuple[str, ...]) -> Json:
    if job in _OPERATED:
        return {"matchLabels": {_OPERATED[job]: "true"}}
    return {"matchExpressions": [{"key": "app", "operator": "In", "values": list(dict.fromkeys(apps))}]}


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
