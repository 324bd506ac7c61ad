"""Kinds that list things: dashboards and alerts. grafanalib writes their settings at the panel's root."""

from kit.draw.stock.parts import Drawn, options
from kit.draw.stock.plain import Json, omit
from kit.draw.stock.refusals import Unfit

_DASHLIST: Json = {
    "includeVars": False,
    "keepTime": False,
    "maxItems": 10,
    "query": "",
    "showFolderNames": True,
    "showHeadings": True,
    "showRecentlyViewed": False,
    "showSearch": False,
    "showStarred": True,
    "tags": [],
}
_DASHLIST_KEYS = {
    "headings": "showHeadings",
    "limit": "maxItems",
    "query": "query",
    "recent": "showRecentlyViewed",
    "search": "showSearch",
    "starred": "showStarred",
    "tags": "tags",
}
_STATES = {
    "alerting": "firing",
    "execution_error": "error",
    "no_data": "noData",
    "ok": "normal",
    "pending": "pending",
}


def dashlist(raw: Json) -> Drawn:
    """The root's settings as options (Grafana's dashlist migration)."""
    moved = {new: raw[old] for old, new in _DASHLIST_KEYS.items() if old in raw}
    return {**_DASHLIST, **moved, **options(raw)}, {}


def alertlist(raw: Json) -> Drawn:
    """The root's settings as options: Grafana has no migration for them, only `alertName` would survive."""
    given = options(raw)
    whole = {
        "alertInstanceLabelFilter": "",
        "dashboardAlerts": raw.get("onlyAlertsOnDashboard", False),
        "datasource": "-- Grafana --",
        "groupBy": [],
        "groupMode": "default",
        "maxItems": raw.get("limit", 20),
        "sortOrder": raw.get("sortOrder", 1),
        "stateFilter": _states(raw.get("stateFilter", [])),
        "viewMode": "list",
    }
    return {**whole, **omit(given, ("alertName",)), "alertName": _alert_name(raw)}, {}


def _alert_name(raw: Json) -> str:
    names = {name for name in (raw.get("nameFilter", ""), options(raw).get("alertName", "")) if name}
    if len(names) > 1:
        raise Unfit("nameFilter and alertName differ, and Grafana 13 has one filter: use alertName")
    return str(min(names, default=""))


def _states(listed: list[str]) -> Json:
    if unknown := sorted(set(listed) - set(_STATES)):
        raise Unfit(f"stateFilter {unknown[0]!r} is no state of an alert any more: use {', '.join(sorted(_STATES))}")
    # An empty list means all of them; who watches what fires wants to see what has just stopped.
    wanted = {_STATES[name] for name in listed or _STATES}
    return {**{state: state in wanted for state in _STATES.values()}, "recovering": "firing" in wanted}
