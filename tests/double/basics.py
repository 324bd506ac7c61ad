"""The server itself: health, settings, organisation, accounts, preferences, and the few other things of misc.json."""

import uuid

from tests.double.access import account, permissions
from tests.double.http import answer, says
from tests.double.routes import route


@route("GET", "/api/health")
def health(double, request):
    return answer({"database": "ok", "version": double.version, "commit": "NA"})


@route("GET", "/api/frontend/settings")
def settings(double, request):
    build = {"version": double.version, "versionString": f"Grafana v{double.version} (NA)", "commit": "NA"}
    own = [("-- Grafana --", "grafana"), ("-- Dashboard --", None), ("-- Mixed --", None)]
    sources = {name: {"name": name, "type": "datasource"} | ({"uid": uid} if uid else {}) for name, uid in own}
    keys = ("id", "uid", "type", "name", "isDefault", "access", "jsonData", "readOnly")
    for each in double.state.datasources.values():
        sources[each["name"]] = {key: each[key] for key in keys}
    chosen = next((each["name"] for each in double.state.datasources.values() if each["isDefault"]), "-- Grafana --")
    body = {"buildInfo": {**build, "edition": "Open Source", "env": "production"}, "namespace": double.namespace}
    return answer({**body, "appUrl": double.url + "/", "defaultDatasource": chosen, "datasources": sources})


@route("GET", "/api/org")
def organisation(double, request):
    lines = ("address1", "address2", "city", "zipCode", "state", "country")
    name = "Main Org." if double.org == 1 else f"Org {double.org}"
    return answer({"id": double.org, "name": name, "address": dict.fromkeys(lines, "")})


@route("GET", "/api/user")
def user(double, request):
    login = request.login
    return answer({"id": 1, "uid": login.name.split(":")[-1], "login": login.login, "orgId": double.org})


@route("GET", "/api/access-control/user/permissions")
def allowed(double, request):
    return answer(permissions(request.login, double.state.folders))


@route("POST", "/api/serviceaccounts")
def new_account(double, request):
    body, number = request.json(), len(double.state.accounts) + 2
    made = {"id": number, "uid": f"cg5450{number:08}", "name": body["name"], "login": f"sa-1-{body['name']}"}
    made |= {"orgId": double.org, "isDisabled": False, "role": body.get("role", "Viewer"), "tokens": 0, "avatarUrl": ""}
    double.state.accounts = [*double.state.accounts, made]
    return answer(made, 201)


@route("GET", "/api/serviceaccounts/search")
def accounts(double, request):
    found = [each for each in double.state.accounts if request.query.get("query", "") in each["name"]]
    return answer({"totalCount": len(found), "serviceAccounts": found, "page": 1, "perPage": 1000})


@route("DELETE", "/api/serviceaccounts/{number}")
def no_account(double, request, number):
    """Its tokens go with it."""
    state, name = double.state, f"service-account:cg5450{int(number):08}"
    state.accounts = [each for each in state.accounts if str(each["id"]) != number]
    state.tokens = {token: login for token, login in state.tokens.items() if login.name != name}
    return says(200, "Service account deleted")


@route("POST", "/api/serviceaccounts/{number}/tokens")
def new_token(double, request, number):
    found = next(each for each in double.state.accounts if str(each["id"]) == number)
    token = f"glsa_{uuid.uuid4().hex}"
    double.state.tokens[token] = account(found["id"], found["role"])
    return answer({"id": len(double.state.tokens), "name": request.json()["name"], "key": token})


@route("GET", "/api/org/preferences")
def preferences(double, request):
    return answer(double.state.preferences)


@route("PATCH", "/api/org/preferences")
def prefer(double, request):
    return preferred(double, {**double.state.preferences, **request.json()})


@route("PUT", "/api/org/preferences")
def prefer_all(double, request):
    home = {key: double.state.preferences[key] for key in ("homeDashboardUID",) if key in double.state.preferences}
    return preferred(double, {**home, **request.json()})


def preferred(double, wanted):
    home = wanted.get("homeDashboardUID")
    if home and home != double.state.preferences.get("homeDashboardUID") and home not in double.state.dashboards:
        return says(404, "Dashboard not found")
    double.state.preferences = {key: value for key, value in wanted.items() if value not in ("", None)}
    return says(200, "Preferences updated")


@route("POST", "/api/teams")
def new_team(double, request):
    number = len(double.state.teams) + 1
    made = {"id": number, "uid": f"team{number}", "orgId": double.org, "name": request.json()["name"]}
    made |= {"isProvisioned": False, "permission": 0}
    double.state.teams = [*double.state.teams, made]
    return answer({"message": "Team created", "teamId": number, "uid": made["uid"]})


@route("GET", "/api/teams/search")
def teams(double, request):
    found = [each for each in double.state.teams if request.query.get("name") in (None, each["name"])]
    return answer({"totalCount": len(found), "teams": found, "page": 1, "perPage": 1000})


@route("GET", "/api/org/users")
def users(double, request):
    """As documented, not recorded: https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/org/"""
    return answer(
        [{"orgId": double.org, "userId": 1, "email": "admin@localhost", "login": double.user, "role": "Admin"}]
    )


@route("POST", "/api/annotations")
def annotated(double, request):
    request.json()
    return answer({"id": 1, "message": "Annotation added"})


@route("POST", "/api/library-elements")
def new_element(double, request):
    given = request.json()
    body = {"id": len(double.state.library) + 1, "orgId": double.org, "folderUid": given.get("folderUid", "")}
    body |= {"uid": given["uid"], "name": given["name"], "kind": given.get("kind", 1)}
    body |= {"type": given["model"].get("type", ""), "description": "", "version": 1}
    double.state.library[given["uid"]] = body | {"model": {"description": "", **given["model"]}}
    return answer({"result": double.state.library[given["uid"]]})


@route("GET", "/api/library-elements/{uid}")
def element(double, request, uid):
    found = double.state.library.get(uid)
    return answer({"result": found}) if found else says(404, "library element could not be found")


@route("POST", "/api/admin/provisioning/{what}/reload")
def reload(double, request, what):
    return says(200, f"{what.title()} config reloaded")
