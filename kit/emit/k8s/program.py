"""One program on Kubernetes, in a pod of its own, locked down unless it says why not.

What Compose knows of it as well (image, port, user, limits, command, health) is taken from there.
https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from kit.emit.compose.part import Part

Json = Mapping[str, Any]
_VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
_SECONDS = {"s": 1, "m": 60}


def plain(text: str) -> str:
    """What Compose makes of a text where no variable is set."""
    return _VARIABLE.sub(r"\2", text)


def asking(text: str) -> str:
    """A text with the variables that Compose knows in it, as Kubernetes fills them in: `${NAME:-x}` → `$(NAME)`."""
    return _VARIABLE.sub(r"$(\1)", text)


def out_of(config_map: str, part: Part) -> dict[str, Json]:
    """Environment: the variables in the command of a part, so that an overlay sets each by its name."""
    return {name: {"configMapKeyRef": {"name": config_map, "key": name}} for name, _ in _variables(part)}


def unset(part: Part) -> list[str]:
    """`NAME=value` of the variables in the command of a part, as they are where nobody sets them."""
    return [f"{name}={value}" for name, value in _variables(part)]


def _variables(part: Part) -> list[tuple[str, str]]:
    return [found for word in part.command for found in _VARIABLE.findall(word)]


@frozen
class Volume:
    """Where a volume is mounted, and what it is: `{"configMap": {…}}`. Nothing is written to it.

    `propagation`: "HostToContainer" where what is mounted later is to be seen as well.
    """

    paths: tuple[str, ...]
    source: Json
    propagation: str = ""


@frozen
class Claim:
    """A volume that outlives the pod: where it is mounted, and its size in GiB."""

    path: str
    gigabytes: int


@frozen(kw_only=True)
class Program:
    """`environment`: name → text, or where the value is (`{"secretKeyRef": …}`).

    `shared`: whole ConfigMaps and Secrets as environment; of two that have a name, the last one counts.
    `port`: where it listens and is scraped; `ports`: further ones by name. `user`: `uid:gid`, never root's; `groups`:
    further groups whose files it reads.
    `ready`, `live`: the paths that answer 200 when it may be asked, and while it need not be started again; without the
    second, a connection is enough. `patience`: seconds that its start may take. `megabytes`, `cpus`: its limits.
    `account`: whether it asks Kubernetes, under an account of its own name. `pod`: what else its pod needs.
    `writes`: what it may write beside its claim, gone when it ends.
    """

    name: str
    image: str
    args: tuple[str, ...] = ()
    environment: Mapping[str, str | Json] = field(factory=dict)
    shared: tuple[Json, ...] = ()
    user: str
    groups: tuple[int, ...] = ()
    port: int
    ports: Mapping[str, int] = field(factory=dict)
    volumes: Mapping[str, Volume] = field(factory=dict)
    claim: Claim | None = None
    writes: tuple[str, ...] = ()
    ready: str
    live: str = ""
    patience: int = 30
    megabytes: int
    cpus: float
    account: bool = False
    pod: Json = field(factory=dict)

    @classmethod
    def of(cls, part: Part, **more: Any) -> "Program":
        """What Compose says of it; `more` says the rest, and what is otherwise here."""
        known = {
            "name": part.name,
            "image": part.image,
            "args": tuple(map(plain, part.command)),
            "user": part.user,
            "port": part.port,
            "writes": part.writes,
            "ready": urlsplit(part.health[-1]).path if part.health else "",
            "patience": int(part.patience[:-1]) * _SECONDS[part.patience[-1]],
            "megabytes": part.megabytes,
            "cpus": part.cpus,
        }
        return cls(**{**known, **more})
