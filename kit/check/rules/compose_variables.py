"""The Compose stack comes up with no variable set: each has a default, and Grafana has all that its files ask for.

Grafana does not start while a variable that a contact point names is unset.
"""

import re
from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import composed, ruled
from kit.check.parts.texts import texts
from kit.emit.compose.file import PATH

ID = "compose-variables"
# $$ stands for one dollar, in Compose and in Grafana's files alike.
_NAMED = re.compile(r"\$(?:\$|\{(?P<braced>\w+)(?P<rest>[^}]*)\}|(?P<plain>[A-Za-z_]\w*))")
# Grafana expands what these hold; the queries and texts of rules and templates it leaves alone.
_EXPANDED = ("alerts/", "grafana/datasources/", "grafana/provisioning/alerting/policies.yml")
_GRAFANA = "grafana"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for path, services in composed.files(build):
        for name in sorted({found for value in texts(build.yaml[path]) for found in _unset(value)}):
            yield Finding(ruled.file(path), ID, name, "it has no default, so nothing starts without it; write ${…:-…}")
        if path == PATH:
            yield from _unknown(build, services.get(_GRAFANA, {}).get("environment") or {})


def _unset(value: str) -> Iterator[str]:
    for found in _NAMED.finditer(value):
        name = found["plain"] or found["braced"]
        if name and not (found["rest"] or "").startswith((":-", "-")):
            yield name


def _unknown(build: Build, environment: Json) -> Iterator[Finding]:
    """What Grafana's files ask for and its container does not have, or has empty."""
    for path, text in build.files.items():
        if path.startswith(_EXPANDED):
            for found in _NAMED.finditer(text):
                name = found["plain"] or found["braced"]
                if name and not _filled(environment.get(name)):
                    message = f"Grafana does not start without ${name}; add it to CHANNELS in kit/emit/compose/stack.py"
                    yield Finding(ruled.file(path), ID, path, message)


def _filled(value: object) -> bool:
    return bool(value) and not re.fullmatch(r"\$\{\w+:?-\}", str(value))
