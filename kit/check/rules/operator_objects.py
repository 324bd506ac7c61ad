"""The Prometheus Operator's objects are of its kinds, and say what the files say that they stand for."""

from collections.abc import Iterator
from typing import Any

import yaml

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.schema import object_problems
from kit.emit.k8s.kustomize import NAMED
from kit.emit.k8s.operator.file import FOLDER
from kit.emit.k8s.operator.rules import here

ID = "operator-objects"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    objects = tuple(_objects(build))
    for path, one in objects:
        for message in (*(problem.message for problem in object_problems(one)), *_unheard(one)):
            yield Finding(ruled.file(path), ID, _called(one), message)
    yield from _twice(objects)
    if build.product.settings.time_scale == 1:  # the objects' durations stay what they are
        yield from _rules(objects, build)


def _objects(build: Build) -> Iterator[tuple[str, Json]]:
    for path, text in build.files.items():
        if path.startswith(f"{FOLDER}/") and path.endswith(".yaml") and not path.endswith(f"/{NAMED}"):
            yield from ((path, one) for one in yaml.load_all(text, _Loader) if isinstance(one, dict))


def _called(one: Json) -> str:
    return f"{one.get('kind')} {(one.get('metadata') or {}).get('name')}"


def _unheard(one: Json) -> Iterator[str]:
    """A target's labels `service` and `endpoint` would push ours aside."""
    if one.get("kind") == "ServiceMonitor":
        for endpoint in (one.get("spec") or {}).get("endpoints") or ():
            if endpoint.get("honorLabels") is not True:
                yield "it does not say honorLabels: true, so that panels which ask for a service stay empty; say it"


def _twice(objects: tuple[tuple[str, Json], ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, one in objects:
        if _called(one) in seen:
            yield Finding(ruled.file(path), ID, _called(one), "two have this name, and the second replaces the first")
        seen.add(_called(one))


def _rules(objects: tuple[tuple[str, Json], ...], build: Build) -> Iterator[Finding]:
    """The groups are those of the files, word for word but for the place that they ask for."""
    found: dict[str, Any] = {}
    for path, one in objects:
        if one.get("kind") == "PrometheusRule":
            found |= {str(group.get("name")): (path, group) for group in (one.get("spec") or {}).get("groups") or ()}
    for path, group in ruled.groups(build, ruled.PROMETHEUS):
        name = str(group.get("name"))
        there, copy = found.pop(name, (f"{FOLDER}/rules.yaml", None))
        if copy is None or copy != here(group, build.product.settings):
            what = "has no such group" if copy is None else "has it otherwise"
            yield Finding(ruled.file(there), ID, f"group {name}", f"{path} has a group that {what}; compile both")
    for name, (path, _) in found.items():
        yield Finding(
            ruled.file(path), ID, f"group {name}", "no file of prometheus/rules/ has this group; compile both"
        )
