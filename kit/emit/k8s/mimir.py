"""overlays/mimir, upon production: for those who outgrow one Prometheus, as docs/sizing.md counts it.

Prometheus becomes an agent that scrapes and sends on; Grafana Mimir stores, answers and evaluates the same files of
rules; it and Loki keep what is old in a store of objects. Thanos would do as well, and asks Prometheus to stay a store.
"""

import math
from collections.abc import Iterator

from kit.emit.images import images
from kit.emit.k8s import grafana, logs, prometheus
from kit.emit.k8s.kustomize import config_map, literals, overlay, patched, patches
from kit.emit.k8s.mimir_config import GOSSIP_PORT, GRPC_PORT, NAME, PORT, REPLICAS, RULES, TENANT
from kit.emit.k8s.objects import Object, app, headless, made, peers, service
from kit.emit.k8s.production import budget, spread
from kit.emit.k8s.program import Claim, Program, Volume
from kit.emit.k8s.stack import Stack
from kit.emit.k8s.workload import stateful_set, templates
from kit.sizing.needs import MIMIR_BYTES_A_SERIES, MIMIR_SERIES_A_CORE, MOST_SERIES

UPON = "../production"
CONFIG = "mimir-config"
# Where the store of objects is, and who may use it: a ConfigMap and a Secret of one name.
OBJECTS = "object-storage"
_SHARED = [{"configMapRef": {"name": OBJECTS}}, {"secretRef": {"name": OBJECTS}}]
_PLACES = (
    "S3_ENDPOINT=minio.dataflux:9000",
    "S3_REGION=us-east-1",
    "S3_INSECURE=true",
    "MIMIR_BUCKET=dataflux-mimir",
    "LOKI_BUCKET=dataflux-loki",
)
# Rules of its own, beside those of everybody.
_OWN_RULES = "rules-mimir.yml"
_CHANGED = {"prometheus.yml": "config/prometheus.yml", _OWN_RULES: "config/rules.yml"}
_EXPANDED = "-config.expand-env=true"


def kustomization(stack: Stack) -> Object:
    """Production, what is there beside it, and what differs."""
    return overlay(
        objects(stack),
        UPON,
        configMapGenerator=[
            config_map(CONFIG, {"mimir.yml": "config/mimir.yml"}),
            config_map(prometheus.CONFIG, _CHANGED, fixed=True, behavior="merge"),
            config_map(grafana.SOURCES, {"prometheus.yml": "config/datasource.yml"}, behavior="merge"),
            config_map(logs.LOKI_CONFIG, {"loki.yml": "config/loki.yml"}, behavior="merge"),
            literals(OBJECTS, _PLACES),
        ],
    )


def objects(stack: Stack) -> dict[str, list[Object]]:
    """File → what stands in it."""
    mimir = program(stack)
    return {
        "mimir.yaml": [stateful_set(mimir, REPLICAS), service(mimir), headless(mimir)],
        "network-policies.yaml": list(_policies(mimir, stack)),
        "disruption-budgets.yaml": [budget(mimir), budget(stack.loki)],
        **patches(_agent(stack.prometheus), _loki(stack.loki)),
    }


def program(stack: Stack) -> Program:
    """Of three, each has all series: as many as one Prometheus should hold. For more, let there be more of it.

    Alertmanager is told by the ruler only where that is who notifies.
    """
    return Program(
        name=NAME,
        image=images(stack.settings)[NAME],
        args=("-target=all", f"-config.file=/etc/{NAME}/mimir.yml", _EXPANDED, *_notifies(stack)),
        shared=tuple(_SHARED),
        user="10001:10001",
        port=PORT,
        ports={"grpc": GRPC_PORT, "gossip": GOSSIP_PORT},
        volumes={
            "config": Volume((f"/etc/{NAME}",), {"configMap": {"name": CONFIG}}),
            "rules": Volume((f"{RULES}/{TENANT}",), _rules(stack)),
        },
        claim=Claim("/data", 100),
        writes=("/tmp",),
        ready="/ready",
        # Its log of two hours is read again first.
        patience=900,
        megabytes=round(MOST_SERIES * MIMIR_BYTES_A_SERIES / 2**20),
        cpus=math.ceil(MOST_SERIES / MIMIR_SERIES_A_CORE),
        # What is in memory is sent to the store of objects before it ends.
        pod={"terminationGracePeriodSeconds": 1200, "topologySpreadConstraints": spread(NAME)},
    )


def _notifies(stack: Stack) -> tuple[str, ...]:
    one = stack.alertmanager
    told = f"-ruler.alertmanager-url=dns+http://{peers(one.name)}:{one.port}"
    return (told,) if stack.settings.evaluator == "prometheus" else ()


def _rules(stack: Stack) -> Object:
    """The files that Prometheus would read, out of the same ConfigMap; one folder a tenant."""
    items = [
        {"key": key, "path": path.removeprefix(prometheus.RULES)} for key, path in prometheus.keys(stack.rules).items()
    ]
    own = {"key": _OWN_RULES, "path": f"{NAME}.yml"}
    return {"configMap": {"name": prometheus.CONFIG, "items": [*items, own]}}


def _agent(program: Program) -> Object:
    """It keeps only what is still to be sent."""
    args = [word for word in program.args if not word.startswith("--storage.tsdb.")]
    container = {"name": program.name, "args": [*args, "--agent", "--storage.agent.path=/prometheus"]}
    return patched("StatefulSet", program.name, {}, {"containers": [container]})


def _loki(program: Program) -> Object:
    container = {"name": program.name, "args": [*program.args, _EXPANDED], "envFrom": _SHARED}
    pod = {"topologySpreadConstraints": spread(program.name), "containers": [container]}
    # Its lines are in the store of objects: what production has for them is not needed.
    return patched("StatefulSet", program.name, {"replicas": REPLICAS, **templates(program)}, pod)


def _policies(mimir: Program, stack: Stack) -> Iterator[Object]:
    """Beside those of production, which let nobody in who is not named."""
    among = (GRPC_PORT, GOSSIP_PORT)
    yield _open(NAME, mimir, [_from((stack.prometheus, stack.grafana, mimir), PORT), _from((mimir,), *among)])
    yield _open("loki-peers", stack.loki, [_from((stack.loki,), stack.loki.port, *among)])
    yield _open("alertmanager-rules", stack.alertmanager, [_from((mimir,), stack.alertmanager.port)])


def _from(programs: tuple[Program, ...], *ports: int) -> Object:
    sources = [{"podSelector": {"matchLabels": app(one.name)}} for one in programs]
    return {"from": sources, "ports": [{"protocol": "TCP", "port": port} for port in ports]}


def _open(name: str, program: Program, ingress: list[Object]) -> Object:
    spec = {"podSelector": {"matchLabels": app(program.name)}, "policyTypes": ["Ingress"], "ingress": ingress}
    return made("NetworkPolicy", name, spec=spec)
