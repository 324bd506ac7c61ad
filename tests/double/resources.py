"""The resource API: dashboards and folders under `/apis`, with labels, annotations and locks (resources.json)."""

import uuid

import orjson

from tests.double import folders
from tests.double.canonical import canonical
from tests.double.fit import forbidden, refused, sees, unfit
from tests.double.http import answer, failure, failure_without_words
from tests.double.kinds import FOLDERS, KINDS, NONE, OTHERS, Refused, labels_of, metadata_of, of, served, view
from tests.double.routes import route
from tests.double.selectors import BadSelector, metadata_only, page, selected, token_of
from tests.double.store import FOLDER, MANAGER, Resource

NAMED = "/apis/{group}/{version}/namespaces/{namespace}/{plural}"
ONE = NAMED + "/{name}"


V2 = {"annotations", "cursorSync", "description", "editable", "elements", "layout", "links", "liveNow", "preload"}
V2 |= {"tags", "timeSettings", "title", "variables"}


@route("GET", "/apis")
def groups(double, request):
    if not double.apis:
        return NONE
    served = {kind.group: kind.versions for kind in KINDS.values()} | others(double)
    listed = [group_of(group, versions) for group, versions in served.items()]
    return answer({"kind": "APIGroupList", "groups": listed})


def others(double):
    """The groups beside dashboards and folders, with their versions."""
    return OTHERS if double.inhibits else {}


def group_of(group, versions):
    all_of = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": all_of, "preferredVersion": all_of[0]}


@route("GET", "/apis/{group}/{version}")
def resources_of(double, request, group, version):
    kinds = [kind for kind in KINDS.values() if kind.group == group and version in kind.versions]
    if not double.apis or not (kinds or version in others(double).get(group, ())):
        return NONE
    verbs = ["create", "delete", "get", "list", "patch", "update"]
    found = [{"name": kind.plural, "namespaced": True, "kind": kind.name, "verbs": verbs} for kind in kinds]
    if group in others(double):
        found = [{"name": "inhibitionrules", "namespaced": True, "kind": "InhibitionRule", "verbs": verbs}]
    body = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/{version}", "resources": found}
    return answer(body)


@route("GET", NAMED)
def listed(double, request, group, version, namespace, plural):
    kind, query = served(double, group, version, plural), request.query
    try:
        latest, held = walked(double, kind, query)
        shown, token = page(held, query, latest)
        shown = [each for each in shown if namespace == double.namespace and wanted(double, request, kind, each)]
    except BadSelector as error:
        return failure(400, str(error), "BadRequest")
    except ValueError:
        return failure(500, f'get continue token ("{query["continue"]}"): error decoding continue token')
    metadata = {"resourceVersion": str(latest), **({"continue": token} if token else {})}
    if metadata_only(request):
        items = [{"kind": "PartialObjectMetadata", **PARTIAL, "metadata": metadata_of(double, each)} for each in shown]
        return answer({"kind": "PartialObjectMetadataList", **PARTIAL, "metadata": metadata, "items": items})
    items = [view(double, kind, version, each) for each in shown]
    body = {"kind": f"{kind.name}List", "apiVersion": f"{group}/{version}", "metadata": metadata, "items": items}
    return answer(body)


def walked(double, kind, query):
    """The version of a list and all that is in it: a walk over pages sees what was there when it began."""
    walk = kind.plural, token_of(query)["v"]
    if walk in double.state.walks:
        return walk[1], double.state.walks[walk]
    held = [getattr(double.state, kind.plural)[name] for name in sorted(getattr(double.state, kind.plural))]
    latest = max((each.resource_version for each in held), default=0) + 1
    double.state.walks = {**dict(list(double.state.walks.items())[-8:]), (kind.plural, latest): held}
    return latest, held


def wanted(double, request, kind, resource):
    """Whether a list shows a resource: it is selected, and its reader may see it."""
    field = request.query.get("fieldSelector")
    named = not field or field == f"metadata.name={resource.name}"
    fits = selected(labels_of(resource), request.query.get("labelSelector", ""))
    return named and fits and sees(double, request.login, kind, resource)


PARTIAL = {"apiVersion": "meta.k8s.io/v1"}


@route("GET", ONE)
def read(double, request, group, version, namespace, plural, name):
    kind = served(double, group, version, plural)
    if version.startswith("v2"):
        return failure(501, "the double does not play this version")
    there = found(double, kind, name)
    if not sees(double, request.login, kind, there):
        return failure_without_words(403)
    return answer(view(double, kind, version, there))


def found(double, kind, name):
    """A resource by name. Raises Refused."""
    held = getattr(double.state, kind.plural)
    if name not in held:
        raise Refused(failure(404, f'{kind.full} "{name}" not found', "NotFound", **of(kind, name)))
    return held[name]


def stored(kind, version, spec):
    """The spec to keep, and the name of the version that it is kept in."""
    if kind is FOLDERS:
        return spec, "v1"
    if version.startswith("v0"):
        return spec, "v0alpha1"
    if version.startswith("v2"):
        unknown = sorted(set(spec) - V2)
        refusal = f'Dashboard in version "{version}" cannot be handled as a Dashboard: strict decoding error: '
        refusal += f'unknown field "spec.{unknown[0]}"' if unknown else "the double does not play this version"
        raise Refused(failure(400, refusal, "BadRequest"))
    return canonical(spec), "v1"


