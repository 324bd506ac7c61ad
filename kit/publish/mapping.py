"""Data sources in what is compiled → data sources of one Grafana."""

from collections.abc import Mapping
from typing import Any

from kit.publish.server import Server


def uids(server: Server) -> dict[str, str]:
    """Uid in the build → uid there, where they differ."""
    asked = server.target.data_sources.items()
    return {ours: theirs for ours, theirs in asked if theirs not in (ours, "create")}


def mapped(value: Any, server: Server) -> Any:
    """The value with every data source reference brought to those of this Grafana; itself where none differs."""
    changed = uids(server)
    return _mapped(value, changed, _presets(changed, server)) if changed else value


def _presets(changed: Mapping[str, str], server: Server) -> dict[str, dict[str, str]]:
    """Type → the current value of a data source variable: which of several is meant, since one was named."""
    found = (server.data_source(ours) for ours in changed)
    return {one.type: {"text": one.name, "value": one.uid} for one in found if one}


def _mapped(value: Any, changed: Mapping[str, str], presets: Mapping[str, Mapping[str, str]]) -> Any:
    if isinstance(value, list):
        return [_mapped(one, changed, presets) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _mapped(one, changed, presets) for key, one in value.items()}
    source = made.get("datasource")
    if isinstance(source, dict) and source.get("uid") in changed:
        made["datasource"] = {**source, "uid": changed[source["uid"]]}
    for key in ("datasourceUid", "targetDatasourceUid"):
        if made.get(key) in changed:
            made[key] = changed[made[key]]
    if made.get("type") == "datasource" and made.get("query") in presets and "name" in made:
        made["current"] = dict(presets[made["query"]])
    return made
