"""Contact points: secrets are hidden, and kept where what hides them is sent back."""

import re
import uuid

from tests.double.http import answer, says
from tests.double.notes import marked, problem
from tests.double.policies import named
from tests.double.routes import route
from tests.double.rules import PROVISIONING, provenance_of

SECRET = {
    "slack": {"url", "token"},
    "webhook": {"password", "authorization_credentials"},
    "pagerduty": {"integrationKey"},
    "telegram": {"bottoken"},
    "opsgenie": {"apiKey"},
    "teams": set(),
    "email": set(),
    "discord": {"url"},
}
HIDDEN = "[REDACTED]"


def shown(point, provenance=True):
    """A contact point with its secrets hidden."""
    secret = SECRET[point["type"]]
    settings = {key: HIDDEN if key in secret else value for key, value in sorted(point["settings"].items())}
    body = {"uid": point["uid"], "name": point["name"], "type": point["type"], "settings": settings}
    body["disableResolveMessage"] = point["disableResolveMessage"]
    return marked(body, point.get("provenance") if provenance else "")


def normal(given, uid):
    body = {"uid": uid, "name": given.get("name", ""), "type": given.get("type", "")}
    return {
        **body,
        "settings": given.get("settings") or {},
        "disableResolveMessage": bool(given.get("disableResolveMessage")),
    }


def fault(point):
    """What is wrong with a contact point, or None."""
    kind, settings = point["type"], point["settings"]
    if kind not in SECRET:
        return f"unknown integration type: {kind}"
    if kind == "slack" and not settings.get("recipient"):
        lacks = "recipient must be specified when using the Slack chat API"
    elif kind == "email" and not settings.get("addresses"):
        lacks = "could not find addresses in settings"
    elif kind == "webhook" and not settings.get("url"):
        lacks = "required field 'url' is not specified"
    else:
        return None
    return f'failed to validate integration "{point["name"]}" (UID {point["uid"]}) of type "{kind}": {lacks}'


def bad_uid(uid):
    if len(uid) > 40:
        return f"cannot create contact point with UID '{uid}': UID is longer than 40 symbols"
    return (
        None
        if re.fullmatch(r"[\w-]+", uid, re.ASCII)
        else (
            f"cannot create contact point with UID '{uid}': invalid format of UID. "
            "Only letters, numbers, '-' and '_' are allowed"
        )
    )


@route("GET", PROVISIONING + "/contact-points")
def points(double, request):
    held = sorted(double.state.contact_points.values(), key=lambda point: point["name"])
    name = request.query.get("name")
    return answer([shown(point) for point in held if name in (None, point["name"])])


@route("POST", PROVISIONING + "/contact-points")
def create_point(double, request):
    body = request.json()
    point = normal(body, body.get("uid") or uuid.uuid4().hex[:14])
    if error := bad_uid(point["uid"]):
        return says(400, f"invalid object specification\n{error}")
    if error := fault(point):
        return says(400, f"invalid object specification: {error}")
    if old := double.state.contact_points.get(point["uid"]):
        message = (
            f"Receiver configuration with UID '{point['uid']}' already exists in contact point '{old['name']}'. "
            "Please use unique identifiers for receivers across all contact points."
        )
        return problem(409, "contact-points.uidInUse", message, Name=old["name"], UID=point["uid"])
    double.state.contact_points[point["uid"]] = marked(point, provenance_of(request))
    return answer(shown(point), 202)


@route("PUT", PROVISIONING + "/contact-points/{uid}")
def update_point(double, request, uid):
    point, old = normal(request.json(), uid), double.state.contact_points.get(uid)
    if not old:
        return says(404, f"object not found: contact point with uid '{uid}' not found")
    if old.get("provenance", "") not in ("", provenance_of(request)):
        return says(500, "Internal Server Error")
    told = {key: value for key, value in point["settings"].items() if value != HIDDEN}
    kept = {key: value for key, value in old["settings"].items() if point["settings"].get(key) == HIDDEN}
    point["settings"] = {**told, **kept}
    if error := fault(point):
        return says(400, f"invalid object specification: {error}")
    if point["name"] != old["name"] and is_last(double, old):
        double.state.policies = renamed(double.state.policies, old["name"], point["name"])
    double.state.contact_points[uid] = marked(point, provenance_of(request))
    return says(202, "contactpoint updated")


def is_last(double, point):
    """Whether no other integration has this name."""
    return sum(each["name"] == point["name"] for each in double.state.contact_points.values()) == 1


def renamed(policy, old, new):
    routes = {"routes": [renamed(each, old, new) for each in policy["routes"]]} if "routes" in policy else {}
    return {**policy, **({"receiver": new} if policy.get("receiver") == old else {}), **routes}


@route("DELETE", PROVISIONING + "/contact-points/{uid}")
def delete_point(double, request, uid):
    old = double.state.contact_points.get(uid)
    if old and is_last(double, old):
        if old["name"] in named(double.state.policies, "receiver"):
            used = "Contact point is currently referenced by a notification policy."
            return problem(409, "contact-points.referenced", used)
        rules = [rule for _, rule in double.state.rules().values()]
        if any((rule["notification_settings"] or {}).get("receiver") == old["name"] for rule in rules):
            used = "Contact point is currently used in the notification settings of one or many alert rules."
            return problem(409, "contact-points.used-by-rule", used)
    double.state.contact_points.pop(uid, None)
    return says(202, "contactpoint deleted")
