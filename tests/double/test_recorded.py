"""What a real Grafana answered (tests/recorded/grafana-api), asked of the double: the same status, the same words.

Not compared: what no two servers share (times, numbers, versions, hashes), and the exchanges in LEFT_OUT.
"""

import http.client
import json
import re
from pathlib import Path

import pytest

from tests.double import Double
from tests.double.access import ADMIN
from tests.double.person import Person

FOUND = Path(__file__).resolve().parents[1] / "recorded" / "grafana-api"
FLOWS = ["server", "datasources", "folders", "dashboards", "resources", "alert-rules", "notifications", "misc"]
LATER = ["access", "folders-as-resources", "lock", "rules-all", "contact-points", "permissions"]

# Tokens were shortened when they were recorded: who each belonged to.
TOKENS = {"glsa_Frbk0GoF": "glsa_viewer", "glsa_PCAYDK2v": "glsa_editor"}
LOGINS = {"Viewer": "glsa_viewer", "Editor": "glsa_editor", "Admin": "glsa_admin", "None": "glsa_none"}

# Flow and what was done (or a number): why the double is not held to it.
YAML = "nothing reads the YAML"
SERVES = "the double serves what publishing uses"
CACHED = "the real server had cached what a token may do: a new folder is seen through the classic API a minute later"
NOT_SENT = "the recorded request or answer is not the one that was sent"
GONE = "what it names was made between two recordings"
LEFT_OUT = {
    ("resources", "read as v2"): "v2 is not played",
    ("datasources", "health of one that can't be reached"): "no data source is behind the double",
    ("misc", "render without a renderer"): "an HTML page about a renderer",
    ("alert-rules", "export all as YAML"): YAML,
    ("notifications", "export of contact points"): YAML,
    ("notifications", "export of policies"): YAML,
    ("resources", "groups and versions served"): SERVES,
    ("resources", "resources of the group"): SERVES,
    ("notifications", "resources of the notifications group"): SERVES,
    ("resources", "create with an unknown manager kind"): NOT_SENT,
    ("resources", "create with manager kind terraform"): NOT_SENT,
    ("resources", "a person's edit: read"): NOT_SENT,
    ("alert-rules", "viewer may read rules?"): CACHED,
    ("alert-rules", "editor may write rules?"): CACHED,
    ("rules-all", "the UI's write (ruler) to a group with provenance api"): "people act on the double's state",
    **{("folders-as-resources", number): CACHED for number in (7, 9, 11, 13, 22, 24, 26, 28, 37, 39, 41, 43)},
    ("permissions", "Viewer reads"): CACHED,
    ("access", "Editor: rule group into a folder that the admin made a moment ago"): CACHED,
    **{("contact-points", number): "the recorded template is cut" for number in (*range(41, 49), 53, 65)},
    **{("rules-all", number): "the recorded request is cut" for number in (8, 10, 12, 14, 15, 20, 23)},
    ("access", 273): GONE,
    ("folders-as-resources", "labelSelector dataflux.io/set!=a"): GONE,
    ("folders-as-resources", "labelSelector !dataflux.io/set"): GONE,
}
# Of these only the refusals are compared: what is read depends on what was made between two recordings.
ONLY_REFUSALS = ("access",)

# Never the same on two servers.
OWN = {"id", "folderId", "dashboardId", "accessErrorId", "guid", "commit", "key", "created", "updated", "continue"}
OWN |= {
    "resourceVersion",
    "creationTimestamp",
    "managedFields",
    "createdBy",
    "updatedBy",
    "updated_by",
    "version@datasource",
}
OWN |= {"grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp", "serverAddressByClientCIDRs"}
OWN |= {"grafana.app/deprecatedInternalID", "version@datasource", "uid@metadata", "uid@details", "login", "conversion"}
# Pictures, evaluations, and other things that no client of ours looks at.
UNSEEN = {"hideVersion", "commitShort", "versionString", "buildstamp", "latestVersion", "hasUpdate", "typeLogoUrl"}
UNSEEN |= {
    "expires",
    "annotationsPermissions",
    "apiVersion@meta",
    "query@rules",
    "queriedDatasourceUIDs",
    "lastEvaluation",
}
UNSEEN |= {
    "lastEvaluation",
    "evaluationTime",
    "meta@result",
    "avatarUrl",
    "provenance@rules",
    "userEmail",
    "userAvatarUrl",
    "teamEmail",
}
UNSEEN |= {"teamAvatarUrl", "teamUid", "userId", "userUid", "externalUID", "memberCount", "accessControl", "email"}
UNSEEN |= {"canSave", "canEdit", "canAdmin", "canDelete"}


