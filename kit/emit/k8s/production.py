"""overlays/production: replicas that outlive a node, volumes, closed networks, and no secret that is not there.

Two of Prometheus see the same, three of Alertmanager and two of Grafana tell each other what they have sent. Loki stays
one: more of it need a store of objects.
"""

from attrs import evolve

from kit.emit.k8s import alertmanager, grafana, network, prometheus
from kit.emit.k8s.kustomize import literals, overlay, patched, patches, removed
from kit.emit.k8s.objects import Object, app, headless, made, peers
from kit.emit.k8s.program import Claim, Program
from kit.emit.k8s.stack import Stack
from kit.emit.k8s.workload import DATA, claim_name, stateful_set, templates
from kit.sizing.needs import RETENTION_DAYS
from kit.sizing.shipped import PRODUCTION

PROMETHEUSES, ALERTMANAGERS, GRAFANAS = 2, 3, 2
DATABASE = "grafana-database"
# Loki deletes by age alone: a volume that is full takes no more lines.
_LINES = Claim("/loki", 100)
_KEPT = prometheus.kept(RETENTION_DAYS, PRODUCTION.kept)


def kustomization(stack: Stack) -> Object:
    """The base, what is there beside it, and what differs."""
    shared = {
        "GF_DATABASE_TYPE": "postgres",
        "GF_DATABASE_SSL_MODE": "require",
        "GF_UNIFIED_ALERTING_HA_PEERS": f"{peers(stack.grafana.name)}:{alertmanager.PEERS_PORT}",
    }
    told = {
        grafana.ENVIRONMENT: [f"{name}={value}" for name, value in shared.items()],
        prometheus.ENVIRONMENT: _KEPT,
    }
    merged = [literals(name, values, behavior="merge") for name, values in told.items()]
    return overlay(objects(stack), configMapGenerator=merged)


def objects(stack: Stack) -> dict[str, list[Object]]:
    """File → what stands in it."""
    watcher = _prometheus(stack.prometheus)
    replicated = (stack.prometheus, stack.alertmanager, stack.grafana)
    return {
        "prometheus.yaml": [stateful_set(watcher, PROMETHEUSES), headless(watcher)],
        "grafana.yaml": [headless(stack.grafana)],
        "network-policies.yaml": list(network.policies(stack)),
        "disruption-budgets.yaml": [budget(one) for one in replicated],
        **patches(
            removed("Deployment", "apps/v1", watcher.name),
            *(removed("PersistentVolumeClaim", "v1", claim_name(one)) for one in (stack.prometheus, stack.grafana)),
            _alertmanager(stack),
            _grafana(stack.grafana, notifies=not _alertmanager_notifies(stack)),
            patched("StatefulSet", stack.loki.name, templates(evolve(stack.loki, claim=_LINES)), {}),
        ),
    }


def _prometheus(program: Program) -> Program:
    return evolve(
        program,
        claim=Claim("/prometheus", PRODUCTION.volume),
        megabytes=PRODUCTION.megabytes,
        cpus=4,
        pod={**program.pod, "topologySpreadConstraints": spread(program.name)},
    )


def _alertmanager(stack: Stack) -> Object:
    program = stack.alertmanager
    container = {
        "name": program.name,
        "args": list(alertmanager.clustered(program, ALERTMANAGERS)),
        "env": [{"name": "POD_IP", "valueFrom": alertmanager.POD_IP}],
    }
    pod: Object = {"topologySpreadConstraints": spread(program.name), "containers": [container]}
    if _alertmanager_notifies(stack):
        # It is the one that tells people: without its secrets it waits, and says so.
        pod["volumes"] = [{"name": "secrets", "secret": {"optional": False}}]
    return patched("StatefulSet", program.name, {"replicas": ALERTMANAGERS}, pod)


def _alertmanager_notifies(stack: Stack) -> bool:
    """Otherwise Grafana does."""
    return stack.settings.evaluator == "prometheus"


def _grafana(program: Program, *, notifies: bool) -> Object:
    """What it keeps is in PostgreSQL, whose login must be there; so must its channels' where it is who notifies."""
    address = alertmanager.PEERS_ADDRESS
    asked = {f"GF_DATABASE_{key.upper()}": _secret(DATABASE, key) for key in ("host", "name", "user", "password")}
    environment = [
        # Before those that are made of it.
        {"name": "POD_IP", "valueFrom": alertmanager.POD_IP},
        {"name": "GF_UNIFIED_ALERTING_HA_LISTEN_ADDRESS", "value": address},
        {"name": "GF_UNIFIED_ALERTING_HA_ADVERTISE_ADDRESS", "value": address},
        # With the key that everybody knows, whoever reads the database reads its secrets.
        {"name": "GF_SECURITY_SECRET_KEY", "valueFrom": _secret(grafana.ADMIN, "secret_key")},
        *({"name": name, "valueFrom": source} for name, source in asked.items()),
    ]
    channels = {"name": grafana.CHANNELS, **({} if notifies else {"optional": True})}
    shared = [{"configMapRef": {"name": grafana.ENVIRONMENT}}, {"secretRef": channels}]
    pod = {
        "topologySpreadConstraints": spread(program.name),
        "containers": [{"name": program.name, "envFrom": shared, "env": environment}],
        "volumes": [{"name": DATA, "emptyDir": {"sizeLimit": "1Gi"}, "persistentVolumeClaim": None}],
    }
    return patched("Deployment", program.name, {"replicas": GRAFANAS, "strategy": {"type": "RollingUpdate"}}, pod)


def _secret(name: str, key: str) -> Object:
    return {"secretKeyRef": {"name": name, "key": key}}


def spread(name: str) -> list[Object]:
    """On nodes of their own as far as there are some: a cluster with fewer runs them all the same."""
    selected = {"labelSelector": {"matchLabels": app(name)}}
    return [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway", **selected}]


def budget(program: Program) -> Object:
    """A node that is emptied takes one of them, and waits until that is back."""
    selected = {"matchLabels": app(program.name)}
    return made("PodDisruptionBudget", program.name, spec={"maxUnavailable": 1, "selector": selected})
