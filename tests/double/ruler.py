"""Other views of the rules: the ruler's, an export, their states (alert-rules.json, rules-all.json)."""

from tests.double.durations import seconds, written
from tests.double.folders import above
from tests.double.http import answer
from tests.double.routes import route
from tests.double.rules import PROVISIONING, ordered


@route("GET", PROVISIONING + "/alert-rules/export")
def export(double, request):
    groups = [
        {"orgId": double.org, "name": each.name, "folder": title_path(double, each.folder)} for each in ordered(double)
    ]
    for group, held in zip(groups, ordered(double), strict=True):
        group |= {"interval": written(held.interval), "rules": [exported(rule) for rule in held.rules]}
    return answer({"apiVersion": 1, "groups": groups})


def exported(rule):
    """A rule as an export shows it: no provenance, no version."""
    keys = (
        "uid",
        "title",
        "condition",
        "data",
        "noDataState",
        "execErrState",
        "for",
        "annotations",
        "labels",
        "isPaused",
    )
    found = {key: rule[key] for key in keys if key in rule}
    found["data"] = [{key: value for key, value in each.items() if key != "queryType"} for each in rule["data"]]
    linked = rule.get("annotations", {})
    if "__panelId__" in linked:
        found |= {"dashboardUid": linked["__dashboardUid__"], "panelId": int(linked["__panelId__"])}
    return found


def title_path(double, folder):
    """The titles of a folder and of those above it."""
    uids = [uid for uid in (*reversed(above(double.state, folder)), folder) if uid in double.state.folders]
    return "/".join(double.state.folders[uid].title for uid in uids)


def ruled(rule, interval):
    """A rule as the ruler shows it."""
    alert = {key: rule[key] for key in ("title", "condition", "data", "updated", "version", "uid", "guid")}
    alert |= {"updated_by": {"uid": "bg544zzdknb40b", "name": "admin"}, "intervalSeconds": interval}
    alert |= {"namespace_uid": rule["folderUID"], "rule_group": rule["ruleGroup"], "is_paused": rule["isPaused"]}
    alert |= {"no_data_state": rule["noDataState"], "exec_err_state": rule["execErrState"]}
    renamed = {"missingSeriesEvalsToResolve": "missing_series_evals_to_resolve"}
    for key in ("provenance", "notification_settings", "record", "missingSeriesEvalsToResolve"):
        alert |= {renamed.get(key, key): rule[key]} if rule.get(key) else {}
    sections = ("simplified_query_and_expressions_section", "simplified_notifications_section")
    alert["metadata"] = {"editor_settings": dict.fromkeys(sections, False)}
    body = {"expr": "", "for": rule["for"], "keep_firing_for": rule["keep_firing_for"]}
    return {**body, **{key: rule[key] for key in ("labels", "annotations") if key in rule}, "grafana_alert": alert}


def by_folder(double, groups):
    found = {}
    for group in groups:
        rules = [ruled(rule, group.interval) for rule in group.rules]
        entry = {"name": group.name, "interval": written(group.interval), "rules": rules}
        found.setdefault(title_path(double, group.folder), []).append(entry)
    return found


@route("GET", "/api/ruler/grafana/api/v1/rules")
def ruler(double, request):
    return answer(by_folder(double, ordered(double)))


@route("GET", "/api/ruler/grafana/api/v1/rules/{folder}")
def ruler_of_one(double, request, folder):
    return answer(by_folder(double, [each for each in ordered(double) if each.folder == folder]), 202)


@route("GET", "/api/prometheus/grafana/api/v1/rules")
def states(double, request):
    groups = [{"name": each.name, "file": title_path(double, each.folder), "rules": []} for each in ordered(double)]
    for group, held in zip(groups, ordered(double), strict=True):
        group |= {"folderUid": held.folder, "interval": held.interval, "totals": {"inactive": len(held.rules)}}
        group["rules"] = [state_of(rule) for rule in held.rules]
    totals = {"inactive": len(double.state.rules())}
    return answer({"status": "success", "data": {"groups": groups, "totals": totals}})


def state_of(rule):
    body = {"state": "inactive", "name": rule["title"], "duration": seconds(rule["for"]), "uid": rule["uid"]}
    body |= {"folderUid": rule["folderUID"], "labels": rule.get("labels", {}), "health": "ok", "type": "alerting"}
    return {**body, "annotations": rule.get("annotations", {}), "isPaused": rule["isPaused"]}