def spare(person, known):
    quiet = {"disableResolveMessage": False, "provenance": "api"}
    point = {"uid": "tmpcp", "name": "tmp-cp", "type": "email", "settings": {"addresses": "a@b"}, **quiet}
    person.state.contact_points["tmpcp"] = point


def selected(person, known):
    person.deletes("folders", "rf-none")
    for uid, label in (("ds-s1", "a"), ("ds-s2", "b")):
        person.creates_dashboard(uid, folder="s1", spec={"title": uid[3:]}, labels={"dataflux.io/set": label})


def big(person, known):
    known["1795534505278985"] = str(person.creates_folder("big", "Big").resource_version)


def of_acc(person, known):
    for uid in ("acc", "accf-none", "accf-viewer"):
        person.creates_folder(uid)
    for uid in ("acc-none", "acc-viewer"):
        person.creates_dashboard(uid, folder="acc")


def secret(person, known):
    for uid in ("secret1", "grant1"):
        person.creates_folder(uid)
        person.state.permissions[uid] = []
    person.creates_dashboard("secretd", folder="secret1")


def nested(person, known):
    person.creates_folder("df-alerts", "DataFlux Alerts")
    for uid, parent in (("n2", ""), ("n3", "n2"), ("n4", "n3")):
        person.creates_folder(uid, uid.upper(), parent)
    person.creates_dashboard("ds-s1")


# What was done between two recordings: flow and number of the exchange before which it was.
BEFORE = {
    ("lock", 0): lambda person, known: person.creates_folder("s2"),
    ("contact-points", 0): spare,
    ("rules-all", 21): spare,
    ("folders-as-resources", 108): selected,
    ("folders-as-resources", 146): big,
    ("access", 37): of_acc,
    ("access", 252): secret,
    ("permissions", 0): nested,
}


def recorded(flow):
    return json.loads((FOUND / f"{flow}.json").read_text())["exchanges"]


class Replay:
    """Sends recorded requests to a double; what a server made up is mapped to what the double made up."""

    def __init__(self, grafana):
        host, port = grafana.url.removeprefix("http://").split(":")
        self.connection = http.client.HTTPConnection(host, int(port))
        self.known = {}

    def ours(self, text):
        """A text with the double's versions and ids in the place of the recorded ones."""
        for theirs, ours in self.known.items():
            text = text.replace(theirs, ours)
        return text

    def send(self, exchange):
        request = exchange["request"]
        body = request.get("body")
        body = body if isinstance(body, str) or body is None else self.ours(json.dumps(whole(body)))
        self.connection.request(request["method"], self.ours(request["path"]), body, headers_of(exchange))
        answer = self.connection.getresponse()
        content = answer.read()
        kind = answer.headers.get("Content-Type", "")
        return answer.status, answer.headers, json.loads(content) if content and "json" in kind else None

    def learn(self, theirs, ours, key=""):
        """Remember the made-up values of one answer."""
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for each in theirs.keys() & ours.keys():
                self.learn(theirs[each], ours[each], each)
        elif isinstance(theirs, list) and isinstance(ours, list):
            for pair in zip(theirs, ours, strict=False):
                self.learn(*pair)
        elif key in ("resourceVersion", "continue", "uid", "version", "id") and len(str(theirs)) > 12:
            self.known.setdefault(str(theirs), str(ours))


