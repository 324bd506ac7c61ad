"""Who is told of an alert: the compiled routes, walked as the evaluator that notifies walks them.

https://prometheus.io/docs/alerting/latest/configuration/#route: the first route that wants an alert takes it, and the
next one only where that one says `continue`. What a route leaves out comes from the one above it, mute timings aside.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from kit.check.build import Build, Json
from kit.check.parts.matchers import matchers
from kit.check.parts.routing import Tree, notifies, trees

DEFAULTS = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h", "group_by": []}
INHERITED = ("receiver", *DEFAULTS)
# Where each kind of receiver says to whom: a contact point's settings in Grafana, a receiver's in Alertmanager.
_ADDRESSES = {"slack": ("recipient", "channel"), "email": ("addresses", "to"), "webhook": ("url",)}


@frozen
class Told:
    """One receiver of an alert: which route leads there, how it is told, where, and when.

    `wait` before the first message of a group, `interval` before one about changes of it, `repeat` while it lasts;
    `muted`: when the route is silent, in words.
    """

    receiver: str
    kinds: tuple[str, ...]
    addresses: tuple[str, ...]
    route: str
    wait: str
    interval: str
    repeat: str
    group_by: tuple[str, ...]
    muted: tuple[str, ...] = ()


def notifying(build: Build) -> Tree | None:
    """The routes of the evaluator that notifies; None where there are none."""
    return next((tree for tree, _ in trees(build) if notifies(tree, build)), None)


def told(tree: Tree, labels: Mapping[str, str]) -> tuple[Told, ...]:
    """The receivers of an alert with these labels, in the order of the routes."""
    found = _reached({**DEFAULTS, **tree.root}, labels, "default route")
    return tuple(_told(route, named, tree) for route, named in found)


def _reached(route: Json, labels: Mapping[str, str], named: str) -> Iterator[tuple[Json, str]]:
    below = {key: route[key] for key in INHERITED if key in route}
    taken = False
    for child in route.get("routes") or ():
        asked = tuple(matchers(child))
        if all(one.wants(labels.get(one.label, "")) for one in asked):
            taken = True
            yield from _reached({**below, **child}, labels, ", ".join(map(str, asked)) or named)
            if not child.get("continue"):
                return
    if not taken:
        yield route, named


def _told(route: Json, named: str, tree: Tree) -> Told:
    receiver = str(route.get("receiver", ""))
    ways = tuple(_ways(tree.receivers.get(receiver) or {}))
    return Told(
        receiver,
        tuple(kind for kind, _ in ways),
        tuple(address for _, address in ways),
        named,
        route["group_wait"],
        route["group_interval"],
        route["repeat_interval"],
        tuple(route["group_by"]),
        tuple(_silence(name, tree.mutes.get(name) or ()) for name in route.get("mute_time_intervals") or ()),
    )


def _ways(receiver: Json) -> Iterator[tuple[str, str]]:
    """Kind and address of each way by which a receiver is told, in either dialect."""
    for one in receiver.get("receivers") or ():
        yield str(one["type"]), _address(str(one["type"]), one.get("settings") or {})
    for key, configs in receiver.items():
        if key.endswith("_configs"):
            kind = key.removesuffix("_configs")
            yield from ((kind, _address(kind, config)) for config in configs)


def _address(kind: str, settings: Json) -> str:
    return next((str(settings[key]) for key in _ADDRESSES.get(kind, ()) if settings.get(key)), "")


def _silence(name: str, intervals: Any) -> str:
    """`dataflux-maintenance (sunday 03:00–04:00 UTC)`."""
    return f"{name} ({'; '.join(' '.join(_parts(one)) for one in intervals)})" if intervals else name


def _parts(interval: Json) -> Iterator[str]:
    yield from (", ".join(interval[key]) for key in ("weekdays", "days_of_month", "months", "years") if key in interval)
    if times := interval.get("times"):
        yield ", ".join(f"{one['start_time']}–{one['end_time']}" for one in times)
    yield str(interval.get("location", "UTC"))
