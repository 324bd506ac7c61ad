"""Kubernetes objects, as small as they can be: names, ports, accounts, rights. Their namespace is set by Kustomize."""

from collections.abc import Iterable, Mapping
from typing import Any

from kit.emit.k8s.program import Program

Object = dict[str, Any]
NAMESPACE = "dataflux-monitoring"
_GROUPS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PodDisruptionBudget": "policy/v1",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
}


def made(kind: str, name: str, labels: Mapping[str, str] | None = None, **rest: Any) -> Object:
    """An object of a kind, with what comes after its metadata."""
    metadata: Object = {"name": name} | ({"labels": dict(labels)} if labels else {})
    return {"apiVersion": _GROUPS.get(kind, "v1"), "kind": kind, "metadata": metadata, **rest}


def app(name: str) -> dict[str, str]:
    """The label by which a program's pods are found."""
    return {"app": name}


def service(program: Program, **more: Any) -> Object:
    """Its name in the cluster: the one that the data sources and the targets have."""
    ports = {"http": program.port} | dict(program.ports)
    return made(
        "Service",
        program.name,
        app(program.name),
        spec={
            "selector": app(program.name),
            "ports": [{"name": name, "port": port, "targetPort": name} for name, port in ports.items()],
            **more,
        },
    )


def headless(program: Program) -> Object:
    """A name for each pod of its StatefulSet, known before it is ready: its peers look for it there."""
    found = service(program, clusterIP="None", publishNotReadyAddresses=True)
    found["metadata"]["name"] = peers(program.name)
    return found


def peers(name: str) -> str:
    """The name below which each pod of a StatefulSet has one."""
    return f"{name}-peers"


def account(name: str, rules: Iterable[Mapping[str, Any]]) -> list[Object]:
    """An account with rights in the whole cluster, none of which changes anything."""
    role = f"dataflux-{name}"
    bearer = made("ServiceAccount", name, app(name))
    # Kustomize follows a subject into another namespace by the one in which it was written down.
    bearer["metadata"]["namespace"] = NAMESPACE
    return [
        bearer,
        made("ClusterRole", role, app(name), rules=[dict(rule) for rule in rules]),
        made(
            "ClusterRoleBinding",
            role,
            app(name),
            roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            subjects=[{"kind": "ServiceAccount", "name": name, "namespace": NAMESPACE}],
        ),
    ]


def rights(group: str, *resources: str, verbs: Iterable[str] = ("get", "list", "watch")) -> Object:
    """What a role allows on some resources of one API group."""
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
