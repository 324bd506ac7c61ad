"""Each dashboard imported by hand, into a Grafana whose data sources have other names and uids."""

import re

import pytest

from tests.e2e.grafana.renamed import UID

FOLDER = f"{UID}imported"
OWN = ("-- Grafana --", "-- Mixed --", "-- Dashboard --", "__expr__", "grafana")
TYPES = {f"{UID}some-metrics": "prometheus", f"{UID}some-logs": "loki"}


@pytest.fixture
def place(grafana):
    """A folder, and data sources that are called otherwise."""
    grafana.send("POST", "/api/folders", {"uid": FOLDER, "title": "E2E Imported"})
    for uid, type in TYPES.items():
        body = {"uid": uid, "name": f"E2E some {type}", "type": type, "access": "proxy", "url": "http://127.0.0.1:9"}
        grafana.send("POST", "/api/datasources", body)
    return grafana


def imported(grafana, dashboard, **more):
    """As the form does that somebody pastes JSON into: it asks for the data source of each input."""
    asked = [
        {"name": one["name"], "type": "datasource", "pluginId": one["pluginId"], "value": _uid(one["pluginId"])}
        for one in dashboard.get("__inputs", ())
    ]
    return grafana.answer(
        "POST", "/api/dashboards/import", {"dashboard": dashboard, "inputs": asked, "folderUid": FOLDER, **more}
    )


def _uid(type):
    return next(uid for uid, found in TYPES.items() if found == type)


def references(value):
    """Every data source that a dashboard names, as {"type", "uid"} or a plain name."""
    if isinstance(value, list):
        return [found for one in value for found in references(one)]
    if not isinstance(value, dict):
        return []
    own = [value["datasource"]] if value.get("datasource") else []
    return own + [found for key, one in value.items() if key != "datasource" for found in references(one)]


def unresolved(dashboard, sources):
    """What a browser could not resolve: variables that are not there, uids that this Grafana does not have."""
    types = {one["uid"]: one["type"] for one in sources}
    variables = {one["name"]: one["query"] for one in dashboard["templating"]["list"] if one["type"] == "datasource"}
    for name, type in variables.items():
        if type not in types.values():
            yield f"the variable {name}: there is no data source of the type {type}"
    for one in references(dashboard):
        uid, type = (one.get("uid"), one.get("type")) if isinstance(one, dict) else (one, None)
        if uid in OWN:
            continue
        named = re.fullmatch(r"\$\{?(\w+)\}?", uid or "")
        found = variables.get(named[1]) if named else types.get(uid)
        if found is None or found != type:
            yield f"{uid} ({type})"


def test_every_dashboard_is_imported_by_hand(place, project):
    sources = place.get("/api/datasources")
    for uid, dashboard in project.boards.items():
        said = imported(place, dashboard)
        assert said.status_code == 200, f"{uid}: {said.text}"
        assert (said.json()["uid"], said.json()["folderUid"]) == (uid, FOLDER)
        opened = place.get(f"/api/dashboards/uid/{uid}")
        assert opened["meta"]["folderUid"] == FOLDER
        assert list(unresolved(opened["dashboard"], sources)) == [], uid
        counted = ("id", "version")
        assert {key: value for key, value in opened["dashboard"].items() if key not in counted} == {
            key: value for key, value in dashboard.items() if key not in counted
        }, uid


def test_a_dashboard_that_names_one_data_source_would_be_seen(place, project):
    board = project.board("e2e-queues")
    board["panels"][1]["datasource"] = {"type": "prometheus", "uid": "e2e-prometheus"}
    assert list(unresolved(board, place.get("/api/datasources"))) == ["e2e-prometheus (prometheus)"]


def test_an_import_replaces_a_dashboard_only_where_that_is_asked_for(place, project):
    board = project.board("e2e-queues")
    assert imported(place, board).status_code == 200
    again = {**board, "description": "Another one."}
    assert imported(place, again).status_code == 412
    assert imported(place, again, overwrite=True).status_code == 200
    assert place.board("e2e-queues")["spec"]["description"] == "Another one."


def test_what_was_imported_is_adopted_by_the_first_publish(place, project):
    imported(place, project.board("e2e-queues"))
    assert project.run("publish").code == 6
    project.publish(adopt=("e2e-queues",))
    assert place.get("/api/dashboards/uid/e2e-queues")["meta"]["folderUid"] == "e2e-system-overview"
    assert project.plans_nothing()
