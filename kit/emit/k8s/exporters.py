"""The hosts, Kubernetes' own objects, and the stores. Containers are told by each node's kubelet."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.emit.compose.exporters import HOST_PATHS, HOST_PORT
from kit.emit.compose.part import Part
from kit.emit.images import images
from kit.emit.k8s.objects import Object, account, rights
from kit.emit.k8s.program import Program, Volume, plain
from kit.emit.k8s.workload import daemon_set, deployment
from kit.settings import Settings

STORES = "stores"
STATES = "kube-state-metrics"
OWN_CONFIG = "dataflux-exporter-config"
# Of what the kubelet mounts, volumes alone are disks: pods/UID/volumes/kubernetes.io~KIND/…, without the kinds of which
# it makes the files itself. RE2 knows no "all but": each step says what goes on otherwise than that.
_MADE = "configmap|downward-api|empty-dir|git-repo|projected|secret"
_NO_VOLUMES = rf"([^p]|p[^o]|pod[^s]|pods/[^/]+/([^v]|volume[^s])|pods/[^/]+/volumes/kubernetes\.io~({_MADE})/).*"
# What is below the others belongs to pods, and changes with each of them.
_NO_DISKS = rf"^/(dev|proc|sys|run/.+|var/lib/((docker|containerd|containers)/.+|kubelet/{_NO_VOLUMES}))($|/)"
_STATES = {"": ("nodes", "persistentvolumeclaims", "pods"), "apps": ("daemonsets", "deployments", "statefulsets")}
# Exporter → its variable, or its flag, for the address of its store.
_ADDRESSES = {"postgres-exporter": "DATA_SOURCE_URI", "redis-exporter": "REDIS_ADDR", "kafka-exporter": "KAFKA_ADDRESS"}


def node(part: Part) -> Program:
    """In its node's network, so that it counts the node's bytes; it listens on the node's address alone.

    The kubelet's folders are open to root and its group (0750): without that one, no volume in them could be measured.
    """
    return Program.of(
        part,
        args=(
            *HOST_PATHS,
            f"--web.listen-address=[$(NODE_IP)]:{HOST_PORT}",
            f"--collector.filesystem.mount-points-exclude={_NO_DISKS}",
        ),
        environment={"NODE_IP": {"fieldRef": {"fieldPath": "status.hostIP"}}},
        volumes={"host": Volume(("/host",), {"hostPath": {"path": "/"}}, "HostToContainer")},
        groups=(0,),
        pod={"hostNetwork": True, "tolerations": [{"operator": "Exists"}]},
    )


def states(settings: Settings) -> Program:
    """kube-state-metrics, of what is looked at and no more: it need not list Secrets."""
    asked = sorted(resource for resources in _STATES.values() for resource in resources)
    return Program(
        name=STATES,
        image=images(settings)[STATES],
        args=(f"--resources={','.join(asked)}",),
        user="65534:65534",
        port=8080,
        ready="/healthz",
        megabytes=256,
        cpus=0.5,
        account=True,
    )


def _states_rights() -> list[Object]:
    """What it lists."""
    return [rights(group, *resources, verbs=("list", "watch")) for group, resources in _STATES.items()]


def postgres(part: Part) -> Program:
    """It waits for the Secret with its login."""
    login = {"DATA_SOURCE_USER": "user", "DATA_SOURCE_PASS": "password"}
    asked = {name: _secret(part.name, key) for name, key in login.items()}
    return Program.of(part, environment={_ADDRESSES[part.name]: _address(part.name), **asked})


def redis(part: Part) -> Program:
    """A Redis without a password needs no Secret."""
    password = {"REDIS_PASSWORD": _secret(part.name, "password", optional=True)}
    return Program.of(part, environment={_ADDRESSES[part.name]: _address(part.name), **password})


def kafka(part: Part) -> Program:
    """Its address is a flag."""
    name = _ADDRESSES[part.name]
    return Program.of(part, args=(f"--kafka.server=$({name})",), environment={name: _address(part.name)})


def own(part: Part, settings: Settings) -> Program:
    """dataflux-exporter: what it looks at only you know, so it waits for the ConfigMap that says it."""
    return Program.of(
        part,
        image=images(settings)[part.name],
        shared=({"secretRef": {"name": part.name, "optional": True}},),
        volumes={"config": Volume(("/etc/dataflux-exporter",), {"configMap": {"name": OWN_CONFIG}})},
        ready="/readyz",
        live="/healthz",
    )


def addresses(parts: Mapping[str, Part], namespace: str) -> list[str]:
    """`NAME=address` of each store that an exporter asks: Compose's, in a namespace of DataFlux."""
    return [f"{_ADDRESSES[name]}={_elsewhere(parts[name], namespace)}" for name in _ADDRESSES if name in parts]


def _elsewhere(part: Part, namespace: str) -> str:
    known = part.environment.get(_ADDRESSES[part.name]) or part.command[0].partition("=")[2]
    return re.sub(r"([a-z]+):(?=\d)", rf"\1.{namespace}.svc:", plain(known))


def _address(name: str) -> dict[str, Any]:
    return {"configMapKeyRef": {"name": STORES, "key": _ADDRESSES[name]}}


def _secret(name: str, key: str, optional: bool = False) -> dict[str, Any]:
    return {"secretKeyRef": {"name": name, "key": key, **({"optional": True} if optional else {})}}


@frozen
class Exporters:
    """The programs: one for each node, one with an account, and one for each store; those that are scraped."""

    node: Program | None
    states: Program | None
    stores: tuple[Program, ...]

    def __iter__(self) -> Iterator[Program]:
        """Each of them."""
        yield from (one for one in (self.node, self.states, *self.stores) if one)

    @property
    def on_nodes(self) -> frozenset[str]:
        """The names of those that run on every node."""
        return frozenset({self.node.name} if self.node else ())

    def objects(self) -> Iterator[tuple[str, list[Object]]]:
        """File under k8s/ → objects."""
        if self.node:
            yield f"{self.node.name}.yaml", [daemon_set(self.node)]
        if self.states:
            yield f"{self.states.name}.yaml", [*account(self.states.name, _states_rights()), deployment(self.states)]
        for program in self.stores:
            yield f"{program.name}.yaml", [deployment(program)]


def known(parts: Mapping[str, Part], settings: Settings) -> Exporters:
    """Those that `settings.py` scrapes: of the ones that Compose knows as well, it has left out the others."""
    made = {"postgres-exporter": postgres, "redis-exporter": redis, "kafka-exporter": kafka}
    stores = [make(parts[name]) for name, make in made.items() if name in parts]
    if "dataflux-exporter" in parts:
        stores.append(own(parts["dataflux-exporter"], settings))
    host, asked = parts.get("node-exporter"), [job.name for job in settings.jobs]
    return Exporters(node(host) if host else None, states(settings) if STATES in asked else None, tuple(stores))
