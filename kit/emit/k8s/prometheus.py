"""Prometheus: a Deployment with one volume, as asked for; production.py makes replicas of it."""

from collections.abc import Iterator

from kit.emit.compose.part import Part
from kit.emit.k8s.objects import Object, account, rights, service
from kit.emit.k8s.program import Claim, Program, Volume, asking, out_of
from kit.emit.k8s.workload import claims
from kit.sizing.shipped import BASE

CONFIG = "prometheus-config"
ENVIRONMENT = "prometheus-environment"
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
        args=tuple(map(asking, part.command)),
        environment={"POD_NAME": {"fieldRef": {"fieldPath": "metadata.name"}}, **out_of(ENVIRONMENT, part)},
        volumes={"config": Volume(("/etc/prometheus",), _config(rules))},
        claim=Claim("/prometheus", BASE.volume),
        ready="/-/ready",
        live="/-/healthy",
        account=True,
        # What is in memory is written down before it ends.
        pod={"terminationGracePeriodSeconds": 300},
    )


def kept(days: int, gigabytes: int) -> list[str]:
    """`NAME=value` of how long and how much it keeps."""
    return [f"PROMETHEUS_RETENTION={days}d", f"PROMETHEUS_RETENTION_SIZE={gigabytes}GB"]


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
