"""Prometheus' relabelling, on paper: what becomes of a target and of a series.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Labels = Mapping[str, str]
PLAYED = ("replace", "keep", "drop", "keepequal", "labeldrop")
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


class Unsupported(ValueError):
    """A relabelling action that is not played here; one sentence."""


def relabelled(labels: Labels, steps: Iterable[Mapping[str, Any]]) -> dict[str, str] | None:
    """The labels after each step, without empty ones; None where a step drops them. Raises Unsupported."""
    now = {name: value for name, value in labels.items() if value}
    for step in steps:
        value = step.get("separator", ";").join(now.get(name, "") for name in step.get("source_labels", ()))
        found = re.fullmatch(step.get("regex", "(.*)"), value, re.S)
        action = step.get("action", "replace")
        if action not in PLAYED:
            raise Unsupported(f"relabelling by '{action}' is not played here; use one of {', '.join(PLAYED)}")
        if (action == "keep" and not found) or (action == "drop" and found):
            return None
        if action == "keepequal" and value != now.get(step["target_label"], ""):
            return None
        if action == "labeldrop":
            now = {name: value for name, value in now.items() if not re.fullmatch(step["regex"], name)}
        if action == "replace" and found:
            now[_filled(step["target_label"], found)] = _filled(step.get("replacement", "$1"), found)
            now = {name: value for name, value in now.items() if value}
    return now


def _filled(template: str, found: re.Match[str]) -> str:
    """`$1`, `${1}`, `${name}`; `$$` is a dollar."""

    def part(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        try:
            return found[int(name) if name.isdigit() else name] or ""
        except IndexError:
            return ""

    return _REFERENCE.sub(part, template)


def target(job: Mapping[str, Any], address: str, more: Labels) -> dict[str, str] | None:
    """The labels of a job's target, `__address__` and what else is for the scrape included; None where it is dropped.

    `more`: labels that the discovery gives it. `instance` is the address where nothing else sets it.
    """
    start = {
        "job": str(job["job_name"]),
        "__address__": address,
        "__scheme__": str(job.get("scheme", "http")),
        "__metrics_path__": str(job.get("metrics_path", "/metrics")),
        **more,
    }
    found = relabelled(start, job.get("relabel_configs", ()))
    if found is not None:
        found.setdefault("instance", found.get("__address__", ""))
    return found


def series(job: Mapping[str, Any], of: Labels, exported: Labels) -> dict[str, str] | None:
    """The labels that a series is stored with; None where it is dropped. `of`: the target's labels, from `target`."""
    own = {name: value for name, value in of.items() if not name.startswith("__")}
    said = {name: value for name, value in exported.items() if value}
    if job.get("honor_labels"):
        own |= said
    else:
        moved = {(f"exported_{name}" if name in own else name): value for name, value in said.items()}
        own = moved | own
    return relabelled(own, job.get("metric_relabel_configs", ()))
