"""Data sources by uid (datasources.json)."""

import uuid

from tests.double.http import answer, says
from tests.double.routes import route

ONE = "/api/datasources/uid/{uid}"
MISSING = says(404, "Data source not found")
SHORT = ("id", "uid", "orgId", "name", "type", "typeName", "typeLogoUrl", "access", "url", "user", "database")
SHORT += ("basicAuth", "isDefault", "jsonData", "readOnly")


def normal(double, given, uid, number, version):
    """A data source as it is kept; secrets are only named."""
    body = {"id": number, "uid": uid, "orgId": double.org, "name": given.get("name", ""), "type": given.get("type", "")}
    body["typeLogoUrl"] = f"public/plugins/{body['type']}/img/{body['type']}_logo.svg"
    body |= {key: given.get(key, "") for key in ("access", "url", "user", "database")}
    body |= {"basicAuth": bool(given.get("basicAuth")), "basicAuthUser": given.get("basicAuthUser", "")}
    body |= {"withCredentials": bool(given.get("withCredentials")), "isDefault": bool(given.get("isDefault"))}
    secrets = dict.fromkeys(given.get("secureJsonData") or {}, True)
    body |= {"jsonData": given.get("jsonData") or {}, "secureJsonFields": secrets, "version": version}
    return body | {"readOnly": False, "apiVersion": ""}


def default(double, chosen):
    """There is one default data source: the others lose it."""
    if chosen["isDefault"]:
        for uid, each in double.state.datasources.items():
            double.state.datasources[uid] = {**each, "isDefault": False}
    double.state.datasources[chosen["uid"]] = chosen


def stored(double, found, message):
    default(double, found)
    return answer({"datasource": found, "id": found["id"], "message": message, "name": found["name"]})


@route("GET", "/api/datasources")
def listed(double, request):
    held = sorted(double.state.datasources.values(), key=lambda each: each["name"])
    return answer([{key: (each | {"typeName": each["type"].title()})[key] for key in SHORT} for each in held])


@route("GET", ONE)
def read(double, request, uid):
    found = double.state.datasources.get(uid)
    return answer(found) if found else MISSING


@route("POST", "/api/datasources")
def created(double, request):
    body = request.json()
    uid = body.get("uid") or uuid.uuid4().hex[:14]
    if body.get("name") in {each["name"] for each in double.state.datasources.values()}:
        return says(409, "data source with the same name already exists")
    if uid in double.state.datasources:
        return says(409, "data source with the same uid already exists")
    number = max((each["id"] for each in double.state.datasources.values()), default=0) + 1
    return stored(double, normal(double, body, uid, number, 1), "Datasource added")


@route("PUT", ONE)
def updated(double, request, uid):
    body, old = request.json(), double.state.datasources.get(uid)
    if not old:
        return MISSING
    if old["readOnly"]:
        return says(403, "Cannot update read-only data source")
    return stored(double, normal(double, body, uid, old["id"], old["version"] + 1), "Datasource updated")


@route("DELETE", ONE)
def deleted(double, request, uid):
    old = double.state.datasources.get(uid)
    if not old:
        return MISSING
    if old["readOnly"]:
        return says(403, "Cannot delete read-only data source")
    double.state.datasources.pop(uid)
    return answer({"id": old["id"], "message": "Data source deleted"})
