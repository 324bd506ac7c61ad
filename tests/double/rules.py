"""Alert rules: the provisioning API, one by one and as groups, and the ruler's view (alert-rules.json)."""

import uuid

from attrs import evolve

from tests.double.access import RULE_GROUP, denied
from tests.double.durations import seconds, written
from tests.double.folders import allowed
from tests.double.http import BadJson, answer, says
from tests.double.routes import route
from tests.double.store import Group

PROVISIONING = "/api/v1/provisioning"
ONE = PROVISIONING + "/alert-rules/{uid}"
GROUP = PROVISIONING + "/folder/{folder}/rule-groups/{name}"
MISSING = answer({"statusCode": 404, "messageId": "alerting.alert-rule.notFound", "message": "NotFound"}, 404)
NO_DATA, ERROR = ("Alerting", "NoData", "OK", "KeepLast"), ("Alerting", "Error", "OK", "KeepLast")
UNIQUE = "constraint failed: UNIQUE constraint failed: alert_rule.org_id, alert_rule.uid (2067)"
HIDDEN = ("version", "guid")


class Invalid(Exception):
    """A rule that Grafana refuses; the sentence is its own."""


def provenance_of(request):
    """What a write is marked with."""
    return "" if request.headers.get("x-disable-provenance") else "api"


def normal(double, given, folder, name):
    """A rule as it is stored. Raises Invalid, and BadJson for what is no rule at all."""
    recording = bool(given.get("record"))
    rule = {"uid": given.get("uid") or uuid.uuid4().hex[:14], "orgID": double.org, "folderUID": folder}
    rule |= {"ruleGroup": name, "title": given.get("title", ""), "condition": given.get("condition", "")}
    rule["data"] = [query(each) for each in given.get("data") or []]
    rule["updated"] = double.state.now()
    rule |= {key: given.get(key) or "" for key in ("noDataState", "execErrState")}
    rule |= {"for": duration(given.get("for")), "keep_firing_for": duration(given.get("keep_firing_for"))}
    rule |= {key: given[key] for key in ("annotations", "labels", "missingSeriesEvalsToResolve") if given.get(key)}
    rule |= {"isPaused": bool(given.get("isPaused")), "notification_settings": settings_of(given)}
    rule["record"] = record_of(given)
    check(double, rule, recording)
    return rule


def settings_of(given):
    kept = {key: value for key, value in (given.get("notification_settings") or {}).items() if value != []}
    kept |= {key: duration(kept[key]) for key in ("group_wait", "group_interval", "repeat_interval") if key in kept}
    return kept or None


def record_of(given):
    """What a recording rule records, and where; other names are dropped."""
    known = ("metric", "from", "target_datasource_uid")
    return {key: given["record"][key] for key in known if key in given["record"]} if given.get("record") else None


def duration(text):
    try:
        return written(seconds(text)) if text else "0s"
    except (ValueError, TypeError):
        raise BadJson from None


def query(given):
    model = {"intervalMs": 1000, "maxDataPoints": 43200} | given.get("model", {})
    span = given.get("relativeTimeRange") or {"from": 0, "to": 0}
    return {"queryType": "", **given, "relativeTimeRange": span, "model": model}


def check(double, rule, recording):
    """Raises Invalid. What Grafana accepts though it is wrong (a data source, a condition, PromQL) passes here too."""
    if not rule["data"]:
        raise Invalid("invalid alert rule: no queries or expressions are found")
    if not recording and rule["noDataState"] not in NO_DATA:
        raise Invalid(f"invalid alert rule: unknown NoData state option {rule['noDataState']}")
    if not recording and rule["execErrState"] not in ERROR:
        raise Invalid(f"invalid alert rule: unknown Error state option {rule['execErrState']}")
    linked = {"__dashboardUid__", "__panelId__"} & set(rule.get("annotations", {}))
    if len(linked) == 1:
        raise Invalid("invalid alert rule: both annotations __dashboardUid__ and __panelId__ must be specified")
    if rule["folderUID"] not in double.state.folders:
        raise Invalid("invalid alert rule: folder does not exist")
    receiver = (rule["notification_settings"] or {}).get("receiver")
    if receiver and receiver not in {each["name"] for each in double.state.contact_points.values()}:
        raise Invalid(f"invalid alert rule\nreceiver {receiver} does not exist")


def stored(double, rule, provenance, before=None):
    """A rule with its provenance and its next version."""
    own = {"provenance": provenance} if provenance else {}
    before = before or {}
    own |= {"id": before.get("id") or next(double.state.numbers), "guid": before.get("guid") or str(uuid.uuid4())}
    return {**rule, **own, "version": before.get("version", 0) + 1}


def shown(rule, provenance=True):
    """A rule as the provisioning API shows it; in a group it has no provenance."""
    hidden = HIDDEN if provenance else (*HIDDEN, "provenance")
    return {key: value for key, value in rule.items() if key not in hidden}


def ordered(double):
    return [double.state.groups[key] for key in sorted(double.state.groups)]


def put_rule(double, rule):
    """Store one rule in its group, in its place or at the end."""
    key = rule["folderUID"], rule["ruleGroup"]
    take(double, rule["uid"], but=key)
    group = double.state.groups.get(key) or Group(*key)
    if rule["uid"] in {each["uid"] for each in group.rules}:
        rules = tuple(rule if each["uid"] == rule["uid"] else each for each in group.rules)
    else:
        rules = (*group.rules, rule)
    double.state.groups[key] = evolve(group, rules=rules)


