"""Inhibition rules: a resource of its own kind, with a hash of the content as its version (notifications.json)."""

import base64
import hashlib
import re

from tests.double.http import answer, failure, says
from tests.double.notes import version_of
from tests.double.routes import route

GROUP = "notifications.alerting.grafana.app"
LIST = f"/apis/{GROUP}/v1beta1/namespaces/{{namespace}}/inhibitionrules"
ONE = LIST + "/{name}"
HEAD = {"kind": "InhibitionRule", "apiVersion": f"{GROUP}/v1beta1"}
KEPT = "grafana.com/provenance"


def forbidden(double, request, verb, name=""):
    """The answer that refuses a login, or None."""
    needed, action = {"list": ("Viewer", "read"), "delete": ("Editor", "delete")}.get(verb, ("Editor", "write"))
    if request.login.is_at_least(needed):
        return None
    wide = "read" if verb == "list" else "write"
    actions = f"alert.notifications:{wide} alert.notifications.inhibition-rules:{action}"
    login = f'User "sa-{request.login.role}" cannot {verb} resource "inhibitionrules" in API group "{GROUP}"'
    what = f"inhibitionrules.{GROUP}" + (f' "{name}"' if name else "")
    message = (
        f'{what} is forbidden: {login} in the namespace "{double.namespace}": required permissions: any({actions})'
    )
    named = {"name": name} if name else {}
    return failure(403, message, "Forbidden", **named, group=GROUP, kind="inhibitionrules")


def made(double, name, body):
    """A rule as it is kept: labels and annotations of ours are dropped."""
    spec = body.get("spec", {})
    uid = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode().strip("=")
    metadata = {"name": name, "namespace": double.namespace, "uid": uid, "resourceVersion": version_of(spec)}
    if provenance := (body.get("metadata", {}).get("annotations") or {}).get(KEPT):
        metadata["annotations"] = {KEPT: provenance}
    return {**HEAD, "metadata": metadata, "spec": spec}


def missing(name):
    message = f'inhibitionrules.{GROUP} "{name}" not found'
    return failure(404, message, "NotFound", name=name, group=GROUP, kind="inhibitionrules")


DOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
)


def invalid(body):
    """The answer that refuses a rule, or None."""
    spec, name, wrong = body.get("spec", {}), body.get("metadata", {}).get("name", ""), ""
    if not re.fullmatch(DOMAIN, name):
        written = DOMAIN.replace("\\", "\\\\")
        wrong = f"inhibition rule uid must be a valid DNS subdomain: {NAME} '{written}')"
    elif not spec.get("source_matchers"):
        wrong = "inhibition rule must have at least one source matcher"
    elif not spec.get("target_matchers"):
        wrong = "inhibition rule must have at least one target matcher"
    if not wrong:
        return None
    message = "Inhibition rule is in invalid format. Correct the payload and try again."
    named = {"uid": "alerting.notifications.inhibition-rules.invalidFormat"}
    return failure(400, message, "BadRequest", **named, causes=[{"message": f'"{wrong}"', "field": "Error"}])


def changed(given, held):
    """The answer that refuses a version that is not the one that is there, or None."""
    if not given or given == held["metadata"]["resourceVersion"]:
        return None
    return failure(409, "Conflict", "Conflict", uid="alerting.notifications.conflict")


@route("GET", LIST)
def listed(double, request, namespace):
    if not double.inhibits:
        return says(404, "Not found")
    if refusal := forbidden(double, request, "list"):
        return refusal
    items = [double.state.inhibition_rules[name] for name in sorted(double.state.inhibition_rules)]
    return answer({"kind": "InhibitionRuleList", "apiVersion": HEAD["apiVersion"], "metadata": {}, "items": items})


@route("GET", ONE)
def read(double, request, namespace, name):
    found = double.state.inhibition_rules.get(name)
    return answer(found) if found else missing(name)


@route("POST", LIST)
def created(double, request, namespace):
    if not double.inhibits:
        return says(404, "Not found")
    if refusal := forbidden(double, request, "create"):
        return refusal
    body = request.json()
    name = body.get("metadata", {}).get("name", "")
    if name in double.state.inhibition_rules:
        exists = "alerting.notifications.inhibition-rules.nameExists"
        return failure(400, "Inhibition rule already exists.", "BadRequest", uid=exists)
    if refusal := invalid(body):
        return refusal
    double.state.inhibition_rules[name] = made(double, name, body)
    return answer(double.state.inhibition_rules[name], 201)


@route("PUT", ONE)
def replaced(double, request, namespace, name):
    body, held = request.json(), double.state.inhibition_rules.get(name)
    if refusal := forbidden(double, request, "update", name):
        return refusal
    if not held:
        return missing(name)
    if refusal := invalid(body) or changed(body.get("metadata", {}).get("resourceVersion"), held):
        return refusal
    double.state.inhibition_rules[name] = made(double, name, body)
    return answer(double.state.inhibition_rules[name])


@route("DELETE", ONE)
def deleted(double, request, namespace, name):
    held = double.state.inhibition_rules.get(name)
    if refusal := forbidden(double, request, "delete", name):
        return refusal
    if not held:
        return missing(name)
    wanted = (request.json() if request.body else {}).get("preconditions") or {}
    if refusal := changed(wanted.get("resourceVersion"), held):
        return refusal
    return answer(double.state.inhibition_rules.pop(name))
