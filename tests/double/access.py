"""Who may do what: logins, roles, and what a refused request is told (recorded in server.json and access.json)."""

import base64
import json
import re
from functools import cache
from pathlib import Path

from attrs import frozen

from tests.double.http import answer, says

RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "grafana-api" / "access.json"
ROLES = ("None", "Viewer", "Editor", "Admin")


@frozen
class Login:
    """Somebody who sends requests; `name` is how annotations call them."""

    login: str
    role: str
    name: str

    def is_at_least(self, role):
        return ROLES.index(self.role) >= ROLES.index(role)


ADMIN = Login("admin", "Admin", "user:bg544zzdknb40b")
PERSON = Login("ada", "Editor", "user:ag544adaperson")
FILES = Login("provisioning", "Admin", "access-policy:service")


def account(number, role):
    return Login(f"sa-1-{role.lower()}", role, f"service-account:cg5450{number:08}")


def login_of(request, state, user, password):
    """Who sends a request: a Login, or the answer that refuses it."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        given = base64.b64decode(secret + "==", validate=False).decode(errors="replace")
        wrong = refused("password-auth.failed", "Invalid username or password")
        return ADMIN if given == f"{user}:{password}" else wrong
    if kind == "Bearer":
        return state.tokens.get(secret) or refused("api-key.invalid", "Invalid API key")
    return refused("auth.unauthorized", "Unauthorized")


def refused(identity, message):
    body = {"extra": None, "message": message, "messageId": identity, "statusCode": 401, "traceID": ""}
    return answer(body, 401)


def some(*actions):
    """Needs any of these, or the rights to all provisioning."""
    return "any of alert.provisioning:" + ", ".join(actions)


PROVENANCE = "alert.provisioning.provenance:write"
RULES = "alert.rules:read, folders:read, alert.provisioning.provenance:write"
ANY_RULE = "any of alert.rules:write, alert.rules:create, alert.rules:delete"
READ_RULES = some("read", "alert.rules.provisioning:read, alert.provisioning.secrets:read")
WRITE_RULES = some("write", "alert.rules.provisioning:write")
READ_NOTES = some("read", "alert.notifications.provisioning:read, alert.provisioning.secrets:read")
READ_NOTES += ", alert.notifications:read, "
WRITE_NOTES = some("write", "alert.notifications.provisioning:write, all of any of alert.notifications:write")
TREES = "notifications.alerting.grafana.app/routingtrees"
POINTS, TEXTS = "alert.notifications.receivers", "alert.notifications.templates"
TIMES, TREE = "alert.notifications.time-intervals", "alert.notifications.routes"


def notes(what, verb, also=""):
    """What a write of notifications needs."""
    return f"{WRITE_NOTES}, {what}:{verb}{also}, alert.provisioning.provenance:write"


OWN = "/api/v1/provisioning"
# The first that fits counts: method, path, the least role, what the refusal names.
NEEDED = [
    ("GET", "/api/(frontend/settings|access-control/user/permissions|user)|/apis.*", "None", ""),
    ("GET", "/api/folders/[^/]+/permissions", "Admin", "folders.permissions:read"),
    ("POST", "/api/folders/[^/]+/permissions", "Admin", "folders.permissions:write"),
    ("GET", "/api/folders/.*", "Viewer", "folders:read"),
    ("POST", "/api/folders", "Editor", "folders:create"),
    ("PUT|POST", "/api/folders/.*", "Editor", "folders:write"),
    ("DELETE", "/api/folders/.*", "Editor", "folders:delete"),
    ("GET", "/api/dashboards/.*", "Viewer", "dashboards:read"),
    ("POST", "/api/dashboards/db", "Editor", "any of dashboards:create, dashboards:write"),
    ("POST", "/api/dashboards/.*", "Editor", "dashboards:write"),
    ("DELETE", "/api/dashboards/.*", "Editor", "dashboards:delete"),
    ("GET", "/api/datasources/.*/health", "Viewer", "datasources:query"),
    ("GET", "/api/datasources.*", "Viewer", "datasources:read"),
    ("POST", "/api/datasources", "Admin", "datasources:create"),
    ("PUT", "/api/datasources/.*", "Admin", "datasources:write"),
    ("DELETE", "/api/datasources/.*", "Admin", "datasources:delete"),
    ("GET", "/api/org/preferences", "Admin", "orgs.preferences:read"),
    ("PUT|PATCH", "/api/org/preferences", "Admin", "orgs.preferences:write"),
    ("GET", "/api/org", "Viewer", "orgs:read"),
    ("GET", "/api/ruler/.*", "Viewer", "alert.rules:read"),
    ("POST", "/api/ruler/.*", "Editor", f"all of alert.rules:read, folders:read, {ANY_RULE}"),
    ("GET", f"{OWN}/(alert-rules|folder).*", "Viewer", f"{READ_RULES}, all of alert.rules:read, folders:read"),
    ("POST", f"{OWN}/alert-rules", "Editor", f"{WRITE_RULES}, all of alert.rules:create, {PROVENANCE}"),
    ("PUT", f"{OWN}/folder/.*", "Editor", f"{WRITE_RULES}, all of {RULES}, {ANY_RULE}"),
    ("DELETE", f"{OWN}/folder/.*", "Editor", f"{WRITE_RULES}, all of alert.rules:delete, {RULES}"),
    (".*", f"{OWN}/alert-rules.*", "Editor", WRITE_RULES),
    ("GET", f"{OWN}/contact-points", "Viewer", f"{READ_NOTES}{POINTS}:read, {POINTS}.secrets:read"),
    ("GET", f"{OWN}/templates.*", "Viewer", f"{READ_NOTES}{TEXTS}:read"),
    ("GET", f"{OWN}/mute-timings.*", "Viewer", f"{READ_NOTES}{TIMES}:read"),
    ("GET", f"{OWN}/policies.*", "Viewer", f"{READ_NOTES}{TREE}:read, {TREES}:get"),
    ("POST", f"{OWN}/contact-points", "Editor", notes(POINTS, "create")),
    ("PUT", f"{OWN}/contact-points/.*", "Editor", notes(POINTS, "write")),
    ("DELETE", f"{OWN}/contact-points/.*", "Editor", notes(POINTS, "delete")),
    ("PUT", f"{OWN}/templates/.*", "Editor", notes(TEXTS, "write")),
    ("DELETE", f"{OWN}/templates/.*", "Editor", notes(TEXTS, "delete")),
    ("PUT|POST", f"{OWN}/mute-timings.*", "Editor", notes(TIMES, "write")),
    ("DELETE", f"{OWN}/mute-timings/.*", "Editor", notes(TIMES, "delete")),
    ("PUT", f"{OWN}/policies", "Editor", notes(TREE, "write", f", {TREES}:update")),
    ("DELETE", f"{OWN}/policies", "Editor", notes(TREE, "write", f", {TREES}:delete")),
    ("GET", ".*", "None", ""),
    (".*", "/apis/.*", "None", ""),  # judged there, by folder
    (".*", ".*", "Editor", ""),
]
COMPILED = [(re.compile(method), re.compile(path), role, text) for method, path, role, text in NEEDED]


def forbidden(request):
    """The answer that refuses a request which its sender may not send, or None."""
    if request.login.role == "Admin":
        return None
    role, needed = next((r, t) for m, p, r, t in COMPILED if m.fullmatch(request.method) and p.fullmatch(request.path))
    if request.login.is_at_least(role):
        return None
    return denied(needed)


def denied(needed):
    message = f"You'll need additional permissions to perform this action. Permissions needed: {needed}"
    return says(403, message, accessErrorId="ACE0000000000", title="Access denied")


RULE_GROUP = f"{WRITE_RULES}, all of {RULES}, {ANY_RULE}"


@cache
def recorded():
    """What each role may do, as a real Grafana said: action to scopes."""
    found = json.loads(RECORDED.read_text())["exchanges"]
    return {each["what"]: each["response"]["body"] for each in found if each["what"].startswith("what ")}


# What an editor may in a folder besides; recorded where there was none.
IN_FOLDERS = ("dashboards:write", "dashboards:delete", "dashboards:read", "folders:write", "folders:delete")


def permissions(login, folders=()):
    """What GET /api/access-control/user/permissions answers: action to scopes."""
    may = recorded()["what admin may do" if login == ADMIN else f"what {login.role} may do"]
    if login.role != "Editor" or not folders:
        return may
    return {**may, **{action: [f"folders:uid:{uid}" for uid in folders] for action in IN_FOLDERS}}