def take(double, uid, but=None):
    """Take a rule out of its group; a group of none is gone."""
    for key, group in list(double.state.groups.items()):
        if key != but and uid in {rule["uid"] for rule in group.rules}:
            keep(double, evolve(group, rules=tuple(rule for rule in group.rules if rule["uid"] != uid)))


def keep(double, group):
    if group.rules:
        double.state.groups[group.folder, group.name] = group
    else:
        double.state.groups.pop((group.folder, group.name), None)


def mismatch(operation, given, stored_as):
    message = f"cannot {operation} with provided provenance '{given}', needs '{stored_as}'"
    body = {"statusCode": 409, "messageId": "alerting.provenanceMismatch", "message": message}
    more = {"Operation": operation, "ProvidedProvenance": given, "StoredProvenance": stored_as}
    return answer({**body, "extra": more}, 409)


def of_files(rules):
    return any(rule.get("provenance") == "file" for rule in rules)


@route("GET", PROVISIONING + "/alert-rules")
def listed(double, request):
    rules = [rule for group in ordered(double) for rule in group.rules]
    return answer([shown(rule) for rule in rules])


@route("GET", ONE)
def read(double, request, uid):
    _, rule = double.state.rules().get(uid, (None, None))
    return answer(shown(rule)) if rule else answer(None, 404)


@route("POST", PROVISIONING + "/alert-rules")
def created(double, request):
    body = request.json()
    folder, name = body.get("folderUID", ""), body.get("ruleGroup", "")
    try:
        rule = normal(double, body, folder, name)
    except Invalid as error:
        return says(400, str(error))
    if rule["uid"] in double.state.rules():
        return taken(double, rule["uid"])
    rule = stored(double, rule, provenance_of(request))
    put_rule(double, rule)
    return answer(shown(rule), 201)


def taken(double, uid):
    message = f"Failed to save alert rule '{uid}' in organization {double.org} due to conflict: {UNIQUE}"
    extra = {"Error": UNIQUE, "OrgID": double.org, "RuleUID": uid}
    body = {"statusCode": 409, "messageId": "alerting.alert-rule.conflict", "message": message, "extra": extra}
    return answer(body, 409)


@route("PUT", ONE)
def updated(double, request, uid):
    body = request.json()
    _, old = double.state.rules().get(uid, (None, None))
    if not old:
        return answer(None, 404)
    if of_files([old]):
        return mismatch("update", provenance_of(request), "file")
    try:
        rule = normal(double, body | {"uid": uid}, body.get("folderUID", ""), body.get("ruleGroup", ""))
    except Invalid as error:
        return says(400, str(error))
    rule = stored(double, rule, provenance_of(request), old)
    put_rule(double, rule)
    return answer(shown(rule))


@route("DELETE", ONE)
def deleted(double, request, uid):
    _, rule = double.state.rules().get(uid, (None, None))
    if rule and of_files([rule]):
        return mismatch("delete", provenance_of(request), "file")
    take(double, uid)
    return answer(None, 204)


@route("GET", GROUP)
def read_group(double, request, folder, name):
    group = double.state.groups.get((folder, name))
    return answer(view(group)) if group else MISSING


def view(group):
    rules = [shown(rule, provenance=False) for rule in group.rules]
    return {"title": group.name, "folderUid": group.folder, "interval": group.interval, "rules": rules}


@route("PUT", GROUP)
def put_group(double, request, folder, name):
    body, given = request.json(), provenance_of(request)
    interval = body.get("interval") or 60
    if folder in double.state.folders and not allowed(double.state, request.login, folder, 2):
        return denied(RULE_GROUP)
    old = double.state.groups.get((folder, name)) or Group(folder, name)
    if of_files(old.rules):
        return mismatch("delete", given, "file")
    try:
        rules = [normal(double, rule, folder, name) for rule in body.get("rules") or []]
        if interval % 10:
            odd = f"interval ({interval}s) should be non-zero and divided exactly by scheduler interval: 10"
            raise Invalid(f"invalid alert rule: {odd}")
    except Invalid as error:
        return says(400, str(error))
    uids = [rule["uid"] for rule in rules]
    if twice := next((uid for uid in uids if uids.count(uid) > 1), None):
        return taken(double, twice)
    replace(double, old, interval, rules, given)
    body = view(Group(folder, name, interval, tuple(rules)))
    answered = [{**rule, "id": 0, "updated": "0001-01-01T00:00:00Z"} for rule in body["rules"]]
    return answer({**body, "rules": [as_sent(*pair) for pair in zip(answered, request.json()["rules"], strict=True)]})


def as_sent(rule, given):
    """The answer to a write of a group shows the models before anything is filled in."""
    models = [each.get("model", {}) for each in given.get("data") or []]
    data = [{**query, "model": model} for query, model in zip(rule["data"], models, strict=True)]
    return {**rule, "data": data}


def replace(double, old, interval, rules, provenance):
    """Store a group. Every rule's version grows; a rule left out is deleted; but no rules at all changes nothing."""
    known = double.state.rules()
    if not rules:
        rules = old.rules
    befores = {rule["uid"]: known[rule["uid"]][1] for rule in rules if rule["uid"] in known}
    for uid in befores:
        take(double, uid, but=(old.folder, old.name))
    new = tuple(stored(double, rule, provenance, befores.get(rule["uid"])) for rule in rules)
    keep(double, Group(old.folder, old.name, interval, new))


@route("DELETE", GROUP)
def delete_group(double, request, folder, name):
    group = double.state.groups.get((folder, name))
    if not group:
        return MISSING
    if of_files(group.rules):
        return mismatch("delete", provenance_of(request), "file")
    double.state.groups.pop((folder, name))
    return answer(None, 204)
