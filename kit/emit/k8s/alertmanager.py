"""Alertmanager: one of it, with its silences on a volume; overlays/ make a cluster of it."""

from collections.abc import Iterator

from kit.emit.compose.part import OURS, Part
from kit.emit.k8s.objects import Object, headless, peers, service
from kit.emit.k8s.program import Claim, Program, Volume, asking, out_of
from kit.emit.k8s.workload import stateful_set
from kit.settings import Settings

CONFIG = "alertmanager-config"
ENVIRONMENT = "alertmanager-environment"
SECRETS = "alertmanager-secrets"
PEERS_PORT = 9094
# The pod's own address, in brackets for one of IPv6.
PEERS_ADDRESS = f"[$(POD_IP)]:{PEERS_PORT}"
POD_IP = {"fieldRef": {"fieldPath": "status.podIP"}}
# Key in its ConfigMap → path in its folder.
FILES = {"alertmanager.yml": "alertmanager.yml", "dataflux.tmpl": "templates/dataflux.tmpl"}


def program(part: Part, settings: Settings) -> Program:
    """Without its Secret it runs, and each message that needs one fails and names the file."""
    items = [{"key": key, "path": path} for key, path in FILES.items()]
    return Program.of(
        part,
        args=tuple(map(asking, part.command)),
        environment=out_of(ENVIRONMENT, part),
        volumes={
            "config": Volume((f"{OURS}/alertmanager",), {"configMap": {"name": CONFIG, "items": items}}),
            "secrets": Volume((settings.secrets_dir,), {"secret": {"secretName": SECRETS, "optional": True}}),
        },
        claim=Claim("/alertmanager", 1),
        live="/-/healthy",
    )


def objects(alertmanager: Program) -> Iterator[Object]:
    """It, and the names at which it and each of its pods are found."""
    yield stateful_set(alertmanager)
    yield service(alertmanager)
    yield headless(alertmanager)


def clustered(alertmanager: Program, replicas: int) -> tuple[str, ...]:
    """The command of each of several, which tell each other what they have sent."""
    alone = [word for word in alertmanager.args if not word.startswith("--cluster.")]
    names = (f"{alertmanager.name}-{at}.{peers(alertmanager.name)}" for at in range(replicas))
    known = (f"--cluster.peer={name}:{PEERS_PORT}" for name in names)
    # A pod that comes back has another address; the old one need not be looked for for hours.
    return (*alone, f"--cluster.listen-address={PEERS_ADDRESS}", *known, "--cluster.reconnect-timeout=5m")
