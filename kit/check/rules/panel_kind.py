"""A panel is of a kind that Grafana still has, and has a query where its kind shows one."""

from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding

ID = "panel-kind"
# Removed with Angular: https://grafana.com/docs/grafana/latest/whatsnew/whats-new-in-v12-0/ (removal of AngularJS)
_DEAD = {
    "graph": "timeseries",
    "grafana-piechart-panel": "piechart",
    "grafana-singlestat-panel": "stat",
    "grafana-worldmap-panel": "geomap",
    "heatmap-old": "heatmap",
    "natel-discrete-panel": "state-timeline",
    "singlestat": "stat",
    "table-old": "table",
}
_NO_QUERY = frozenset({"alertlist", "annolist", "dashlist", "gettingstarted", "news", "row", "text", "welcome"})


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        for panel in board.panels:
            for message in _faults(panel.json):
                yield Finding(panel.where, ID, panel.subject, message)


def _faults(json: Json) -> Iterator[str]:
    kind = str(json.get("type", ""))
    if kind in _DEAD:
        yield f"Grafana no longer has the kind {kind}; use {_DEAD[kind]}"
    if kind in _NO_QUERY or "libraryPanel" in json:
        return
    targets = json.get("targets") or ()
    if not targets:
        yield f"a {kind} without a query shows nothing; give it a signal"
    for target in targets:
        if not str(target.get("expr", "")).strip():
            yield f"its query {target.get('refId')} is empty; write one, or take it out"
