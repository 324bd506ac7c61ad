"""Loki; and Alloy on every node, which asks the API for the lines of its node's pods, and so need not be root."""

from collections.abc import Iterator

from kit.emit.compose.part import OURS, Part
from kit.emit.k8s.objects import Object, account, headless, rights, service
from kit.emit.k8s.program import Claim, Program, Volume, plain
from kit.emit.k8s.workload import daemon_set, stateful_set

LOKI_CONFIG, COLLECTOR_CONFIG = "loki-config", "alloy-config"
_COLLECTOR_PORT = 12345
_RIGHTS = (rights("", "pods"), rights("", "pods/log", verbs=("get",)))


def loki(part: Part) -> Program:
    """One process with its files on one volume."""
    volumes = {"config": Volume((f"{OURS}/loki",), {"configMap": {"name": LOKI_CONFIG}})}
    return Program.of(part, volumes=volumes, claim=Claim("/loki", 20), ready="/ready")


def loki_objects(program: Program) -> Iterator[Object]:
    """It, and its name."""
    yield stateful_set(program)
    yield service(program)
    yield headless(program)


def collector(part: Part) -> Program:
    """It keeps in its own folder how far it has read: a new pod reads again what is there, and Loki shows it once."""
    # Other ways than to Loki there are in the Compose stack alone.
    told = {name: plain(value) for name, value in part.environment.items() if name != "LOGS"}
    return Program.of(
        part,
        args=(
            "run",
            f"--server.http.listen-addr=0.0.0.0:{_COLLECTOR_PORT}",
            "--storage.path=/data",
            "--disable-reporting",
            f"{OURS}/alloy/kubernetes.alloy",
        ),
        environment={**told, "NODE": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        # The image's user.
        user="473:473",
        port=_COLLECTOR_PORT,
        volumes={"config": Volume((f"{OURS}/alloy",), {"configMap": {"name": COLLECTOR_CONFIG}})},
        writes=("/tmp", "/data"),
        # Of `/-/healthy` its manual says that it is no liveness probe: it fails with any one component, one that waits
        # for Loki as well, and starting again would only stop the rest.
        # https://grafana.com/docs/alloy/latest/reference/http/
        ready="/-/ready",
        account=True,
        pod={"tolerations": [{"operator": "Exists"}]},
    )


def collector_objects(program: Program) -> Iterator[Object]:
    """It, and its right to read lines."""
    yield from account(program.name, _RIGHTS)
    yield daemon_set(program)
