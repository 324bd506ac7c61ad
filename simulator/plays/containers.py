"""The containers, as cAdvisor tells of them on a Kubernetes node and on a Compose host; and kube-state-metrics."""

import zlib
from typing import Any

import numpy as np

from signals import container as signals
from simulator import cast
from simulator.sheet import Page, Sheet

PERIODS = 10.0  # cgroup periods of 100 ms a second
REGISTRY = "registry.example/dataflux"


def play(sheet: Sheet) -> None:
    """See the package."""
    nodes = {host.name: host for host in cast.HOSTS}
    pages = {host.name: sheet.at(signals.CADVISOR, f"{host.name}:8080") for host in cast.HOSTS}
    for box in cast.CONTAINERS:
        one = sheet.frame["container", box.service, box.host]
        if nodes[box.host].kubernetes:
            _box(pages[box.host], box, one, in_pod(box), sandbox(box))
        else:
            _box(pages[box.host], box, one, in_compose(box), in_compose(box))
    _objects(sheet, sheet.only(signals.KUBE))


def in_compose(box: cast.Container) -> dict[str, str]:
    """The labels of a container that Docker Compose started."""
    return {
        "id": f"/system.slice/docker-{_hash(box, 12)}.scope",
        "image": f"{REGISTRY}/{box.service}:1",
        "name": f"dataflux-{box.service}-1",
        "container_label_com_docker_compose_service": box.service,
    }


def in_pod(box: cast.Container) -> dict[str, str]:
    """The labels of a pod's container, as the kubelet's cAdvisor gives them."""
    return {
        "id": f"/kubepods.slice/kubepods-burstable.slice/pod{_hash(box, 4)}.slice/cri-containerd-{_hash(box, 8)}.scope",
        "image": f"{REGISTRY}/{box.service}:1",
        "name": _hash(box, 8),
        "container": box.service,
        "namespace": box.namespace,
        "pod": pod(box),
    }


def sandbox(box: cast.Container) -> dict[str, str]:
    """The labels of a pod's sandbox, which alone has the network of all its containers: it names no container."""
    name = _hash(box, 6)
    return {
        "id": f"/kubepods.slice/kubepods-burstable.slice/pod{_hash(box, 4)}.slice/cri-containerd-{name}.scope",
        "image": "registry.k8s.io/pause:3.9",
        "name": name,
        "container": "",
        "namespace": box.namespace,
        "pod": pod(box),
    }


def pod(box: cast.Container) -> str:
    """The name of a Deployment's pod: the hashes use letters and digits that make no words."""
    letters = "bcdfghjklmnpqrstvwxz2456789"
    number = zlib.crc32(f"{box.service} {box.host}".encode())
    digits = [letters[number // len(letters) ** place % len(letters)] for place in range(7)] * 2
    return f"{box.service}-{''.join(digits[:9])}-{''.join(digits[9:14])}"


def _hash(box: cast.Container, length: int) -> str:
    return f"{zlib.crc32(f'{box.service}/{box.host}'.encode()) * 2654435761 % 16**12:012x}"[:length]


def _box(page: Page, box: cast.Container, one: Any, own: dict[str, str], network: dict[str, str]) -> None:
    page.counter(signals.cpu_seconds, one.cpu, cpu="total", **own)
    page.gauge(signals.working_set, np.round(one.memory), **own)
    page.gauge(signals.memory_limit, box.limit, **own)
    page.gauge(signals.started, np.round(one.started), **own)
    page.counter(signals.reads, 2e4 + one.received * 0.02, device="/dev/sda", **own)
    page.counter(signals.writes, 3e4 + one.received * 0.3, device="/dev/sda", **own)
    page.reading(signals.killed, np.floor(one.killed), **own)
    if box.cores:
        page.counter(signals.periods, PERIODS, **own)
        page.counter(signals.throttled, PERIODS * one.throttled, **own)
    page.counter(signals.received, one.received, interface="eth0", **network)
    page.counter(signals.sent, one.sent, interface="eth0", **network)
    if network != own:
        # The sandbox is a container as well, and must not be counted as one.
        page.gauge(signals.working_set, 5e5, **network)
        page.gauge(signals.memory_limit, 0, **network)
        page.gauge(signals.started, np.round(one.started), **network)
        page.counter(signals.cpu_seconds, 1e-5, cpu="total", **network)


def _objects(sheet: Sheet, page: Page) -> None:
    nodes = {host.name for host in cast.HOSTS if host.kubernetes}
    for box in cast.CONTAINERS:
        if box.host in nodes:
            one = sheet.frame["container", box.service, box.host]
            of = {"namespace": box.namespace, "pod": pod(box), "container": box.service, "uid": f"{_hash(box, 8)}-0000"}
            page.reading(signals.pod_restarts, np.floor(one.restarts), **of)
            waits = np.where(one.waits > 0, 1.0, np.nan)
            page.gauge(signals.waiting, waits, reason="CrashLoopBackOff", **of)
            deployment = {"namespace": box.namespace, "deployment": box.service}
            page.gauge(signals.replicas_wanted, 1, **deployment)
            page.gauge(signals.replicas_available, np.where(one.waits > 0, 0.0, 1.0), **deployment)
