"""Importing a dashboard by hand: the API behind the form in which somebody pastes JSON."""

import re

from tests.double import dashboards
from tests.double.canonical import canonical
from tests.double.folders import slug
from tests.double.http import answer, says
from tests.double.routes import route
from tests.double.store import FOLDER


@route("POST", "/api/dashboards/import")
def imported(double, request):
    body = request.json()
    given, folder = body.get("dashboard") or {}, body.get("folderUid", "")
    named = {one["name"]: one["value"] for one in body.get("inputs") or ()}
    if missing := [one["name"] for one in given.get("__inputs", ()) if one["name"] not in named]:
        return says(400, f"dashboard import failed: missing dashboard input variable {missing[0]}")
    if not given.get("title"):
        return says(400, "Dashboard title cannot be empty", status="empty-name")
    if folder and folder not in double.state.folders:
        return says(400, "folder not found")
    uid = given.get("uid") or f"d{double.state.number()}"
    old = double.state.dashboards.get(uid)
    if old and not body.get("overwrite"):
        return says(412, "The dashboard has been changed by someone else", status="version-mismatch")
    return answer(told(kept(double, request, old, uid, filled(given, named), folder)))


def filled(value, named):
    """The dashboard with its inputs filled in."""
    if isinstance(value, dict):
        return {key: filled(each, named) for key, each in value.items() if key not in ("__inputs", "__requires")}
    if isinstance(value, list):
        return [filled(each, named) for each in value]
    if isinstance(value, str) and (found := re.fullmatch(r"\$\{(\w+)\}", value)):
        return named.get(found[1], value)
    return value


def kept(double, request, old, uid, given, folder):
    """As a classic write does, it wipes labels and annotations."""
    spec = {key: each for key, each in given.items() if key not in ("id", "uid", "version")}
    by, place = request.login.name, {FOLDER: folder}
    if old:
        spec = canonical(spec) if old.stored == "v1" else spec
        return double.state.change("dashboards", old, spec, {}, place, by, old.stored)
    return double.state.create("dashboards", uid, spec, {}, place, by, "v0alpha1")


def told(dashboard):
    body = {"uid": dashboard.name, "pluginId": "", "title": dashboard.title, "imported": True}
    body |= {"importedUri": f"db/{slug(dashboard.title)}", "importedUrl": dashboards.link(dashboard)}
    body |= {"slug": slug(dashboard.title), "dashboardId": dashboard.number, "folderId": 0}
    return body | {"folderUid": dashboard.folder, "description": "", "path": "", "removed": False}
