"""Alert rule groups. All groups of all folders are one request to the ruler, with interval and provenance.

A group's content: `interval` in seconds, `provenance`, and `rules` in the order in which they are evaluated, each with
the keys of the provisioning API.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

from kit.publish.canonical import duration
from kit.publish.client import path
from kit.publish.kinds import alerting
from kit.publish.model import Found, Item
from kit.publish.server import Server

name = "rules"
# Grafana 13.1 on SQLite answers 500 "database is locked", seven seconds later, to some writes side by side.
at_once = 1
lock = False

# The ruler's names → the provisioning API's, with what stands for nothing.
_RULER = {
    "title": ("title", ""), "condition": ("condition", ""), "uid": ("uid", ""), "no_data_state": ("noDataState", ""),
    "exec_err_state": ("execErrState", ""), "is_paused": ("isPaused", False), "record": ("record", None),
    "notification_settings": ("notification_settings", None),
    "missing_series_evals_to_resolve": ("missingSeriesEvalsToResolve", None),
}  # fmt: skip


# The files' names → the API's, where they differ: the API drops the files' without a word.
_API = {
    "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve", "targetDatasourceUid": "target_datasource_uid",
    "keep_firing_for": "keepFiringFor",
}  # fmt: skip


def read(server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
    """Every group.

    Ours are those that the ledger notes. Where folders cannot keep one (and a file on another machine may), those that
    are declared are ours as well, unless they hold a rule that no group of the build has.
    """
    declared = {item.key for item in items if item.kind == name} if not server.resources else set()
    known = {rule["uid"] for item in items if item.kind == name for rule in item.load().get("rules", ())}
    answer = server.client.get(path("api", "ruler", "grafana", "api", "v1", "rules")).body or {}
    every = [_found(folder, group) for groups in answer.values() for folder, group in _groups(groups)]
    return {
        one.key: evolve(one, ours=one.key in declared and {rule["uid"] for rule in one.content["rules"]} <= known)
        for one in every
        if only is None or one.key in only
    }


def write(server: Server, item: Item, found: Found | None) -> None:
    """Replace the group as a whole."""
    content, group = item.load(), item.key.partition("/")[2]
    rules = [_body(rule, server.org, item.place, group) for rule in content["rules"]]
    body = {"title": group, "folderUid": item.place, "interval": content["interval"], "rules": rules}
    server.client.send("PUT", _path(item.place, group), body, headers=alerting.headers(item.load()))


def delete(server: Server, found: Found) -> None:
    """Delete the group with its rules."""
    server.client.send(
        "DELETE", _path(found.place, found.key.partition("/")[2]), headers=alerting.headers(found.content)
    )


def key_of(folder: str, group: str) -> str:
    """Groups are named within their folder."""
    return f"{folder}/{group}"


def content(interval: int, rules: Sequence[Mapping[str, Any]], provenance: str) -> dict[str, Any]:
    """The canonical content of a group, its rules in the file dialect or the API's."""
    return {"interval": interval, "provenance": provenance, "rules": [_rule(rule) for rule in rules]}


def _body(rule: Mapping[str, Any], org: int, folder: str, group: str) -> dict[str, Any]:
    kept = {key: value for key, value in rule.items() if key != "keepFiringFor"}
    return {**kept, "keep_firing_for": rule["keepFiringFor"], "orgID": org, "folderUID": folder, "ruleGroup": group}


def _path(folder: str, group: str) -> str:
    return alerting.provisioning("folder", folder, "rule-groups", group)


def _groups(groups: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for group in groups:
        if rules := group.get("rules"):
            yield rules[0]["grafana_alert"]["namespace_uid"], group


def _found(folder: str, group: Mapping[str, Any]) -> Found:
    rules = [_ruled(rule) for rule in group["rules"]]
    origins = {rule["grafana_alert"].get("provenance") or "" for rule in group["rules"]}
    origin = next(iter(origins)) if len(origins) == 1 else "+".join(sorted(origins))
    interval = int(duration(group["interval"]).removesuffix("s"))
    body = content(interval, rules, origin)
    one = alerting.found(
        name,
        key_of(folder, group["name"]),
        group["name"],
        body,
        place=folder,
        ours=False,
    )
    at = max(str(rule["grafana_alert"].get("updated", "")) for rule in group["rules"])
    return evolve(one, changed=f"changed {at[:16].replace('T', ' ')}" if at else "")


def _ruled(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as the ruler shows it, with the names of the provisioning API."""
    told = rule["grafana_alert"]
    named = {ours: told.get(theirs, empty) for theirs, (ours, empty) in _RULER.items()}
    return {
        **named,
        "data": told["data"],
        "for": rule.get("for"),
        "keepFiringFor": rule.get("keep_firing_for"),
        "labels": rule.get("labels"),
        "annotations": rule.get("annotations"),
    }


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in rule.items() if value not in (None, {}, "") and key not in ("id", "updated")}
    made = _renamed(kept)
    if "record" in made:
        made["record"] = _renamed(made["record"])
    if "notification_settings" in made:
        made["notification_settings"] = _settings(made["notification_settings"])
    made["data"] = [_query(query) for query in rule.get("data") or ()]
    made |= {key: duration(rule.get(key) or "0s") for key in ("for", "keepFiringFor")}
    made.setdefault("isPaused", False)
    return made


def _renamed(told: Mapping[str, Any]) -> dict[str, Any]:
    return {_API.get(key, key): value for key, value in told.items()}


def _settings(told: Mapping[str, Any]) -> dict[str, Any]:
    """As Grafana reads them back: durations in one form, nothing that says nothing."""
    kept = {key: value for key, value in told.items() if value not in (None, [], "")}
    return kept | {
        key: duration(kept[key]) for key in ("group_wait", "group_interval", "repeat_interval") if key in kept
    }


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in query.items() if key != "queryType" or value}
