"""One service of a Compose file, locked down unless it says why not.

Written for Compose 1.29 (file version 3.9) and 2 alike, so without what either refuses: `name:`, `configs` with
content, `start_interval`. https://github.com/compose-spec/compose-spec/blob/main/05-services.md
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

LOOPBACK = "127.0.0.1"
# Where our files are mounted: beside what the images bring, so that no mount hides any of it.
OURS = "/etc/dataflux"
# Docker keeps a container's lines in one file for ever unless it is told otherwise; Loki has them by then.
_LOGGING = {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}


def variable(name: str, default: str = "") -> str:
    """`${NAME:-default}`: what is not set, or set to nothing, must stop no service."""
    return f"${{{name}:-{default}}}"


@frozen(kw_only=True)
class Part:
    """`image`, or `build`: the folder of a Dockerfile, seen from monitoring/, or `context` and `dockerfile`.

    `port`: where it listens in its container. `listen`: the variable that says where the host publishes that.
    `mounts`: `from:to` or `from:to:ro`, `writes`: what it may write beside its volumes, gone when it ends.
    `health`: a command that fails while it is not well; empty where the image brings one.
    `after`: the service that it waits for, and until when. `restart`: `on-failure` for what ends when it is done.
    `why`: for each thing it is spared ("root", "health", "capabilities"), the reason. `megabytes`, `cpus`: its limits.
    """

    name: str
    image: str = ""
    build: str | Mapping[str, str] = ""
    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    user: str = ""
    port: int = 0
    listen: str = ""
    mounts: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    patience: str = "30s"
    after: Mapping[str, str] = {}
    restart: str = "unless-stopped"
    megabytes: int
    cpus: float
    profile: str = ""
    why: Mapping[str, str] = {}

    def document(self) -> dict[str, Any]:
        """Its entry under `services`."""
        whole = {
            "image": self.image,
            "build": self.build if isinstance(self.build, str) else dict(self.build),
            "profiles": [self.profile] if self.profile else [],
            "user": self.user,
            "command": list(self.command),
            "environment": dict(self.environment),
            "ports": [f"{variable(self.listen, f'{LOOPBACK}:{self.port}')}:{self.port}"] if self.listen else [],
            "volumes": list(self.mounts),
            "tmpfs": list(self.writes),
            "healthcheck": self._health(),
            "depends_on": {name: {"condition": until} for name, until in self.after.items()},
            "restart": self.restart,
            "read_only": "writes" not in self.why,
            "cap_drop": [] if "capabilities" in self.why else ["ALL"],
            "security_opt": ["no-new-privileges:true"],
            "mem_limit": f"{self.megabytes}m",
            "cpus": self.cpus,
            "pids_limit": 512,
            "logging": _LOGGING,
            "x-why": dict(self.why),
        }
        return {key: value for key, value in whole.items() if value not in ("", [], {}, False, None)}

    def _health(self) -> dict[str, Any]:
        if not self.health:
            return {}
        return probe(self.health, self.patience)


def probe(command: tuple[str, ...], patience: str = "30s") -> dict[str, Any]:
    """A `healthcheck` by a command."""
    return {
        "test": ["CMD", *command],
        "interval": "15s",
        "timeout": "5s",
        "retries": 4,
        "start_period": patience,
    }


def asked(port: int, path: str, host: str = LOOPBACK) -> tuple[str, ...]:
    """The health of what answers on a port, in an image that has BusyBox's wget."""
    return ("wget", "-q", "-O", "/dev/null", f"http://{host}:{port}{path}")
