"""Folders: the classic API (folders.json), and what both APIs hold a folder to (folders-as-resources.json)."""

import re

from tests.double.http import answer, failure, says
from tests.double.routes import route
from tests.double.store import FOLDER, MANAGER

NOT_EMPTY = "Folder cannot be deleted: folder is not empty"
DEEPEST = 4  # folders above a folder, at most
TOO_DEEP = "[folder.maximum-depth-reached] folder max depth exceeded, max depth is 4"


def slug(title):
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def fault(uid, title):
    """What is wrong with a uid or a title, as (message, id of the message), or None."""
    if not re.fullmatch(r"[\w-]+", uid, re.ASCII):
        return "uid contains illegal characters", "folder.invalid-uid-chars"
    if len(uid) > 40:
        return "uid too long, max 40 characters", "folder.uid-too-long"
    return None if title else ("folder title cannot be empty", "folder.title-empty")


def above(state, uid):
    """The uids of the folders above one, nearest first."""
    found = []
    while (uid := state.folders[uid].folder if uid in state.folders else "") and uid not in found:
        found.append(uid)
    return found


def misplaced(state, uid, parent, moved):
    """The answer that refuses a folder at this place, or None."""
    if not parent or parent == "general":
        return None
    if parent not in state.folders:
        missing = f'folders.folder.grafana.app "{parent}" not found'
        return failure(500, f"move target not found {missing}") if moved else failure(404, missing)
    if parent == uid or uid in above(state, parent):
        return failure(400, "Circular reference detected", "BadRequest", uid="folder.circular-reference")
    if moved and len(above(state, parent)) + 1 + height(state, uid) > DEEPEST:
        return failure(400, "Maximum nested folder depth reached", "BadRequest", uid="folder.maximum-depth-reached")
    if len(above(state, parent)) + 1 > DEEPEST:
        return failure(400, TOO_DEEP, uid="folder.maximum-depth-reached")
    return None


def height(state, uid):
    """How many levels of folders are below one."""
    return max((1 + height(state, each.name) for each in state.folders.values() if each.folder == uid), default=0)


def is_empty(state, uid):
    inside = [each for each in (*state.folders.values(), *state.dashboards.values()) if each.folder == uid]
    return not inside and not any(group.folder == uid for group in state.groups.values())


