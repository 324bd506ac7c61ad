"""Every service of the Compose stack is pinned, locked down, limited and looked after, or says why not.

Compose 1.29 and 2 read the same file, so what either refuses stands in none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import composed, ruled

ID = "compose-services"
_PINNED = re.compile(r"[\w.-]+(?:/[\w.-]+)*:(?!latest$)[\w.-]*\d[\w.-]*")
_PORT = re.compile(r"\$\{\w+:-127\.0\.0\.1:(\d+)\}:\d+")
_MEND = "in kit/emit/compose/"
# Grafana's alerting comes from these; one that is not mounted would be missed by nobody.
_ALERTING = ("alerts/", "grafana/provisioning/alerting/")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for path, services in composed.files(build):
        for subject, message in (*_newer(build.yaml[path]), *_ports(services), *_mounts(services, build)):
            yield Finding(ruled.file(path), ID, subject, message)
        for name, service in services.items():
            for message in _lacks(service) if _whole(service) else ():
                yield Finding(ruled.file(path), ID, name, message)


def _whole(service: Json) -> bool:
    """Whether it is a service of its own, and no change of one in another file."""
    return "image" in service or "build" in service


def _newer(document: Any) -> Iterator[tuple[str, str]]:
    """What one of the two versions refuses."""
    refused = "Compose 1.29 refuses it"
    for key in ("name", "include", "models"):
        if key in document:
            yield key, f"{refused}; leave it out"
    for name, config in (document.get("configs") or {}).items():
        if "content" in config:
            yield name, f"its content stands in the file, and {refused}; mount a file"
    for name, service in (document.get("services") or {}).items():
        if "start_interval" in (service.get("healthcheck") or {}):
            yield name, f"it has a start_interval, and {refused}; use start_period"
        if isinstance(service.get("build"), dict) and "dockerfile_inline" in service["build"]:
            yield name, f"its Dockerfile stands in the file, and {refused}; write a file"


def _ports(services: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    taken: dict[str, str] = {}
    for name, service in services.items():
        for port in service.get("ports") or ():
            found = _PORT.fullmatch(str(port))
            if found is None:
                yield name, f"it publishes {port}; write ${{NAME:-127.0.0.1:PORT}}:PORT, so that others cannot reach it"
            elif found[1] in taken:
                yield name, f"it publishes port {found[1]}, and so does {taken[found[1]]}; choose another"
            else:
                taken[found[1]] = name


def _mounts(services: Mapping[str, Json], build: Build) -> Iterator[tuple[str, str]]:
    """What is compiled is there to be mounted, and all of Grafana's alerting is."""
    mounted = set()
    for name, service in services.items():
        for mount in service.get("volumes") or ():
            path = composed.source(mount).removeprefix("./")
            mounted.add(path)
            ours = composed.source(mount).startswith("./") and not path.startswith("exporters/")
            if ours and path not in build.files and not any(one.startswith(f"{path}/") for one in build.files):
                yield name, f"it mounts {path}, which is not compiled, so Docker would make an empty folder of it"
    for path in build.files:
        alerting = path.startswith(_ALERTING) and path.endswith(".yml")
        if alerting and "grafana" in services and _whole(services["grafana"]) and path not in mounted:
            yield "grafana", f"it does not mount {path}, so Grafana would not know it; mount it {_MEND}stack.py"


def _lacks(service: Json) -> Iterator[str]:
    why = service.get("x-why") or {}
    image = service.get("image")
    if image is not None and not _PINNED.fullmatch(str(image)):
        yield f"its image {image} has no version, and would be another one tomorrow; pin it in kit/emit/images.py"
    if "healthcheck" not in service and not why.get("health"):
        yield f"nothing asks for its health; give it health= or why= {_MEND}"
    if str(service.get("user") or "0").split(":")[0] in ("0", "root") and not why.get("root"):
        yield f"it runs as root; give it user= or why= {_MEND}"
    if not service.get("read_only") and not why.get("writes"):
        yield f"it may write into its image; name what it writes in writes=, or give it why= {_MEND}"
    if service.get("cap_drop") != ["ALL"] and not why.get("capabilities"):
        yield f"it keeps root's capabilities; drop them, or give it why= {_MEND}"
    if "no-new-privileges:true" not in (service.get("security_opt") or ()):
        yield f"it can gain privileges; add no-new-privileges:true {_MEND}"
    if service.get("privileged"):
        yield f"it is privileged, and may do anything to the host; give it what it needs alone {_MEND}"
    for limit in ("mem_limit", "cpus", "pids_limit"):
        if not service.get(limit):
            yield f"it has no {limit}, and can take all that the host has; limit it {_MEND}"
