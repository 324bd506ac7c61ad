"""Who may speak to whom: nobody, unless it stands here. What leaves a pod is free: targets and stores are anywhere.

https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from collections.abc import Iterator
from typing import Any

from kit.emit.k8s.alertmanager import PEERS_PORT
from kit.emit.k8s.objects import Object, app, made
from kit.emit.k8s.program import Program
from kit.emit.k8s.stack import Stack

# Whoever brings people in is in a namespace with this label.
DOOR = {"dataflux.local/reaches-grafana": "true"}


def policies(stack: Stack) -> Iterator[Object]:
    """One that closes everything, and one for each program that is spoken to.

    What is in its node's network is beyond them: node-exporter.
    """
    watcher, seer = stack.prometheus, stack.grafana
    yield made("NetworkPolicy", "nobody", spec={"podSelector": {}, "policyTypes": ["Ingress"]})
    yield _open(watcher, _pods(watcher, seer))
    yield _open(stack.alertmanager, _pods(watcher, seer), _peers(stack.alertmanager))
    yield _open(seer, [*_pods(watcher), {"namespaceSelector": {"matchLabels": DOOR}}], _peers(seer))
    yield _open(stack.loki, _pods(watcher, seer, stack.collector))
    for one in stack.exporters:
        if not one.pod.get("hostNetwork"):
            yield _open(one, _pods(watcher))


def _open(program: Program, sources: list[Object], *more: Object) -> Object:
    entry = {"from": sources, "ports": [{"protocol": "TCP", "port": program.port}]}
    spec = {"podSelector": {"matchLabels": app(program.name)}, "policyTypes": ["Ingress"], "ingress": [entry, *more]}
    return made("NetworkPolicy", program.name, spec=spec)


def _pods(*programs: Program) -> list[Any]:
    return [{"podSelector": {"matchLabels": app(one.name)}} for one in programs]


def _peers(program: Program) -> Object:
    ports = [{"protocol": protocol, "port": PEERS_PORT} for protocol in ("TCP", "UDP")]
    return {"from": _pods(program), "ports": ports}
