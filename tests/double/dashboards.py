"""The classic dashboard API: versions, history, search (dashboards.json), and what it does to resources."""

import re

from attrs import evolve

from tests.double.canonical import canonical
from tests.double.durations import seconds
from tests.double.folders import slug, url
from tests.double.http import answer, says
from tests.double.routes import route
from tests.double.store import FOLDER, MANAGER, Version

MANAGERS = {"classic-file-provisioning", "kubectl", "terraform", "repo", "plugin"}
LEAST_REFRESH = 5


def missing():
    return says(404, "Dashboard not found")


def link(dashboard):
    return f"/d/{dashboard.name}/{slug(dashboard.title)}"


def stored(dashboard):
    """What a write is answered with."""
    body = {"folderUid": dashboard.folder, "id": dashboard.number, "slug": slug(dashboard.title), "status": "success"}
    return answer({**body, "uid": dashboard.name, "url": link(dashboard), "version": dashboard.generation})


def whole(dashboard, version=None):
    """The JSON of a dashboard or of one of its versions, with its numbers in it."""
    spec = (version or dashboard).spec
    number = version.version if version else dashboard.generation
    return {**spec, "id": dashboard.number, "uid": dashboard.name, "version": number}


@route("GET", "/api/dashboards/uid/{uid}")
def read(double, request, uid):
    dashboard = double.state.dashboards.get(uid)
    return answer({"meta": meta(double, dashboard), "dashboard": whole(dashboard)}) if dashboard else missing()


def meta(double, dashboard):
    body = {"type": "db", "canSave": True, "canEdit": True, "canAdmin": True, "canStar": True, "canDelete": True}
    body |= {"slug": slug(dashboard.title), "url": link(dashboard), "created": dashboard.created_at}
    body |= {"updated": dashboard.updated_at or dashboard.created_at, "version": dashboard.generation}
    body |= {"updatedBy": "Anonymous", "createdBy": "Anonymous", "hasAcl": False, "isFolder": False}
    folder = double.state.folders.get(dashboard.folder)
    body |= {"folderId": folder.number if folder else 0, "folderUid": dashboard.folder}
    body |= {"folderTitle": folder.title if folder else "General", "folderUrl": url(folder) if folder else ""}
    by_files = dashboard.annotations.get(MANAGER) == "classic-file-provisioning" and not double.apis
    return body | {"provisioned": by_files, "provisionedExternalId": ""}


def fault(spec, uid):
    """What is wrong with a dashboard, or None."""
    if not spec.get("title"):
        return "Dashboard spec is missing required title property"
    if not re.fullmatch(r"[\w-]+", uid, re.ASCII):
        return "uid contains illegal characters"
    if len(uid) > 40:
        return "uid too long, max 40 characters"
    if spec.get("refresh") and seconds(spec["refresh"]) < LEAST_REFRESH:
        return "Dashboard refresh interval is too low"
    return None


@route("POST", "/api/dashboards/db")
def written(double, request):
    body = request.json()
    given = body.get("dashboard")
    if not isinstance(given, dict):
        return says(400, "Failed to read dashboard")
    uid = given.get("uid") or f"d{double.state.number()}"
    spec = {key: value for key, value in given.items() if key not in ("id", "uid", "version")}
    folder = body.get("folderUid", "")
    if error := fault(spec, uid):
        return says(400, error)
    if folder and folder not in double.state.folders:
        return says(400, "folder not found")
    if not (old := double.state.dashboards.get(uid)):
        number = given.get("id") or 0
        made = double.state.create(
            "dashboards", uid, spec, {}, {FOLDER: folder}, request.login.name, "v0alpha1", number
        )
        return stored(kept_message(double, made, body.get("message", "")))
    return changed(double, request, old, spec, folder, body)


def changed(double, request, old, spec, folder, body):
    """A classic write to what is there: the version locks, the manager forbids, labels and annotations are wiped."""
    if is_locked(old):
        return says(400, "Cannot save provisioned dashboard")
    if not body.get("overwrite") and body["dashboard"].get("version") != old.generation:
        return stale(double)
    message = body.get("message", "")
    spec = canonical(spec) if old.stored == "v1" else spec
    new = double.state.change("dashboards", old, spec, {}, {FOLDER: folder}, request.login.name, old.stored, message)
    if new is old:  # nothing is stored, but the message is
        entry = Version(old.generation, old.spec, message, request.login.name, double.state.now())
        new = double.state.keep("dashboards", evolve(old, history=(*old.history, entry)))
    return stored(new)