def headers_of(exchange):
    headers = dict(exchange["request"].get("headers") or {})
    login = headers.pop("X-Login", "")
    given = headers.pop("Authorization", "Basic YWRtaW46YWRtaW4=")
    if login:
        given = f"Bearer {LOGINS.get(login, login)}" if login != "none" else login
    for short, token in TOKENS.items():
        given = f"Bearer {token}" if short in given else given
    if exchange["response"]["body"] and "PartialObjectMetadataList" in json.dumps(exchange["response"]["body"]):
        headers["Accept"] = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    return headers | ({"Authorization": given} if given.startswith(("Basic", "Bearer")) or given == "bad" else {})


def compared(key, where):
    """Whether a key of an answer is compared."""
    last = re.sub(r"\[\d+\]$", "", where.split(".")[-1])
    return key != "..." and not {key, f"{key}@{last}"} & (OWN | UNSEEN)


def unlike(theirs, ours, where="", exact=False):
    """Where an answer lacks what was recorded or says otherwise, as sentences."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return unlike_keys(theirs, ours, where, exact and "..." not in theirs)
    if isinstance(theirs, list) and theirs and cut_short(theirs[-1]) and isinstance(ours, list):
        theirs, ours = theirs[:-1], ours[: len(theirs) - 1]
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = enumerate(zip(theirs, ours, strict=True))
        return [each for number, pair in pairs for each in unlike(*pair, f"{where}[{number}]", exact)]
    return [] if theirs == ours else [f"{where}: {theirs!r} was {ours!r}"]


def cut_short(value):
    return isinstance(value, dict) and "..." in value


def unlike_keys(theirs, ours, where, exact):
    more = [f"{where}.{key} is too much" for key in ours if exact and key not in theirs and compared(key, where)]
    for key in (key for key in theirs if compared(key, where)):
        if key not in ours and theirs[key] is None and cut_short(theirs):
            continue
        if key not in ours:
            more.append(f"{where}.{key} is missing: {theirs[key]}")
        else:
            inside = exact or key in ("labels", "annotations", "spec")
            more += unlike(theirs[key], ours[key], f"{where}.{key}", inside)
    return more


def whole(value):
    """A recorded value with long strings as long as they were, and lists that have no order in one."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(each, dict) and "permissionName" in each for each in value):
            value = sorted(value, key=lambda each: (each.get("role", ""), each.get("teamId", 0)))
        return [whole(each) for each in value]
    if isinstance(value, str) and (cut := CUT.search(value)):
        return value[: cut.start()].ljust(int(cut[1]), "x")
    return value


CUT = re.compile(r"\.\.\. \(cut, (\d+) characters\)$")


def is_compared(flow, number, exchange):
    if {(flow, exchange["what"]), (flow, number)} & LEFT_OUT.keys() or '"..."' in json.dumps(exchange["request"]):
        return False
    return flow not in ONLY_REFUSALS or exchange["response"]["status"] == 403


def replayed(grafana, flow, replay):
    faults = []
    for number, exchange in enumerate(recorded(flow)):
        if act := BEFORE.get((flow, number)):
            act(Person(grafana, ADMIN), replay.known)
        status, headers, body = replay.send(exchange)
        expected = exchange["response"]
        theirs = whole(expected["body"]) if isinstance(expected["body"], dict | list) else None
        replay.learn(theirs, whole(body))
        if not is_compared(flow, number, exchange):
            continue
        wrong = [] if status == expected["status"] else [f"status {expected['status']} was {status}: {body}"]
        if ("Warning" in expected["headers"]) != ("Warning" in headers):
            wrong.append("header Warning")
        wrong += unlike(json.loads(replay.ours(json.dumps(theirs))), whole(body))
        faults += [f"{flow} {number} ({exchange['what']}): {each}"[:400] for each in wrong]
    return faults


def test_the_double_answers_as_recorded():
    with Double() as grafana:
        replay = Replay(grafana)
        faults = [each for flow in FLOWS for each in replayed(grafana, flow, replay)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("flow", LATER)
def test_the_double_answers_as_recorded_later(flow):
    with Double() as grafana:
        faults = replayed(grafana, flow, Replay(grafana))
    assert not faults, "\n".join(faults)


def test_a_double_that_is_provisioned_from_files_answers_as_recorded():
    with Double(provisioned=True) as grafana:
        faults = replayed(grafana, "provisioned", Replay(grafana))
    assert not faults, "\n".join(faults)