@route("POST", NAMED)
def created(double, request, group, version, namespace, plural):
    kind = served(double, group, version, plural)
    body = request.json()
    metadata = body.get("metadata", {})
    name = metadata.get("name") or uuid.uuid4().hex[:14]
    spec, form = stored(kind, version, body.get("spec", {}))
    if refusal := forbidden(double, request.login, kind, (metadata.get("annotations") or {}).get(FOLDER, "")):
        return refusal
    if name in getattr(double.state, plural):
        if kind is FOLDERS:
            return failure(412, "the folder has been changed by someone else")
        return failure(409, f'{kind.full} "{name}" already exists', "AlreadyExists", **of(kind, name))
    return answer(add(double, request, kind, version, name, metadata, spec, form), 201)


def add(double, request, kind, version, name, metadata, spec, form):
    """Create a resource, or show what a dry run would create."""
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    if refusal := unfit(kind, name, labels, annotations) or refused(
        double, kind, name, spec, annotations.get(FOLDER, "")
    ):
        raise Refused(refusal)
    if request.query.get("dryRun"):
        now = double.state.now()
        return view(double, kind, version, Resource(name, spec, labels, annotations, created_at=now, stored=form))
    made = double.state.create(kind.plural, name, spec, labels, annotations, request.login.name, form)
    if kind is FOLDERS and not made.folder:
        double.state.permissions[name] = folders.granted(request.login)
    return view(double, kind, version, made)


@route("PUT", ONE)
def replaced(double, request, group, version, namespace, plural, name):
    kind = served(double, group, version, plural)
    body = request.json()
    metadata = body.get("metadata", {})
    spec, form = stored(kind, version, body.get("spec", {}))
    if name not in getattr(double.state, plural):
        if metadata.get("resourceVersion"):
            found(double, kind, name)
        if refusal := forbidden(double, request.login, kind, (metadata.get("annotations") or {}).get(FOLDER, "")):
            return refusal
        return answer(add(double, request, kind, version, name, metadata, spec, form), 201)
    return answer(write(double, request, kind, version, found(double, kind, name), metadata, spec, form))


def write(double, request, kind, version, old, metadata, spec, form):
    """Replace a resource. Raises Refused where somebody else wrote since the version that is named."""
    if not sees(double, request.login, kind, old, 2):
        raise Refused(failure_without_words(403))
    given = metadata.get("resourceVersion")
    if given and given != str(old.resource_version):
        again = "the object has been modified; please apply your changes to the latest version and try again"
        message = f'Operation cannot be fulfilled on {kind.full} "{old.name}": {again}'
        raise Refused(failure(409, message, "Conflict", **of(kind, old.name)))
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    for what, key in (("kind", MANAGER), ("identity", "grafana.app/managerId")):
        if annotations.get(key) and old.annotations.get(key, annotations[key]) != annotations[key]:
            advice = "remove the existing manager first, then add the new one"
            raise Refused(failure(403, f"Cannot change resource manager {what}; {advice}", "Forbidden"))
    if refusal := unfit(kind, old.name, labels, annotations, times=2):
        raise Refused(refusal)
    moved = annotations.get(FOLDER, "") != old.annotations.get(FOLDER, "")
    if refusal := refused(double, kind, old.name, spec, annotations.get(FOLDER, ""), moved):
        raise Refused(refusal)
    if request.query.get("dryRun"):
        return view(double, kind, version, old)
    new = double.state.change(kind.plural, old, spec, labels, annotations, request.login.name, form)
    return view(double, kind, version, new)


@route("PATCH", ONE)
def patched(double, request, group, version, namespace, plural, name):
    kind = served(double, group, version, plural)
    old = found(double, kind, name)
    if "merge-patch" not in request.headers.get("content-type", ""):
        return failure(415, "only application/merge-patch+json is played here", "UnsupportedMediaType")
    body = request.json()
    shown = view(double, kind, version, old)
    given = body.get("metadata", {}).get("resourceVersion")
    merged = merge(orjson.loads(orjson.dumps(shown)), body)
    metadata = merged["metadata"] | ({} if given else {"resourceVersion": ""})
    spec, form = stored(kind, version, merged["spec"])
    return answer(write(double, request, kind, version, old, metadata, spec, form))


def merge(value, patch):
    """RFC 7386."""
    for key, each in patch.items():
        if each is None:
            value.pop(key, None)
        elif isinstance(each, dict):
            value[key] = merge(value.get(key) or {}, each)
        else:
            value[key] = each
    return value


@route("DELETE", ONE)
def deleted(double, request, group, version, namespace, plural, name):
    kind = served(double, group, version, plural)
    old = found(double, kind, name)
    if not sees(double, request.login, kind, old, 2):
        return failure_without_words(403)
    wanted = (request.json() if request.body else {}).get("preconditions") or {}
    checks = [
        ("ResourceVersion", wanted.get("resourceVersion"), str(old.resource_version), "modified"),
        ("UID", wanted.get("uid"), old.uid, "deleted and then recreated"),
    ]
    for what, given, there, been in checks:
        if given and given != there:
            return unmet(kind, name, what, given, there, been)
    if kind is FOLDERS and not folders.is_empty(double.state, name):
        return failure(400, folders.NOT_EMPTY, "BadRequest", uid="folder.not-empty")
    if not request.query.get("dryRun"):
        getattr(double.state, plural).pop(name)
    details = {**of(kind, name), "uid": old.uid}
    return answer({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})


def unmet(kind, name, what, given, there, been):
    message = (
        f'Operation cannot be fulfilled on {kind.name}.{kind.group} "{name}": the {what} in the precondition ({given}) '
        f"does not match the {what} in record ({there}). The object might have been {been}"
    )
    return failure(409, message, "Conflict", name=name, group=kind.group, kind=kind.name)
