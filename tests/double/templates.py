"""Templates of notifications."""

import re

from tests.double.http import answer
from tests.double.notes import marked, problem, version_of
from tests.double.routes import route
from tests.double.rules import PROVISIONING, provenance_of

DEFINED = re.compile(r"{{-?\s*(define|block|if|range|with)\b")
ENDED = re.compile(r"{{-?\s*end\b")


def template(name, text):
    """The parts of a template that its version is made of."""
    text = text.strip()
    return text if "define" in text else f'{{{{ define "{name}" }}}}\n  {text}\n{{{{ end }}}}'


def stale(given, held):
    """The answer that refuses a version, or None. No version overwrites."""
    if given and not held:
        return answer(
            {"statusCode": 404, "messageId": "alerting.notifications.templates.notFound", "message": "NotFound"}, 404
        )
    return problem(409, "conflict", "Conflict") if given and given != held["version"] else None


@route("GET", PROVISIONING + "/templates")
def templates(double, request):
    return answer([double.state.templates[name] for name in sorted(double.state.templates)])


@route("GET", PROVISIONING + "/templates/{name}")
def read_template(double, request, name):
    found = double.state.templates.get(name)
    return answer(found) if found else problem(404, "templates.notFound", "NotFound")


@route("PUT", PROVISIONING + "/templates/{name}")
def put_template(double, request, name):
    body = request.json()
    text = body.get("template", "")
    if len(DEFINED.findall(text)) != len(ENDED.findall(text)):
        error = "invalid template: template: :1: unexpected EOF"
        message = "Template is in invalid format. Correct the payload and try again."
        return problem(400, "templates.invalidFormat", message, Error=error)
    if refusal := stale(body.get("version"), double.state.templates.get(name)):
        return refusal
    text = template(name, text)
    kept = {"name": name, "template": text, "version": version_of(text)}
    double.state.templates[name] = marked(kept, provenance_of(request))
    return answer(double.state.templates[name], 202)


@route("DELETE", PROVISIONING + "/templates/{name}")
def delete_template(double, request, name):
    held, given = double.state.templates.get(name), request.query.get("version")
    if held and given and given != held["version"]:
        return problem(409, "conflict", "Conflict")
    double.state.templates.pop(name, None)
    return answer(None, 204)
