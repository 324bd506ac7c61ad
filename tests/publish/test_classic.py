"""A Grafana before 12: dashboards and folders through the classic API, whose locks answer 412; no inhibition rules."""

import json

import pytest

from tests.double.faults import First, Lose, nth, on
from tests.publish.small import ALERTS, BUSINESS, OVERVIEW, PROVIDERS, WHOLE, board, dashboard, provider

STORAGE = dashboard("storage", "Business Metrics")
OTHER = board("df-queues", "Queues of today")


@pytest.fixture
def published(older):
    ended = older.publish()
    assert ended.code == 0, ended.said
    return older


def queues(stage):
    return stage.grafana.state.dashboards["df-queues"]


def test_everything_is_published_but_what_it_does_not_have(older):
    ended = older.published()
    kinds = {kind for _, kind, _ in ended.steps}
    assert kinds == {
        "folder",
        "dashboard",
        "data source",
        "rules",
        "template",
        "mute timing",
        "contact point",
        "policies",
    }
    assert not any(entry.path.startswith("/apis/") for entry in older.grafana.log)


def test_a_version_says_in_its_message_what_was_published(published):
    message = queues(published).history[-1].message
    assert message.startswith("published by dataflux-monitoring: commit=build-")
    assert f"folder={OVERVIEW} set={OVERVIEW}" in message


def test_a_dashboard_is_sent_with_the_version_that_was_read_and_never_overwrites(published):
    published.put(dashboard("queues"), OTHER)
    assert published.published().steps == [("update", "dashboard", "df-queues")]
    assert queues(published).title == "Queues of today"


def test_a_dashboard_that_changes_between_read_and_write_is_not_written(published):
    published.put(dashboard("queues"), OTHER)
    edit = First(lambda grafana: grafana.person.classic_write("df-queues", {"title": "Hers"}))
    published.grafana.faults.add(edit, on("POST", "/dashboards/db"), times=1)
    ended = published.publish()
    assert ended.code == 4
    assert ended.results["df-queues"][0] == "failed" and "changed in Grafana" in ended.results["df-queues"][1]
    assert queues(published).title == "Hers"
    assert 412 in [entry.status for entry in published.grafana.writes()]


def test_an_edit_is_found_by_its_version_kept_and_overwritten_by_name(published):
    published.grafana.person.classic_write("df-queues", {"title": "Hers"})
    assert published.drift().steps == [("edited", "dashboard", "df-queues")]
    assert "df-queues" in published.refused(5)
    assert published.publish(overwrite=["df-queues"]).code == 0
    assert queues(published).title == "Queues"
    published.is_settled()


def test_a_move_by_a_person_is_an_edit(published):
    published.grafana.person.classic_write("df-storage", {"title": "Storage"}, folder=OVERVIEW)
    assert published.drift().steps == [("edited", "dashboard", "df-storage")]
    assert published.publish(overwrite=["df-storage"]).steps == [("move", "dashboard", "df-storage")]
    published.is_settled()


def test_what_is_edited_just_before_it_is_deleted_stays(published):
    published.put(STORAGE, None)
    reads = on("GET", "/api/dashboards/uid/df-storage$")
    edit = First(lambda grafana: grafana.person.classic_write("df-storage", {"title": "Hers"}))
    published.grafana.faults.add(edit, nth(2, of=reads), times=1)
    ended = published.publish(prune=True)
    assert ended.code == 4 and "changed in Grafana since it was read" in ended.results["df-storage"][1]
    assert published.grafana.state.dashboards["df-storage"].title == "Hers"


def test_a_lock_is_not_waited_for_where_there_is_none(older):
    older.environ["GRAFANA_USER_PROD"], older.environ["GRAFANA_PASSWORD_PROD"] = (
        older.grafana.user,
        older.grafana.password,
    )
    older.toml("lock = true")
    older.published()


def test_a_dashboard_is_moved_deleted_and_brought_back(published):
    published.put(STORAGE, None)
    published.put(dashboard("storage"), WHOLE[STORAGE])
    run = published.published().target["run"]
    assert published.grafana.state.dashboards["df-storage"].folder == OVERVIEW
    assert published.run("rollback", run=run).code == 0
    assert published.grafana.state.dashboards["df-storage"].folder == BUSINESS
    published.put(dashboard("storage"), None)
    run = published.published(prune=True).target["run"]
    assert "df-storage" not in published.grafana.state.dashboards
    assert published.run("rollback", run=run).code == 0
    assert published.grafana.state.dashboards["df-storage"].title == "Storage"


def test_an_update_is_brought_back(published):
    published.put(dashboard("queues"), OTHER)
    run = published.published().target["run"]
    assert published.run("rollback", run=run).code == 0
    assert queues(published).title == "Queues"


def test_a_dashboard_of_others_is_foreign_until_it_is_adopted(older):
    older.grafana.person.creates_dashboard("df-queues", "Hers")
    assert "df-queues" in older.refused(6)
    assert older.publish(adopt=["df-queues"]).code == 0
    older.is_settled()


def test_a_folder_is_renamed_only_by_name_for_nobody_can_tell_who_did(published):
    other = {**provider("Business", BUSINESS), "options": {"path": "/x/Business Metrics"}}
    published.put(PROVIDERS, {"providers": [provider("System Overview", OVERVIEW), other]})
    ended = published.publish(overwrite=[BUSINESS])
    assert ended.code == 0, ended.said
    assert published.grafana.state.folders[BUSINESS].title == "Business"
    published.is_settled()


def test_what_alerting_published_last_is_kept_in_a_file(published):
    (file,) = (published.history / "published").glob("*.json")
    assert f"rules:{ALERTS}/queues" in json.loads(file.read_text())
    published.grafana.person.edits_rule("df-queue", {"for": "9m"})
    assert published.drift().steps == [("edited", "rules", f"{ALERTS}/queues")]


def test_a_write_that_is_lost_is_found(older):
    older.grafana.faults.add(Lose(), on("POST", "/dashboards/db"), times=1)
    ended = older.publish()
    assert ended.code == 4 and list(ended.ended.values()).count("failed") == 1
    older.published()
