"""Everything asks its data source through a variable of the right type, and no variable is preset.

So that a dashboard's JSON can be imported into a Grafana whose data sources have other names and uids.
"""

import re
from collections.abc import Iterator

from kit.check.build import Build, Dashboard, Json
from kit.check.finding import Finding
from kit.check.parts.queries import annotations, named, variables
from kit.model.words import nearest

ID = "panel-source"
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
_MIXED = "-- Mixed --"
_ALL = ["$__all"]


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        types = {str(one.get("name")): str(one.get("query")) for one in variables(board) if _chooses(one)}
        for panel in board.panels:
            for message in _panel(panel.json, types):
                yield Finding(panel.where, ID, panel.subject, message)
        for message in _rest(board, types):
            yield Finding(board.where, ID, named(board), message)


def _chooses(variable: Json) -> bool:
    return variable.get("type") == "datasource"


def _panel(json: Json, types: dict[str, str]) -> Iterator[str]:
    if not json.get("targets"):
        return
    yield from _fault("it", json.get("datasource"), types)
    for target in json["targets"]:
        who = f"its query {target.get('refId')}"
        yield from _fault(who, target.get("datasource"), types)
        own, whole = (
            one if isinstance(one, dict) else {} for one in (target.get("datasource"), json.get("datasource"))
        )
        if own.get("uid") != whole.get("uid") and whole.get("uid") not in (None, _MIXED):
            yield f"{who} asks '{own.get('uid')}' and the panel '{whole.get('uid')}'; let both ask one"


def _rest(board: Dashboard, types: dict[str, str]) -> Iterator[str]:
    for mark in annotations(board):
        yield from _fault(f"annotation '{mark.get('name')}'", mark.get("datasource"), types)
    for variable in variables(board):
        who = f"variable '{variable.get('name')}'"
        if variable.get("type") == "query":
            yield from _fault(who, variable.get("datasource"), types)
        if _chooses(variable) and (variable.get("current") or variable.get("options") or variable.get("regex")):
            yield f"{who} presets a data source, which another Grafana does not have; leave its choice open"
        elif variable.get("type") == "query" and (variable.get("options") or _chosen(variable) not in ([], _ALL)):
            preset = "options" if variable.get("options") else ", ".join(_chosen(variable))
            yield f"{who} presets {preset}, which another installation may not have; preset All at most"


def _chosen(variable: Json) -> list[str]:
    value = (variable.get("current") or {}).get("value", [])
    return value if isinstance(value, list) else [str(value)]


def _fault(who: str, source: object, types: dict[str, str]) -> Iterator[str]:
    if not isinstance(source, dict) or not source.get("uid"):
        yield f"{who} names no data source; let it ask ${{datasource}} or ${{logs}}"
        return
    uid, kind = str(source["uid"]), str(source.get("type", ""))
    if uid == _MIXED:
        return
    found = _VARIABLE.fullmatch(uid)
    name = (found[1] or found[2]) if found else ""
    if not found:
        yield f"{who} asks the data source '{uid}', which another Grafana does not have; let it ask a variable"
    elif name not in types:
        yield f"{who} asks ${{{name}}}, and no variable chooses that data source{nearest(name, types)}"
    elif types[name] != kind:
        yield f"{who} takes ${{{name}}} for {kind or 'nothing'}, and it chooses {types[name]}; make them one"
