"""Grafana's form of an alert is one that Grafana takes: uid, interval, states, data sources, and paused or not.

The file's dialect: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

import re
from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.model.words import nearest, seconds

ID = "alert-rule"
_UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_STATES = {
    "noDataState": ("NoData", "OK", "Alerting", "KeepLast"),
    "execErrState": ("Error", "OK", "Alerting", "KeepLast"),
}
_TICK = 10


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    sources = {
        str(source.get("uid"))
        for document in build.yaml.values()
        if isinstance(document, dict)
        for source in document.get("datasources") or ()
    }
    paused = build.product.settings.evaluator != "grafana"
    for path, group in ruled.groups(build, ruled.GRAFANA):
        for message in _interval(str(group.get("interval", ""))):
            yield Finding(ruled.file(path), ID, f"group {group.get('name')}", message)
    for rule in ruled.grafana(build):
        for message in (*_rule(rule.json, paused), *_sources(rule.json, sources)):
            yield Finding(rule.where, ID, rule.name, message)


def _interval(text: str) -> Iterator[str]:
    try:
        length = seconds(text)
    except ValueError:
        length = 0
    if length <= 0 or length % _TICK:
        yield f"its interval '{text}' is no multiple of 10s, which Grafana refuses; write 30s"


def _rule(json: Json, paused: bool) -> Iterator[str]:
    if not _UID.fullmatch(str(json.get("uid", ""))):
        yield f"its uid '{json.get('uid', '')}' is not 1 to 40 letters, digits, _ and -; shorten its name"
    for key, allowed in _STATES.items():
        if json.get(key) not in allowed:
            yield f"its {key} is {json.get(key)!r}{nearest(str(json.get(key)), allowed)}; choose {', '.join(allowed)}"
    if bool(json.get("isPaused")) != paused:
        who = "Prometheus notifies, so two would" if paused else "Grafana notifies, and this one never would"
        yield f"its isPaused is {bool(json.get('isPaused'))}, but {who}; follow the setting evaluator"


def _sources(json: Json, known: set[str]) -> Iterator[str]:
    for node in json.get("data") or ():
        uid, inner = node.get("datasourceUid"), node.get("model", {}).get("datasource", {}).get("uid")
        ref = node.get("refId")
        if uid not in ruled.EXPRESSION and uid not in known:
            yield f"its query {ref} asks the data source '{uid}', which is not provisioned{nearest(str(uid), known)}"
        elif inner is not None and inner != uid:
            yield f"its query {ref} names two data sources, '{uid}' and '{inner}'; make them one"
        if uid in known and not _looks_back(node):
            yield f"its query {ref} looks at no time; write relativeTimeRange from: 600, to: 0"


def _looks_back(node: Json) -> bool:
    times = node.get("relativeTimeRange") or {}
    return int(times.get("from", 0)) > int(times.get("to", 0)) >= 0
