"""What the recordings do not show: pages by size, an older Grafana, options, and people beside us."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.double import Double
from tests.double.canonical import canonical

ROOT = Path(__file__).resolve().parents[2]
DASHBOARDS = "/apis/dashboard.grafana.app/v1/namespaces/default/dashboards"
ADMIN = "Basic YWRtaW46YWRtaW4="


@pytest.fixture
def grafana():
    with Double() as double:
        yield double


def send(grafana, method, path, body=None, login=ADMIN):
    """Status and JSON of an answer."""
    headers = {"Authorization": login, "Content-Type": "application/json"}
    content = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(grafana.url + path, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def pages(grafana, query, each=lambda page: None):
    """The names on each page of a list."""
    token, found = "", []
    while True:
        _, page = send(grafana, "GET", f"{DASHBOARDS}?{query}" + (f"&continue={token}" if token else ""))
        found.append([item["metadata"]["name"] for item in page["items"]])
        token = page["metadata"].get("continue", "")
        each(found)
        if not token:
            return found


def test_a_page_is_cut_before_the_selector_is_applied(grafana):
    for number in range(5):
        labels = {"dataflux.io/set": "x"} if number in (0, 4) else {}
        grafana.person.creates_dashboard(f"d{number}", labels=labels)
    assert pages(grafana, "limit=2&labelSelector=dataflux.io%2Fset") == [["d0"], [], ["d4"]]


def test_a_page_ends_at_two_mebibytes_and_an_exact_one_has_a_token(grafana):
    for number in range(5):
        grafana.person.creates_dashboard(f"d{number}", spec={"title": "x" * 600_000})
    assert pages(grafana, "limit=5000") == [["d0", "d1", "d2"], ["d3", "d4"]]
    assert pages(grafana, "limit=5") == [["d0", "d1", "d2"], ["d3", "d4"]]


def test_a_walk_over_pages_sees_what_was_there_when_it_began(grafana):
    for number in range(3):
        grafana.person.creates_dashboard(f"d{number}")

    def meanwhile(found):
        if len(found) == 1:
            grafana.person.creates_dashboard("d11")
            grafana.person.deletes("dashboards", "d2")

    assert pages(grafana, "limit=2", meanwhile) == [["d0", "d1"], ["d2"]]


def test_a_broken_token_of_a_page_is_an_error_of_the_server(grafana):
    assert send(grafana, "GET", f"{DASHBOARDS}?continue=abc")[0] == 500


def classic(uid, title, **more):
    version = {"version": more.pop("version")} if "version" in more else {}
    return {"dashboard": {"uid": uid, "title": title, **version}, "overwrite": False, **more}


def test_an_older_grafana_serves_no_apis_and_locks_by_412():
    with Double(version="11.6.0", apis=False) as grafana:
        assert send(grafana, "GET", "/apis")[0] == 404
        assert send(grafana, "GET", DASHBOARDS)[0] == 404
        assert send(grafana, "POST", "/api/dashboards/db", classic("a", "A", message="first"))[0] == 200
        assert send(grafana, "POST", "/api/dashboards/db", classic("a", "B", version=1, message="second"))[0] == 200
        status, said = send(grafana, "POST", "/api/dashboards/db", classic("a", "C", version=1))
        assert (status, said["status"]) == (412, "version-mismatch")
        _, history = send(grafana, "GET", "/api/dashboards/uid/a/versions")
        assert [each["message"] for each in history["versions"]] == ["second", "first"]


def test_a_base_path_and_another_organisation():
    with Double(base="/grafana/", org=2) as grafana:
        assert grafana.url.endswith("/grafana")
        assert send(grafana, "GET", "/api/org")[1]["id"] == 2
        assert send(grafana, "GET", DASHBOARDS.replace("default", "org-2"))[0] == 200
        assert send(grafana, "GET", "/../api/org")[0] == 404
        assert send(grafana, "GET", DASHBOARDS)[1]["items"] == []


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("editor", 201), ("admin", 201)])
def test_tokens_of_each_role(grafana, role, status):
    body = {"metadata": {"name": "d"}, "spec": {"title": "D"}}
    assert send(grafana, "POST", DASHBOARDS, body, login=f"Bearer glsa_{role}")[0] == status


def test_a_persons_edit_keeps_labels_and_annotations_and_raises_both_versions(grafana):
    old = grafana.person.creates_dashboard("d", labels={"a": "b"}, annotations={"c": "d"})
    grafana.person.edits_dashboard("d", lambda spec: spec.update(title="Hers"))
    new = grafana.state.dashboards["d"]
    assert (new.title, new.labels, new.annotations) == ("Hers", {"a": "b"}, {"c": "d"})
    assert new.generation == old.generation + 1 and new.resource_version > old.resource_version
    assert old.title == "d"


def test_a_persons_classic_write_wipes_labels_and_annotations_but_not_the_folder(grafana):
    grafana.person.creates_dashboard("d", folder="f", labels={"a": "b"}, annotations={"c": "d"})
    grafana.person.classic_write("d", {"title": "Hers"})
    new = grafana.state.dashboards["d"]
    assert (new.title, new.labels, new.annotations, new.folder) == ("Hers", {}, {"grafana.app/folder": "f"}, "f")


def test_a_colleague_manages_moves_and_deletes(grafana):
    grafana.person.creates_dashboard("d", managed_by=("repo", "platform"))
    status, said = send(grafana, "POST", "/api/dashboards/db", classic("d", "Ours", overwrite=True))
    assert (status, said["message"]) == (400, "Cannot save provisioned dashboard")
    grafana.person.moves_dashboard("d", "f")
    assert grafana.state.dashboards["d"].folder == "f"
    grafana.person.deletes("dashboards", "d")
    assert send(grafana, "GET", f"{DASHBOARDS}/d")[0] == 404


RULE = {"uid": "r", "title": "R", "condition": "A", "noDataState": "OK", "execErrState": "OK", "for": "1m"}
RULE |= {"data": [{"refId": "A", "datasourceUid": "p", "model": {"refId": "A"}}]}


def test_a_persons_edits_of_alerting_are_read_back(grafana):
    person = grafana.person
    person.creates_folder("f", "F")
    person.creates_group("f", "g", [RULE], provenance="api")
    person.edits_rule("r", {"for": "2m"})
    _, folders = send(grafana, "GET", "/api/ruler/grafana/api/v1/rules")
    rule = folders["F"][0]["rules"][0]
    assert (rule["for"], rule["grafana_alert"]["version"], rule["grafana_alert"]["provenance"]) == ("2m", 2, "api")

    send(grafana, "PUT", "/api/v1/provisioning/templates/t", {"template": '{{ define "a" }}{{ end }}'})
    before = grafana.state.templates["t"]["version"]
    person.edits_template("t", '{{ define "b" }}{{ end }}')
    _, said = send(grafana, "GET", "/api/v1/provisioning/templates/t")
    assert said["template"] == '{{ define "b" }}{{ end }}' and said["version"] != before
    person.deletes("rules", "r")
    assert grafana.state.groups == {}


def test_what_hides_a_secret_is_sent_back_and_the_secret_stays(grafana):
    points = "/api/v1/provisioning/contact-points"
    point = {"uid": "p", "name": "p", "type": "slack", "settings": {"recipient": "#a", "url": "https://secret"}}
    assert send(grafana, "POST", points, point)[1]["settings"]["url"] == "[REDACTED]"
    point["settings"] = {"recipient": "#b", "url": "[REDACTED]"}
    assert send(grafana, "PUT", f"{points}/p", point)[0] == 202
    assert grafana.state.contact_points["p"]["settings"] == {"recipient": "#b", "url": "https://secret"}
    point["settings"] = {"recipient": "#b"}
    assert send(grafana, "PUT", f"{points}/p", point)[0] == 202
    assert send(grafana, "GET", points)[1][0]["settings"] == {"recipient": "#b"}


def test_a_colleague_publishes_with_labels_of_their_own(grafana):
    for title in ("A", "B"):
        grafana.person.publishes_dashboard("d", {"title": title}, labels={"dataflux.io/set": title.lower()})
    found = grafana.state.dashboards["d"]
    assert (found.title, found.labels, found.generation) == ("B", {"dataflux.io/set": "b"}, 2)


def test_v1_makes_of_a_dashboard_what_a_real_grafana_made_of_it():
    found = json.loads((ROOT / "tests/recorded/canonical/every-class-cleaned.json").read_text())
    assert canonical(found["sent"]) == found["v1"]["spec"]


def test_what_is_compiled_comes_back_from_v1_unchanged():
    for path in (ROOT / "monitoring/grafana/dashboards").rglob("*.json"):
        sent = json.loads(path.read_text())
        assert canonical(sent) == {key: value for key, value in sent.items() if key not in ("id", "uid", "version")}


def test_it_runs_as_a_program_and_tells_its_log():
    command = [sys.executable, "-m", "tests.double", "--latency", "0", "0"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        with urllib.request.urlopen(program.stdout.readline().strip() + "/api/health") as answer:
            assert answer.status == 200
        said, _ = program.communicate("log\n", timeout=10)
    assert json.loads(said) == [["GET", "/api/health", 200]]