def is_locked(dashboard):
    """Whether somebody manages a dashboard who does not let others save it. An unknown manager means nothing."""
    allowed = dashboard.annotations.get("grafana.app/managerAllowsEdits") == "true"
    return dashboard.annotations.get(MANAGER) in MANAGERS and not allowed


def stale(double):
    if double.major >= 13:
        return says(409, "Dashboard already exists. Use overwrite flag to update.")
    return says(412, "The dashboard has been changed by someone else", status="version-mismatch")


def kept_message(double, made, message):
    """Where `/apis` is served, the message of a first classic write is lost (dashboards.json)."""
    if double.apis or not message:
        return made
    return double.state.keep("dashboards", evolve(made, history=(evolve(made.history[0], message=message),)))


@route("DELETE", "/api/dashboards/uid/{uid}")
def deleted(double, request, uid):
    if not (gone := double.state.dashboards.pop(uid, None)):
        return missing()
    return says(200, f"Dashboard {gone.title} deleted", title=gone.title, uid=uid)


def entry(dashboard, version, data=True):
    body = {"id": version.version, "dashboardId": dashboard.number, "uid": dashboard.name, "restoredFrom": 0}
    body |= {"parentVersion": version.version - 1, "version": version.version, "created": version.at}
    body |= {"createdBy": "admin", "message": version.message}
    return body | ({"data": whole(dashboard, version)} if data else {})


@route("GET", "/api/dashboards/uid/{uid}/versions")
def versions(double, request, uid):
    if not (dashboard := double.state.dashboards.get(uid)):
        return missing()
    start, limit = int(request.query.get("start", 0)), int(request.query.get("limit") or 0) or None
    newest = [entry(dashboard, each, double.apis) for each in reversed(dashboard.history)][start:][:limit]
    if double.apis:
        newest = [each | {"message": each["message"] if each["version"] > 1 else "Initial save"} for each in newest]
    return answer({"continueToken": "", "versions": newest} if double.major >= 11 else newest)


@route("GET", "/api/dashboards/uid/{uid}/versions/{version}")
def one_version(double, request, uid, version):
    dashboard = double.state.dashboards.get(uid)
    found = [each for each in dashboard.history if str(each.version) == version] if dashboard else []
    return answer(entry(dashboard, found[0])) if found else says(404, "Dashboard version not found")


@route("POST", "/api/dashboards/uid/{uid}/restore")
def restored(double, request, uid):
    old, wanted = double.state.dashboards.get(uid), request.json().get("version")
    found = [each for each in old.history if each.version == wanted] if old else []
    if not found:
        return says(404, "Dashboard version not found")
    if is_locked(old):
        return says(400, "Cannot save provisioned dashboard")
    place, message = {FOLDER: old.folder}, f"Restored from version {wanted}"
    by = request.login.name
    return stored(double.state.change("dashboards", old, found[0].spec, {}, place, by, old.stored, message))


@route("GET", "/api/search")
def search(double, request):
    query, found = request.query, []
    if query.get("type", "dash-folder") == "dash-folder" and not query.get("tag") and not query.get("folderUIDs"):
        found += sorted((hit(double, each, "dash-folder") for each in double.state.folders.values()), key=by_title)
    if query.get("type", "dash-db") == "dash-db":
        found += sorted((hit(double, each, "dash-db") for each in double.state.dashboards.values()), key=by_title)
    if tag := query.get("tag"):
        found = [each for each in found if tag in each["tags"]]
    if folder := query.get("folderUIDs"):
        found = [each for each in found if each.get("folderUid") == folder]
    limit, number = int(query.get("limit", 1000)), int(query.get("page", 1))
    return answer(found[(number - 1) * limit : number * limit])


def by_title(found):
    return found["title"], found["uid"]


def hit(double, each, kind):
    body = {
        "id": each.number,
        "uid": each.name,
        "orgId": double.org,
        "title": each.title,
        "uri": f"db/{slug(each.title)}",
    }
    body |= {"url": link(each) if kind == "dash-db" else url(each), "slug": "", "type": kind, "isStarred": False}
    body |= {"tags": each.spec.get("tags", []), "sortMeta": 0, "isDeleted": False}
    if description := each.spec.get("description"):
        body["description"] = description
    if folder := double.state.folders.get(each.folder):
        body |= {"folderId": folder.number, "folderUid": folder.name, "folderTitle": folder.title}
        body["folderUrl"] = url(folder)
    return body