def granted(login):
    """The permissions that a new folder at the top has, as they are set; a creator who is no user gets none."""
    own = [{"userLogin": login.login, "permission": 4}] if login.name.startswith("user:") else []
    return [*own, {"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]


def allowed(state, login, uid, level):
    """Whether a login may read (1) or write (2) in a folder: by an entry of it or of a folder above; "" is the top."""
    if login.role == "Admin":
        return True
    if not uid or uid == "general":
        return login.is_at_least("Editor" if level > 1 else "Viewer")
    entries = [each for folder in (uid, *above(state, uid)) for each in state.permissions.get(folder, [])]
    mine = [each for each in entries if each.get("userLogin") == login.login or has_role(login, each)]
    return any(each["permission"] >= level for each in mine)


def has_role(login, entry):
    return "role" in entry and login.is_at_least(entry["role"])


def url(folder):
    return f"/dashboards/f/{folder.name}/{slug(folder.title)}"


def view(double, folder, parents=True):
    """A folder as the classic API shows it."""
    body = {"id": folder.number, "uid": folder.name, "orgId": double.org, "title": folder.title, "url": url(folder)}
    body |= {"hasAcl": False, "canSave": True, "canEdit": True, "canAdmin": True, "canDelete": True}
    body |= {"createdBy": "admin", "created": folder.created_at, "updatedBy": "Anonymous"}
    body |= {"updated": folder.updated_at or folder.created_at, "version": folder.generation}
    if manager := folder.annotations.get(MANAGER):
        body["managedBy"] = manager
    if folder.folder:
        body["parentUid"] = folder.folder
        chain = reversed(above(double.state, folder.name))
        body |= {"parents": [view(double, double.state.folders[uid], False) for uid in chain]} if parents else {}
    return body


def missing():
    return says(404, "folder not found", status="not-found")


@route("GET", "/api/folders")
def listed(double, request):
    parent = request.query.get("parentUid", "")
    held = sorted(
        (each for each in double.state.folders.values() if each.folder == parent), key=lambda each: each.title
    )
    below = {"parentUid": parent} if parent else {}
    limit, number = int(request.query.get("limit", 1000)), int(request.query.get("page", 1))
    shown = held[(number - 1) * limit : number * limit]
    return answer([{"id": each.number, "uid": each.name, "title": each.title, **below} for each in shown])


@route("GET", "/api/folders/{uid}")
def read(double, request, uid):
    folder = double.state.folders.get(uid)
    return answer(view(double, folder)) if folder else missing()


@route("POST", "/api/folders")
def created(double, request):
    body = request.json()
    uid, title = body.get("uid") or f"f{double.state.number()}", body.get("title", "")
    parent = body.get("parentUid", "")
    if error := fault(uid, title):
        return says(400, error[0])
    if uid in double.state.folders:
        return says(412, "the folder has been changed by someone else")
    if refusal := misplaced(double.state, uid, parent, moved=False):
        return says(refusal.status, refusal.json()["message"])
    spec = {"title": title, "description": body.get("description", "")}
    made = double.state.create("folders", uid, spec, {}, {FOLDER: parent}, request.login.name)
    if not parent:
        double.state.permissions[uid] = granted(request.login)
    return answer(view(double, made))


@route("PUT", "/api/folders/{uid}")
def renamed(double, request, uid):
    body, old = request.json(), double.state.folders.get(uid)
    if not old:
        return missing()
    if not body.get("overwrite") and body.get("version") != old.generation:
        return says(412, "The dashboard has been changed by someone else")
    spec = {**old.spec, "title": body.get("title") or old.title}
    new = double.state.change("folders", old, spec, old.labels, old.annotations, request.login.name)
    return answer(view(double, new))


@route("POST", "/api/folders/{uid}/move")
def moved(double, request, uid):
    old, parent = double.state.folders.get(uid), request.json().get("parentUid", "")
    if not old:
        return missing()
    if refusal := misplaced(double.state, uid, parent, True):
        return says(refusal.status, refusal.json()["message"])
    to = {**old.annotations, FOLDER: parent}
    return answer(view(double, double.state.change("folders", old, old.spec, old.labels, to, request.login.name)))


@route("GET", "/api/folders/{uid}/counts")
def counts(double, request, uid):
    """How many of what a folder holds, in folders below it too."""
    state = double.state
    if uid not in state.folders:
        return missing()
    below = [each.name for each in state.folders.values() if uid in above(state, each.name)]
    held = [each.folder for each in state.dashboards.values()]
    alerts = [group.folder for group in state.groups.values() for _ in group.rules]
    count = {"alertrules": sum(each in (uid, *below) for each in alerts)}
    count |= {"dashboards": sum(each in (uid, *below) for each in held), "folders": len(below)}
    return answer(count | {"library_elements": 0, "librarypanels": 0})


@route("DELETE", "/api/folders/{uid}")
def deleted(double, request, uid):
    if uid not in double.state.folders:
        return missing()
    state, force = double.state, request.query.get("forceDeleteRules") == "true"
    held = {group.folder for group in state.groups.values()}
    if any(uid in (folder, *above(state, folder)) for folder in held) and not force:
        return answer({"statusCode": 400, "messageId": "folder.not-empty", "message": NOT_EMPTY}, 400)
    drop(state, uid)
    return says(200, "Folder deleted")


def drop(state, uid):
    """A folder goes with all that is in it."""
    for each in [each for each in state.folders.values() if each.folder == uid]:
        drop(state, each.name)
    state.dashboards = {name: each for name, each in state.dashboards.items() if each.folder != uid}
    state.groups = {key: each for key, each in state.groups.items() if each.folder != uid}
    state.folders = {name: each for name, each in state.folders.items() if name != uid}


@route("GET", "/api/folders/{uid}/permissions")
def permissions(double, request, uid):
    if uid not in double.state.folders:
        return missing()
    folder = double.state.folders[uid]
    return answer([shown(folder, each) for each in double.state.permissions.get(uid, [])])


NAMES = {1: "View", 2: "Edit", 4: "Admin"}


def shown(folder, entry):
    """A permission as it is read: every entry has all keys."""
    body = {"folderId": folder.number, "created": folder.created_at, "updated": folder.created_at}
    body |= {"userId": 0, "userUid": "", "userLogin": "", "teamId": 0, "teamUid": "", "team": ""} | entry
    body |= {"permissionName": NAMES[entry["permission"]], "uid": folder.name, "title": folder.title}
    body |= {"folderUid": folder.folder} if folder.folder else {}
    return body | {"slug": "", "isFolder": True, "url": url(folder), "inherited": False}


@route("POST", "/api/folders/{uid}/permissions")
def permitted(double, request, uid):
    if uid not in double.state.folders:
        return missing()
    items = request.json().get("items", [])
    teams, users = {each["id"] for each in double.state.teams}, {1, *(each["id"] for each in double.state.accounts)}
    for each in items:
        if each.get("role") not in (None, "Viewer", "Editor", "Admin"):
            return says(400, "bad request data")
        if each.get("role") and each.get("teamId"):
            return says(400, "permissions cannot have both a user and team")
        if not each.get("role") and each.get("teamId") not in teams and each.get("userId") not in users:
            return says(500, "Failed to create permission")
    named = {each["id"]: {"team": each["name"], "teamUid": each["uid"]} for each in double.state.teams}
    logins = {1: {"userLogin": double.user}}
    logins |= {each["id"]: {"userLogin": each["login"]} for each in double.state.accounts}
    items = [each | logins.get(each.get("userId"), {}) for each in items]
    held = {each.get("role") or each.get("teamId"): each | named.get(each.get("teamId"), {}) for each in items}
    double.state.permissions[uid] = [each for each in held.values() if each["permission"] in NAMES]
    return says(200, "Folder permissions updated")
