"""What only some kinds have: marks, folders to move between, data sources that are left alone, adoption."""

from types import SimpleNamespace

import pytest

from kit.publish.http.errors import GrafanaError
from kit.publish.kinds import folders
from tests.publish.clients import grafana
from tests.publish.small import BUSINESS, OVERVIEW, PROVIDERS, WHOLE, dashboard, provider
from tests.publish.sockets import answer, serving

STORAGE = dashboard("storage", "Business Metrics")


def test_a_dashboard_carries_label_annotations_folder_and_message(published):
    one = published.grafana.state.dashboards["df-storage"]
    assert one.labels == {"dataflux.io/set": BUSINESS}
    notes = dict(one.annotations)
    assert notes.pop("grafana.app/sourceChecksum").startswith("sha256:")
    assert notes.pop("grafana.app/message") == notes.pop("dataflux.io/commit")
    assert notes.pop("grafana.app/sourcePath") == f"monitoring/{STORAGE}"
    assert notes == {"grafana.app/folder": BUSINESS, "dataflux.io/folder": BUSINESS}


def test_a_dashboard_that_goes_to_another_folder_is_moved(published):
    published.put(STORAGE, None)
    published.put(dashboard("storage"), WHOLE[STORAGE])
    (step,) = published.plan().target["steps"]
    assert (step["action"], step["place"], step["from"]) == ("move", OVERVIEW, BUSINESS)
    run = published.published().target["run"]
    assert published.grafana.state.dashboards["df-storage"].folder == OVERVIEW
    assert published.run("rollback", run=run).code == 0
    assert published.grafana.state.dashboards["df-storage"].folder == BUSINESS


def test_a_dashboard_moved_by_a_person_is_an_edit(published):
    published.grafana.person.moves_dashboard("df-storage", OVERVIEW)
    assert published.drift().steps == [("edited", "dashboard", "df-storage")]
    assert published.publish(overwrite=["df-storage"]).steps == [("move", "dashboard", "df-storage")]
    published.is_settled()


def test_a_data_source_that_is_there_is_left_alone_unless_asked(published):
    published.grafana.person.edits_datasource("prometheus", {"url": "http://hers:9090"})
    assert published.publish().code == 0
    assert published.grafana.state.datasources["prometheus"]["url"] == "http://hers:9090"
    ended = published.publish(overwrite=["prometheus"])
    assert (ended.code, ended.steps) == (0, [("update", "data source", "prometheus")])
    assert published.grafana.state.datasources["prometheus"]["url"] == "http://prometheus:9090"
    assert published.run("rollback", run=ended.target["run"]).code == 0
    assert published.grafana.state.datasources["prometheus"]["url"] == "http://hers:9090"


def test_a_folder_that_is_full_of_other_things_is_not_pruned(published):
    published.put(PROVIDERS, {"providers": [provider("System Overview", OVERVIEW)]})
    published.put(STORAGE, None)
    published.grafana.person.creates_dashboard("hers", folder=BUSINESS)
    ended = published.publish(prune=True)
    assert BUSINESS in published.grafana.state.folders and "hers" in published.grafana.state.dashboards
    assert ended.code == 0 or "still holds 1 dashboard" in ended.results[BUSINESS][1], ended.said


def test_a_policy_tree_of_others_is_foreign_until_it_is_adopted(stage):
    stage.grafana.person.edits_policies({"receiver": "hers", "routes": [{"receiver": "hers-too"}]})
    assert "policies" in stage.refused(6)
    ended = stage.publish(adopt=["policies"])
    assert ended.code == 0, ended.said
    assert stage.grafana.state.policies["receiver"] == "dataflux-slack"
    stage.is_settled()
    assert stage.run("rollback", run=ended.target["run"]).code in (0, 4)


@pytest.mark.parametrize("uid", ["df-queues", "dashboard:df-queues"])
def test_a_foreign_dashboard_is_adopted_by_name_and_is_ours_from_then_on(stage, uid):
    stage.grafana.person.creates_dashboard("df-queues", "Hers")
    assert stage.publish(adopt=[uid]).code == 0
    stage.is_settled()
    assert stage.grafana.state.dashboards["df-queues"].labels


def test_what_another_tool_manages_is_foreign(stage):
    stage.grafana.person.creates_dashboard("df-queues", "Hers", managed_by=("repo", "platform"))
    ended = stage.run("publish")
    assert ended.code == 6
    assert ended.target["steps"][-1]["detail"] == "managed by repo:platform, not touched" or any(
        step["detail"] == "managed by repo:platform, not touched" for step in ended.target["steps"]
    )


def test_what_a_folder_still_holds_is_counted_in_words():
    held = b'{"alertrules": 42, "dashboards": 1, "library_elements": 2, "librarypanels": 2, "folders": 0}'
    with serving(answer(200, held)) as served:
        server = SimpleNamespace(client=grafana(served.url))
        with pytest.raises(GrafanaError) as caught:
            folders.refuse_held(server, SimpleNamespace(key="f", title="F"))
    assert str(caught.value) == (
        "the folder F still holds 42 alert rules, 1 dashboard, 2 library panels, which would go with it"
    )
