"""The build as values: what is compiled, as far as a Grafana takes it. Read from its files, importing no definition."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from kit.model.words import seconds
from kit.publish.exits import USAGE, Refused
from kit.publish.here.boards import Dashboard, Folder, dashboards, folders
from kit.publish.here.commits import top
from kit.publish.here.entries import Entry, broken, checked, documents, entries, twice, unique, valid
from kit.publish.here.fresh import verified

__all__ = ["Built", "Dashboard", "Folder", "RuleGroup", "built"]

PROVISIONED = ("grafana/", "alerts/")
ALERTMANAGER = "alertmanager/alertmanager.yml"

Json = Mapping[str, Any]
_WHOLE = re.compile(r"\$(\{\w+\}|\w+)")
_PART = re.compile(r"\$[\w{]")
_SECRET = re.compile(r"(?i)token|password|secret|credentials|api_?key")


@frozen
class RuleGroup:
    """`folder` is a uid, `interval` in seconds, `rules` in the dialect of provisioning files."""

    name: str
    folder: str
    interval: int
    rules: tuple[Json, ...] = field(repr=False)


@frozen
class Built:
    """Everything to publish, in the dialect of provisioning files, without their `orgId`: the target names that.

    `prefix` is where the build lies, from the top of the repository. `$NAME` and `$$` stand as in the files, which
    Grafana would expand while reading them. `inhibit_rules` are in Alertmanager's dialect.
    """

    root: Path
    out: Path
    build: str
    prefix: str
    notes: tuple[str, ...] = ()
    folders: tuple[Folder, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    data_sources: tuple[Json, ...] = field(default=(), repr=False)
    rule_groups: tuple[RuleGroup, ...] = ()
    contact_points: tuple[Json, ...] = field(default=(), repr=False)
    policies: Json | None = field(default=None, repr=False)
    mute_timings: tuple[Json, ...] = field(default=(), repr=False)
    templates: tuple[Json, ...] = field(default=(), repr=False)
    inhibit_rules: tuple[Json, ...] = field(default=(), repr=False)


def built(root: Path, out: Path) -> Built:
    """What is compiled in `out`. Raises Refused where it is stale, broken or contradicts itself."""
    root, out = root.absolute(), out.absolute()
    fresh, prefix = verified(root, out), _prefix(root, out)
    told = documents({path: fresh.files[path] for path in fresh.files if _is_provisioned(path)}, prefix)
    routed = documents({path: fresh.files[path] for path in fresh.files if path == ALERTMANAGER}, prefix)
    providers = entries(told, "providers", folder=str, folderUid=str, options=dict)
    groups = entries(told, "groups", name=str, folder=str, interval=str, rules=list)
    places = folders(providers, groups)
    return Built(
        root=root,
        out=out,
        build=fresh.build,
        prefix=prefix,
        notes=fresh.notes,
        folders=places,
        dashboards=tuple(dashboards(fresh.files, providers, prefix)),
        data_sources=unique(entries(told, "datasources", uid=str, name=str, type=str), "uid", "data sources"),
        rule_groups=tuple(_rule_groups(groups, {place.title: place.uid for place in places})),
        contact_points=unique(
            map(_referring, entries(told, "contactPoints", name=str, receivers=list)), "name", "contact points"
        ),
        policies=_one(entries(told, "policies", receiver=str)),
        mute_timings=unique(entries(told, "muteTimes", name=str), "name", "mute timings"),
        templates=unique(entries(told, "templates", name=str, template=str), "name", "templates"),
        inhibit_rules=tuple(entry.told for entry in entries(routed, "inhibit_rules")),
    )


def _is_provisioned(path: str) -> bool:
    return path.startswith(PROVISIONED) and path.endswith((".yml", ".yaml"))


def _prefix(root: Path, out: Path) -> str:
    """Where the build lies, from the top of the repository; from the root where there is none; else its name."""
    whole, above = out.resolve(), top(root) or root.resolve()
    return whole.relative_to(above).as_posix() if whole.is_relative_to(above) else whole.name


def _referring(point: Entry) -> Entry:
    """The contact point; a setting is a variable or holds none, and what is secret is one. Raises Refused."""
    for receiver in point.told["receivers"]:
        settings = receiver.get("settings") or {}
        for key, value in settings.items():
            if not isinstance(value, str) or _WHOLE.fullmatch(value):
                continue
            named = f"the setting {key} of {point.told['name']}"
            if _PART.search(value.replace("$$", "")):
                raise broken(point.place, f"{named} has a variable within other text; make it one variable, $NAME")
            if value and _SECRET.search(key):
                raise broken(point.place, f"{named} is a secret in plain text; name a variable instead, $NAME")
    return point


def _one(trees: Sequence[Entry]) -> Json | None:
    if len(trees) > 1:
        places = ", ".join(dict.fromkeys(tree.place for tree in trees))
        raise Refused(USAGE, f"there are {len(trees)} policy trees ({places}); an organisation has one")
    return trees[0].told if trees else None


def _rule_groups(groups: Sequence[Entry], uids: Mapping[str, str]) -> Iterator[RuleGroup]:
    named: dict[str, str] = {}
    seen: dict[str, str] = {}
    for group in groups:
        name, folder = group.told["name"], group.told["folder"]
        twice(named, f"{folder} / {name}", group.place, "rule group")
        rules = tuple(_rules(group, seen))
        yield RuleGroup(name, uids[folder], _interval(group), rules)


def _rules(group: Entry, seen: dict[str, str]) -> Iterator[Json]:
    for rule in group.told["rules"]:
        checked(group.place, f"the group {group.told['name']}", rule, {"uid": str, "title": str})
        twice(seen, valid(rule["uid"], group.place), group.place, "uid of rules")
        yield rule


def _interval(group: Entry) -> int:
    try:
        return seconds(group.told["interval"])
    except ValueError as error:
        raise broken(group.place, f"the group {group.told['name']}: {error}") from None
