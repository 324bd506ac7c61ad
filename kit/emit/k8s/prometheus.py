"""Prometheus: a Deployment with one volume, as asked for; production.py makes replicas of it."""

from collections.abc import Iterator

from kit.emit.compose.part import Part
from kit.emit.k8s.objects import Object, account, rights, service
from kit.emit.k8s.program import Claim, Program, Volume
from kit.emit.k8s.workload import claims

CONFIG = "prometheus-config"
RULES = "prometheus/rules/"
# Told of nodes and pods; the kubelets' own metrics are a right of their own.
_RIGHTS = (
    rights("", "nodes", "pods"),
    rights("", "nodes/metrics", verbs=("get",)),
)


def program(part: Part, rules: tuple[str, ...]) -> Program:
    """`rules`: paths under monitoring/ of the files with rules."""
    return Program.of(
        part,
        environment={"POD_NAME": {"fieldRef": {"fieldPath": "metadata.name"}}},
        volumes={"config": Volume(("/etc/prometheus",), _config(rules))},
        claim=Claim("/prometheus", 25),
        ready="/-/ready",
        live="/-/healthy",
        account=True,
        # What is in memory is written down before it ends.
        pod={"terminationGracePeriodSeconds": 300},
    )


def objects(prometheus: Program) -> Iterator[Object]:
    """What it needs beside its Deployment. Of two replicas one person asks the same one, whose lines don't jump."""
    yield from account(prometheus.name, _RIGHTS)
    yield service(prometheus, sessionAffinity="ClientIP")
    yield from claims(prometheus)


def keys(rules: tuple[str, ...]) -> dict[str, str]:
    """Key in the ConfigMap → path under monitoring/; a key has no `/`."""
    return {path.removeprefix("prometheus/").replace("/", "-"): path for path in rules}


def _config(rules: tuple[str, ...]) -> Object:
    whole = {"prometheus.yml": "prometheus.yml"}
    whole |= {key: path.removeprefix("prometheus/") for key, path in keys(rules).items()}
    return {"configMap": {"name": CONFIG, "items": [{"key": key, "path": path} for key, path in whole.items()]}}
