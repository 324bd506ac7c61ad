"""What grafanas.toml asks for: lock, provenance, a root folder, permissions, other data sources, a home dashboard."""

import pytest

from tests.e2e.grafana.server import ALERTING

LOCK = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "dataflux"}


def notes(found):
    return found["metadata"]["annotations"]


def by_hand(found):
    found["spec"]["description"] = "By hand."


def save(grafana, uid):
    """How a person's save in the UI is answered."""
    spec = grafana.get(f"/api/dashboards/uid/{uid}")["dashboard"]
    body = {"dashboard": {**spec, "description": "By hand."}, "overwrite": True}
    return grafana.answer("POST", "/api/dashboards/db", body)


def test_a_lock_stops_saving_and_goes_again(project, grafana):
    project.target(lock=True).publish()
    assert notes(grafana.board("e2e-queues")).items() >= LOCK.items()
    assert save(grafana, "e2e-queues").status_code == 400
    assert project.target(lock=True).plans_nothing()
    project.publish()
    assert not notes(grafana.board("e2e-queues")).keys() & LOCK.keys()
    assert project.plans_nothing()
    assert save(grafana, "e2e-queues").status_code == 200


def test_a_locked_release_is_updated_moved_and_taken_back(project, grafana):
    locked = project.target(lock=True)
    locked.publish()
    before = grafana.content()
    project.change("e2e-queues", description="Another one.").release()
    run = locked.publish().run
    assert grafana.board("e2e-queues")["spec"]["description"] == "Another one."
    assert locked.run("rollback", run=run).code == 0
    assert grafana.content()["dashboards"] == before["dashboards"]


@pytest.mark.parametrize("first", ["api", "none"])
def test_alerting_carries_provenance_only_where_it_is_asked_for(project, grafana, first):
    for provenance in (first, {"api": "none", "none": "api"}[first]):
        target = project.target(provenance=provenance)
        target.publish()
        there, expected = grafana.state(), "api" if provenance == "api" else ""
        rules = [one for group in there["rules"].values() for one in group["rules"]]
        named = [one for kind in ("contact-points", "templates", "mute-timings") for one in there[kind].values()]
        assert {one["grafana_alert"].get("provenance", "") for one in rules} == {expected}
        assert {one.get("provenance") or "" for one in named} == {expected}
        assert target.plans_nothing()


def test_without_provenance_an_edit_is_found_all_the_same(project, grafana):
    target = project.target(provenance="none")
    target.publish()
    point = grafana.state()["contact-points"]["e2e-email"]
    point["settings"]["addresses"] = "hand@dataflux.local"
    response = grafana.answer("PUT", f"{ALERTING}/contact-points/e2e-email", point, **{"X-Disable-Provenance": "true"})
    assert response.status_code == 202
    ran = target.run("drift")
    assert (ran.code, ran.steps) == (5, {("edited", "e2e-email")})
    target.publish(overwrite=("e2e-email",))
    assert target.plans_nothing()


def test_everything_lies_below_a_root_folder(project, grafana):
    target = project.target(root="e2e-root")
    ran = target.run("publish")
    assert ran.code == 3 and "e2e-root" in ran.sentence
    grafana.send("POST", "/api/folders", {"uid": "e2e-root", "title": "E2E Root"})
    target.publish()
    folders = grafana.state()["folders"]
    assert {uid for uid, one in folders.items() if notes(one).get("grafana.app/folder") == "e2e-root"} == set(
        folders
    ) - {"e2e-root"}
    assert target.plans_nothing()
    assert {action for action, _ in project.publish().steps} == {"move"}
    assert project.plans_nothing()


def test_permissions_of_a_folder_are_what_the_target_says(project, grafana):
    target = project.target(permissions={"E2E Infrastructure": {"viewer": "view", "editor": "admin"}})
    target.publish()
    listed = grafana.get("/api/folders/e2e-infrastructure/permissions")
    there = {one["role"]: one["permission"] for one in listed if not one["inherited"]}
    assert there == {"Viewer": 1, "Editor": 4}
    assert target.plans_nothing()
    run = project.target(permissions={"E2E Infrastructure": {"viewer": "edit"}}).publish().run
    assert target.run("rollback", run=run).code == 0
    assert target.plans_nothing()


@pytest.fixture
def theirs(grafana):
    """Data sources with other names and uids, as another Grafana has them."""
    made = {"e2e-their-metrics": "prometheus", "e2e-their-logs": "loki"}
    for uid, type in made.items():
        body = {"uid": uid, "name": f"E2E their {type}", "type": type, "access": "proxy", "url": "http://127.0.0.1:9"}
        grafana.send("POST", "/api/datasources", body)
    return {"e2e-prometheus": "e2e-their-metrics", "e2e-loki": "e2e-their-logs"}


def test_data_sources_of_other_names_are_used_where_the_target_maps_them(project, grafana, theirs):
    target = project.target(data_sources=theirs)
    target.publish()
    there = grafana.state()
    assert set(there["data sources"]) == set(theirs.values())
    asked = {
        query["datasourceUid"]
        for group in there["rules"].values()
        for rule in group["rules"]
        for query in rule["grafana_alert"]["data"]
    }
    assert asked == {"e2e-their-metrics", "__expr__"}
    variables = [
        one["current"]["value"]
        for board in there["dashboards"].values()
        for one in board["spec"]["templating"]["list"]
        if one["type"] == "datasource"
    ]
    assert set(variables) == set(theirs.values())
    assert target.plans_nothing()


def test_a_data_source_that_is_mapped_and_missing_stops_everything(project, grafana):
    target = project.target(data_sources={"e2e-prometheus": "e2e-nowhere"})
    before = grafana.state()
    ran = target.run("publish")
    assert ran.code == 3 and "e2e-nowhere" in ran.sentence
    assert grafana.state() == before


def test_a_data_source_that_is_there_is_left_alone_until_overwriting_is_asked_for(published, grafana):
    path = "/api/datasources/uid/e2e-prometheus"
    grafana.send("PUT", path, {**grafana.get(path), "url": "http://127.0.0.1:9/theirs"})
    assert published.plans_nothing()
    assert grafana.get(path)["url"] == "http://127.0.0.1:9/theirs"
    published.publish(overwrite=("e2e-prometheus",))
    assert grafana.get(path)["url"] == "http://prometheus:9090"


def test_the_policy_tree_stays_as_it_is_where_the_target_says_so(project, grafana):
    before = grafana.get(f"{ALERTING}/policies")
    project.target(policies="ignore").publish()
    assert grafana.get(f"{ALERTING}/policies") == before


@pytest.fixture
def home(grafana):
    """The organisation's home dashboard, put back at the end."""
    before = grafana.get("/api/org/preferences").get("homeDashboardUID", "")
    yield lambda: grafana.get("/api/org/preferences").get("homeDashboardUID", "")
    grafana.send("PATCH", "/api/org/preferences", {"homeDashboardUID": before})


def test_the_organisation_begins_with_the_home_dashboard(project, grafana, home):
    target = project.target(home="e2e-overview")
    before = home()
    run = target.publish().run
    assert home() == "e2e-overview"
    assert target.plans_nothing()
    back = target.run("rollback", run=run)
    assert back.code == 0, back.failed
    assert home() == before
