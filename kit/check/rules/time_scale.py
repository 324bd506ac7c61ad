"""A build that is scaled (`settings.time_scale`) differs from the real one in durations only, and in all of them.

What is compiled for real is tried at a scale; what is compiled at a scale is held against the real one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from attrs import evolve

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.compile import unscaled
from kit.emit.scaled import FLOOR, Unscalable, document, is_scaled
from kit.model.alert import TICK
from kit.model.words import milliseconds

ID = "time-scale"
TRIED = 20
_ONE = r"(?<![\w.])(?:\d+(?:ms|[smhdwy]))+(?!\w)"
_DURATION = re.compile(_ONE)
# Numbers that are durations as well: how far ahead, in seconds; how many ticks the critical level has lasted.
_COUNTED = re.compile(r"(predict_linear\([^()]*\[[^]]*\](?: offset \w+)?, )\d+|(>= bool )\d+(?=\) or \()")
_NOTHING = ("0s", "0m")
Leaf = tuple[str, ...]


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    try:
        pairs = dict(_pairs(build))
    except Unscalable as error:
        yield Finding(ruled.file("prometheus/prometheus.yml"), ID, "time_scale", str(error))
        return
    for path, (real, fast) in pairs.items():
        for where, message in _differences(path, real, fast):
            yield Finding(ruled.file(path), ID, where, message)


def _pairs(build: Build) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Path → the file for real, and scaled: parsed where it is scaled, else its text."""
    settings = build.product.settings
    if settings.time_scale == 1:
        tried = evolve(settings, time_scale=TRIED)
        yield from (
            (path, (parsed, document(path, parsed, tried))) for path, parsed in build.yaml.items() if is_scaled(path)
        )
        return
    for path, text in unscaled(build.product).items():
        if is_scaled(path):
            yield path, (yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)), build.yaml.get(path))
        else:
            yield path, (text, build.files.get(path))


def _differences(path: str, real: Any, fast: Any) -> Iterator[tuple[str, str]]:
    ours, theirs = dict(_leaves(real)), dict(_leaves(fast))
    for leaf in sorted({*ours, *theirs}, key=str):
        before, after = ours.get(leaf), theirs.get(leaf)
        name = ".".join(map(str, leaf)) or path
        told = "annotations" in leaf or "labels" in leaf
        if before != after and (told or _masked(before) != _masked(after)):
            yield name, f"scaled, it differs in more than a duration: '{before!s:.80}' and '{after!s:.80}'; only scale"
        elif not told and before == after and (left := _left(path, before)):
            yield name, f"{left} stays what it is when everything is scaled; name its key in kit/emit/scaled.py"


def _masked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _DURATION.sub("…", _COUNTED.sub(lambda match: f"{match[1] or match[2]}…", value))


def _left(path: str, value: Any) -> str:
    """A duration that is not scaled though it could be."""
    if not isinstance(value, str) or not is_scaled(path):
        return ""
    least = TICK * 1000 if path.startswith("grafana/") else FLOOR
    whole = _DURATION.fullmatch(value)
    found = [whole[0]] if whole else re.findall(rf"[\[ ]({_ONE})", value)
    return next((one for one in found if milliseconds(one) > least and one not in _NOTHING), "")


def _leaves(value: Any, at: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    """Every value of a document with the keys that lead to it; a list's entries by their names, else their numbers."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*at, str(key)))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*at, _name(inner, number)))
    else:
        yield at, value


def _name(value: Any, number: int) -> str:
    named = value if isinstance(value, Mapping) else {}
    name = next((named[key] for key in ("alert", "record", "title", "name", "job_name", "refId") if key in named), "")
    return f"{number} {name}".strip()
