"""One Grafana, real or the double, as a person and a browser use it: by HTTP alone, with nothing of kit/publish."""

import base64
from urllib.parse import quote

import niquests

from tests.e2e.grafana.renamed import NAME, UID

BOARDS = "/apis/dashboard.grafana.app/v1/namespaces/{}/dashboards"
FOLDERS = "/apis/folder.grafana.app/v1/namespaces/{}/folders"
INHIBITION = "/apis/notifications.alerting.grafana.app/v1beta1/namespaces/{}/inhibitionrules"
ALERTING = "/api/v1/provisioning"
# What Grafana counts or notes by itself, so that it differs though nothing else does.
COUNTED = {"resourceVersion", "generation", "creationTimestamp", "managedFields", "uid", "selfLink"}
NOTED = {"grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp"}
NUMBERED = {"id", "updated", "updated_by", "version", "guid"}
UNTOUCHED = ("empty", "grafana-default-email")


class Grafana:
    """Sends requests to `url` as `login` (see kit/publish/http/login.py); an answer that is no success is an error."""

    def __init__(self, keys, login):
        self.url, self.keys, self.login = keys["url"].rstrip("/"), keys, login
        self.session = niquests.Session()
        self.session.trust_env = False
        self.session.verify = keys["ca_cert"] or True
        if keys["client_cert"]:
            self.session.cert = (keys["client_cert"], keys["client_key"] or keys["client_cert"])
        self.session.headers["Authorization"] = _authorization(login)
        if keys["org"]:
            self.session.headers["X-Grafana-Org-Id"] = str(keys["org"])
        self.namespace = self.get("/api/frontend/settings")["namespace"]

    def answer(self, method, path, body=None, **headers):
        return self.session.request(method, self.url + path, json=body, headers=headers, timeout=30)

    def send(self, method, path, body=None, missing_is_fine=False):
        """The answer's JSON."""
        said = self.answer(method, path, body)
        if said.status_code == 500 and method in ("GET", "DELETE"):  # SQLite's "database is locked"
            said = self.answer(method, path, body)
        if missing_is_fine and said.status_code == 404:
            return None
        assert said.ok, f"{method} {path}: {said.status_code} {said.text[:500]}"
        return said.json() if said.content else None

    def get(self, path):
        return self.send("GET", path)

    def listed(self, collection):
        """Every object of a collection of the resource API; pages may be empty in between."""
        found, token, path = [], "", collection.format(self.namespace)
        while True:
            page = self.get(f"{path}?limit=500&continue={quote(token, safe='')}")
            found += page["items"]
            token = page.get("metadata", {}).get("continue", "")
            if not token:
                return found

    # What a person does

    def board(self, uid):
        return self.get(f"{BOARDS.format(self.namespace)}/{uid}")

    def edits(self, uid, change, collection=BOARDS):
        """Saves as the UI does: read, changed, written back with all labels and annotations."""
        path = f"{collection.format(self.namespace)}/{uid}"
        found = self.get(path)
        change(found)
        return self.send("PUT", path, found)

    def saves(self, uid, change):
        """Saves by the classic API, as older tools do; that wipes labels and annotations."""
        found = self.get(f"/api/dashboards/uid/{uid}")
        change(found["dashboard"])
        body = {"dashboard": found["dashboard"], "folderUid": found["meta"]["folderUid"], "overwrite": True}
        return self.send("POST", "/api/dashboards/db", body)

    def removes(self, uid):
        return self.send("DELETE", f"/api/dashboards/uid/{uid}")

    # What is there

    def state(self):
        """Everything of ours as Grafana tells it, by kind and key, with every counter."""
        groups = self.get("/api/ruler/grafana/api/v1/rules").values()
        rules = [(_folder(group), group) for many in groups for group in many]
        named = ("contact-points", "templates", "mute-timings")
        return {
            "dashboards": {one["metadata"]["name"]: one for one in self.listed(BOARDS) if _ours(one)},
            "folders": {one["metadata"]["name"]: one for one in self.listed(FOLDERS) if _ours(one)},
            "rules": {f"{uid}/{one['name']}": one for uid, one in rules if uid.startswith(UID)},
            **{kind: self._named(kind) for kind in named},
            "inhibition": {one["metadata"]["name"]: one for one in self.listed(INHIBITION)},
            "policies": self.get(f"{ALERTING}/policies"),
            "data sources": {one["uid"]: one for one in self.get("/api/datasources") if one["uid"].startswith(UID)},
        }

    def _named(self, kind):
        return {one.get("uid") or one["name"]: one for one in self.get(f"{ALERTING}/{kind}") if _is_named(one["name"])}

    def content(self):
        """The same without what Grafana counts and notes by itself."""
        return {kind: _plain(kind, many) for kind, many in self.state().items()}

    @property
    def untouched_policies(self):
        """Whether nobody has made a policy tree here, or this suite has."""
        tree = self.get(f"{ALERTING}/policies")
        return tree["receiver"].startswith(NAME) or (tree["receiver"] in UNTOUCHED and "routes" not in tree)

    def others(self):
        """What a real publish of this project left here; this suite would take it for its own."""
        kinds = ("contact-points", "templates", "mute-timings")
        names = [one["name"] for kind in kinds for one in self.get(f"{ALERTING}/{kind}")]
        names += [one["metadata"]["name"] for one in self.listed(FOLDERS)]
        return sorted({name for name in names if name.startswith("dataflux") and not _is_named(name)})

    # Leaving

    def sweep(self):
        """Removes everything of ours, whatever a test left."""
        if self.get(f"{ALERTING}/policies")["receiver"].startswith(NAME):
            self.send("DELETE", f"{ALERTING}/policies")
        for one in filter(_ours, self.listed(FOLDERS)):
            path = f"/api/folders/{one['metadata']['name']}?forceDeleteRules=true"
            self.send("DELETE", path, missing_is_fine=True)
        for one in filter(_ours, self.listed(BOARDS)):
            self.send("DELETE", f"/api/dashboards/uid/{one['metadata']['name']}", missing_is_fine=True)
        for kind in ("contact-points", "templates", "mute-timings"):
            for key in self._named(kind):
                self.send("DELETE", f"{ALERTING}/{kind}/{quote(key, safe='')}")
        for one in self.listed(INHIBITION):
            if one["metadata"]["name"].startswith("dataflux-"):
                self.send("DELETE", f"{INHIBITION.format(self.namespace)}/{one['metadata']['name']}")
        for one in self.get("/api/datasources"):
            if one["uid"].startswith(UID):
                self.send("DELETE", f"/api/datasources/uid/{one['uid']}")

    def token(self, role):
        """A new service account's token; `sweep_accounts` removes it."""
        number = self.send("POST", "/api/serviceaccounts", {"name": f"{UID}{role.lower()}", "role": role})["id"]
        return self.send("POST", f"/api/serviceaccounts/{number}/tokens", {"name": f"{UID}{role.lower()}"})["key"]

    def sweep_accounts(self):
        """Removes the service accounts of ours."""
        found = self.get(f"/api/serviceaccounts/search?perpage=100&query={UID}")["serviceAccounts"]
        for one in found:
            if one["name"].startswith(UID):
                self.send("DELETE", f"/api/serviceaccounts/{one['id']}")


def _authorization(login):
    if login.token:
        return f"Bearer {login.token}"
    return "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()


def _ours(one):
    return one["metadata"]["name"].startswith(UID)


def _is_named(name):
    return name == NAME or name.startswith(f"{NAME}-")


def _folder(group):
    return next((rule["grafana_alert"]["namespace_uid"] for rule in group["rules"]), "")


def _plain(kind, many):
    if kind in ("dashboards", "folders", "inhibition"):
        return {key: _resource(one) for key, one in many.items()}
    return _without_numbers(many)


def _resource(one):
    metadata = {key: value for key, value in one["metadata"].items() if key not in COUNTED}
    for key in ("labels", "annotations"):
        told = metadata.get(key) or {}
        metadata[key] = {name: text for name, text in told.items() if name not in NOTED and "Internal" not in name}
    return {"metadata": metadata, "spec": one["spec"]}


def _without_numbers(value):
    if isinstance(value, dict):
        return {key: _without_numbers(one) for key, one in value.items() if key not in NUMBERED}
    return [_without_numbers(one) for one in value] if isinstance(value, list) else value
