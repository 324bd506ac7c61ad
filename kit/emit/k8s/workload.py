"""A program's pod, and who keeps it running: a Deployment, a StatefulSet, a DaemonSet."""

from collections.abc import Iterator
from typing import Any

from kit.emit.k8s.objects import Object, app, made, peers
from kit.emit.k8s.program import Claim, Program

DATA = "data"
_TICK = 5


def deployment(program: Program, replicas: int = 1) -> Object:
    """With one volume, the old pod lets go of it before the new one comes."""
    claimed = [{"name": DATA, "persistentVolumeClaim": {"claimName": claim_name(program)}}] if program.claim else []
    strategy = {"strategy": {"type": "Recreate"}} if program.claim else {}
    return _kept("Deployment", program, claimed, replicas=replicas, **strategy)


def stateful_set(program: Program, replicas: int = 1) -> Object:
    """Each pod has a name and a volume of its own; they start at once, since each waits for its peers itself."""
    more: Object = {"replicas": replicas, "serviceName": peers(program.name), "podManagementPolicy": "Parallel"}
    return _kept("StatefulSet", program, [], **more, **templates(program))


def templates(program: Program) -> Object:
    """The volume of each pod, as a StatefulSet says it."""
    return {"volumeClaimTemplates": [_claim(DATA, program.claim)] if program.claim else []}


def daemon_set(program: Program) -> Object:
    """One pod on each node, whatever the node is kept free of."""
    return _kept("DaemonSet", program, [], updateStrategy={"rollingUpdate": {"maxUnavailable": "10%"}})


def claims(program: Program) -> Iterator[Object]:
    """The volume that its Deployment asks for."""
    if program.claim:
        yield _claim(claim_name(program), program.claim)


def claim_name(program: Program) -> str:
    """What it is called."""
    return f"{program.name}-{DATA}"


def _claim(name: str, claim: Claim) -> Object:
    asked = {"requests": {"storage": f"{claim.gigabytes}Gi"}}
    return made("PersistentVolumeClaim", name, spec={"accessModes": ["ReadWriteOnce"], "resources": asked})


def _kept(kind: str, program: Program, volumes: list[Object], **more: Any) -> Object:
    labels = app(program.name)
    template = {"metadata": {"labels": labels}, "spec": pod(program, volumes)}
    spec = {"revisionHistoryLimit": 3, **more, "selector": {"matchLabels": labels}, "template": template}
    return made(kind, program.name, labels, spec=spec)


def pod(program: Program, volumes: list[Object]) -> Object:
    """The pod of its one container. It is root only where the program says so."""
    user, group = map(int, program.user.split(":"))
    named = {"serviceAccountName": program.name} if program.account else {}
    known = [{"name": name, **volume.source} for name, volume in program.volumes.items()]
    passing = [{"name": _writable(path), "emptyDir": {"sizeLimit": "256Mi"}} for path in program.writes]
    return {
        **named,
        "automountServiceAccountToken": program.account,
        # Whoever is a neighbour is asked for by name; a variable for each of them helps nobody.
        "enableServiceLinks": False,
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": user,
            "runAsGroup": group,
            **({"supplementalGroups": list(program.groups)} if program.groups else {}),
            "fsGroup": group,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        **program.pod,
        "containers": [container(program)],
        "volumes": [*known, *volumes, *passing],
    }


def container(program: Program) -> Object:
    """The one container of its pod."""
    ports = {"http": program.port} | dict(program.ports)
    return {
        "name": program.name,
        "image": program.image,
        **({"args": list(program.args)} if program.args else {}),
        **({"envFrom": list(program.shared)} if program.shared else {}),
        **({"env": [_variable(*pair) for pair in program.environment.items()]} if program.environment else {}),
        "ports": [{"name": name, "containerPort": port} for name, port in ports.items()],
        **_probes(program),
        "resources": resources(program.megabytes, program.cpus),
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": list(_mounts(program)),
    }


def resources(megabytes: int, cpus: float) -> Object:
    """Its limits, and what a node must have free for it: half the memory, a fifth of the processors."""
    return {
        "requests": {"cpu": f"{round(cpus * 200)}m", "memory": f"{megabytes // 2}Mi"},
        "limits": {"cpu": f"{round(cpus * 1000)}m", "memory": f"{megabytes}Mi"},
    }


def _variable(name: str, value: Any) -> Object:
    return {"name": name, "value": value} if isinstance(value, str) else {"name": name, "valueFrom": dict(value)}


def _probes(program: Program) -> Object:
    """It is asked nothing else until it has started, so that a long start is no reason to begin again."""
    port = "http"
    ready = {"httpGet": {"path": program.ready, "port": port}}
    live = {"httpGet": {"path": program.live, "port": port}} if program.live else {"tcpSocket": {"port": port}}
    tries = max(3, program.patience // _TICK)
    return {
        "startupProbe": {**live, "periodSeconds": _TICK, "timeoutSeconds": 5, "failureThreshold": tries},
        "readinessProbe": {**ready, "periodSeconds": 10, "timeoutSeconds": 5},
        "livenessProbe": {**live, "periodSeconds": 15, "timeoutSeconds": 5, "failureThreshold": 4},
    }


def _mounts(program: Program) -> Iterator[Object]:
    """What lies below another comes after it."""
    if program.claim:
        yield {"name": DATA, "mountPath": program.claim.path}
    yield from ({"name": _writable(path), "mountPath": path} for path in program.writes)
    for name, volume in program.volumes.items():
        for path in volume.paths:
            more = {"mountPropagation": volume.propagation} if volume.propagation else {}
            yield {"name": name, "mountPath": path, "readOnly": True, **more}


def _writable(path: str) -> str:
    """The volume's name for a folder that may be written to: `/tmp` → `tmp`."""
    return path.strip("/").replace("/", "-").replace(".", "-").lower()
