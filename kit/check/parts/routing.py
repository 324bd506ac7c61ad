"""Who is notified, read alike from Grafana's policies and from Alertmanager's configuration."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from kit.check.build import Build, Json
from kit.check.parts import ruled
from kit.check.parts.ruled import Ruled

ALERTMANAGER = "alertmanager/alertmanager.yml"


@frozen
class Tree:
    """One dialect: where it stands, its root route, receivers by name with their settings, mute timings, templates."""

    path: str
    root: Json
    receivers: Mapping[str, Any]
    mutes: Mapping[str, Sequence[Json]]
    templates: str


def trees(build: Build) -> Iterator[tuple[Tree, tuple[Ruled, ...]]]:
    """Each dialect that is there, with the rules that notify through it."""
    for tree, rules in ((_grafana(build), ruled.grafana(build)), (_alertmanager(build), ruled.alerts(build))):
        if tree is not None:
            yield tree, rules


def notifies(tree: Tree, build: Build) -> bool:
    """Whether it is the dialect of the evaluator that notifies."""
    return tree.path.startswith("grafana/") == (build.product.settings.evaluator == "grafana")


def _grafana(build: Build) -> Tree | None:
    lists: dict[str, list[Json]] = {key: [] for key in ("policies", "contactPoints", "muteTimes", "templates")}
    path = ""
    for name, document in build.yaml.items():
        if isinstance(document, dict) and name != ALERTMANAGER:
            for key, found in lists.items():
                found += document.get(key) or ()
            path = name if "policies" in document else path
    if not lists["policies"]:
        return None
    return Tree(
        path,
        lists["policies"][0],
        {str(point.get("name")): point for point in lists["contactPoints"]},
        {str(mute.get("name")): mute.get("time_intervals") or () for mute in lists["muteTimes"]},
        "".join(str(one.get("template", "")) for one in lists["templates"]),
    )


def _alertmanager(build: Build) -> Tree | None:
    config = build.yaml.get(ALERTMANAGER)
    if not isinstance(config, dict):
        return None
    return Tree(
        ALERTMANAGER,
        config.get("route") or {},
        {str(receiver.get("name")): receiver for receiver in config.get("receivers") or ()},
        {str(mute.get("name")): mute.get("time_intervals") or () for mute in config.get("time_intervals") or ()},
        "".join(text for path, text in build.files.items() if path.startswith("alertmanager/templates/")),
    )
