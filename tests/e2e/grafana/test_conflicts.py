"""People at work in the same Grafana: what they edited is named, and nothing of it is lost."""

import orjson
import pytest

from tests.e2e.grafana.server import BOARDS, FOLDERS


def by_hand(found):
    found["spec"]["description"] = "By hand."


def saved(dashboard):
    dashboard["description"] = "By hand."


@pytest.fixture(params=["resources", "classic"])
def edit(request, grafana):
    """`edit(uid)`: a person saves a dashboard, by either API."""
    ways = {
        "resources": lambda uid: grafana.edits(uid, by_hand),
        "classic": lambda uid: grafana.saves(uid, saved),
    }
    return ways[request.param]


def test_an_edit_is_named_and_stops_the_next_publish(published, grafana, edit):
    edit("e2e-queues")
    published.change("e2e-queues", description="A release.").change("e2e-search", description="Too.").release()
    before = grafana.state()
    ran = published.run("publish")
    assert ran.code in (5, 6) and "e2e-queues" in ran.sentence
    assert grafana.state() == before


def test_drift_names_an_edit_by_the_resource_api(published, grafana):
    grafana.edits("e2e-queues", by_hand)
    ran = published.run("drift")
    assert (ran.code, ran.steps) == (5, {("edited", "e2e-queues")})


def test_drift_names_a_move_and_a_deletion(published, grafana):
    def move(found):
        found["metadata"]["annotations"]["grafana.app/folder"] = "e2e-infrastructure"

    grafana.edits("e2e-queues", move)
    grafana.removes("e2e-search")
    ran = published.run("drift")
    assert ran.steps == {("edited", "e2e-queues"), ("create", "e2e-search")}
    assert published.run("publish", skip=True).code == 4
    assert "e2e-search" in grafana.state()["dashboards"]


def test_a_classic_save_wipes_our_marks_so_it_is_adopted(published, grafana):
    grafana.saves("e2e-queues", saved)
    ran = published.run("publish")
    assert ran.code == 6 and ran.steps == {("foreign", "e2e-queues")}
    published.publish(adopt=("e2e-queues",))
    assert grafana.board("e2e-queues")["spec"]["description"] != "By hand."
    assert published.plans_nothing()


def test_skip_writes_the_rest(published, grafana):
    grafana.edits("e2e-queues", by_hand)
    published.change("e2e-queues", description="A release.").change("e2e-search", description="Too.").release()
    ran = published.run("publish", skip=True)
    assert ran.code == 4
    assert grafana.board("e2e-queues")["spec"]["description"] == "By hand."
    assert grafana.board("e2e-search")["spec"]["description"] == "Too."


def test_overwrite_writes_that_one_alone(published, grafana):
    for uid in ("e2e-queues", "e2e-search"):
        grafana.edits(uid, by_hand)
    published.change("e2e-queues", description="A release.").release()
    assert published.run("publish", overwrite=("e2e-queues",)).code == 5
    ran = published.run("publish", overwrite=("e2e-queues",), skip=True)
    assert ran.code == 4
    assert grafana.board("e2e-queues")["spec"]["description"] == "A release."
    assert grafana.board("e2e-search")["spec"]["description"] == "By hand."
    published.publish(overwrite=("e2e-search",))
    assert published.plans_nothing()


def test_pull_saves_what_is_there_and_says_what_differs(published, grafana):
    def change(found):
        by_hand(found)
        found["spec"]["panels"][1]["title"] = "By hand"

    grafana.edits("e2e-queues", change)
    ran = published.run("pull", uid="e2e-queues")
    assert ran.code == 0 and "By hand" in ran.sentence and "compared with commit" in ran.sentence
    pulled = orjson.loads((published.root / ".history/pulled/e2e/e2e-queues.json").read_bytes())
    assert pulled["panels"][1]["title"] == "By hand" and pulled["uid"] == "e2e-queues"


def test_what_was_pulled_into_the_build_is_no_conflict(published, grafana):
    grafana.edits("e2e-queues", by_hand)
    published.change("e2e-queues", description="By hand.").release()
    assert published.plans_nothing()


def test_a_folder_that_somebody_renamed_is_named(published, grafana):
    grafana.edits("e2e-infrastructure", lambda found: found["spec"].update(title="Ours"), FOLDERS)
    ran = published.run("publish")
    assert (ran.code, ran.steps) == (5, {("edited", "e2e-infrastructure")})
    published.publish(overwrite=("e2e-infrastructure",))
    assert published.plans_nothing()


def test_a_rule_that_somebody_edited_is_named(published, grafana):
    name, group = next(iter(sorted(grafana.state()["rules"].items())))
    folder, _, short = name.partition("/")
    path = f"/api/v1/provisioning/folder/{folder}/rule-groups/{short}"
    found = grafana.get(path)
    found["rules"][0]["title"] = "By hand"
    grafana.send("PUT", path, found)
    published.groups(lambda groups: groups[0]["rules"][0].update(title="A release")).release()
    ran = published.run("publish")
    assert ran.code == 5 and ("edited", short) in ran.steps
    assert grafana.get(path)["rules"][0]["title"] == "By hand"
    published.publish(overwrite=(name,))
    assert published.plans_nothing()


def test_an_object_of_somebody_else_is_not_touched_until_it_is_adopted(project, grafana):
    grafana.send("POST", "/api/folders", {"uid": "e2e-others", "title": "Others"})
    theirs = {"uid": "e2e-queues", "title": "Theirs", "panels": []}
    grafana.send("POST", "/api/dashboards/db", {"dashboard": theirs, "folderUid": "e2e-others"})
    before = grafana.state()
    ran = project.run("publish")
    assert ran.code == 6 and "e2e-queues" in ran.sentence and "--adopt" in ran.sentence
    assert grafana.state() == before
    project.publish(adopt=("e2e-queues",))
    assert grafana.board("e2e-queues")["spec"]["title"] == "E2E Queues"
    assert project.plans_nothing()


def test_what_another_tool_manages_is_foreign(project, grafana):
    body = {
        "apiVersion": "dashboard.grafana.app/v1",
        "kind": "Dashboard",
        "metadata": {
            "name": "e2e-queues",
            "annotations": {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "others"},
        },
        "spec": {"title": "Theirs", "schemaVersion": 42, "panels": []},
    }
    grafana.send("POST", BOARDS.format(grafana.namespace), body)
    ran = project.run("publish")
    assert ran.code == 6 and "kubectl:others" in ran.detail("e2e-queues")


def test_an_older_checkout_does_not_undo_a_later_release(published, grafana):
    published.change("e2e-queues", description="Later.").release().publish()
    published.checkout("HEAD~1")
    before = grafana.state()
    ran = published.run("publish")
    assert ran.code == 5 and "git pull" in ran.sentence
    assert grafana.state() == before
    published.publish(allow_older=True)
    assert grafana.board("e2e-queues")["spec"]["description"] != "Later."
