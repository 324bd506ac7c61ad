"""Going back to what somebody had edited brings back an edit: the next publish does not write over it unasked."""

import pytest

from kit.publish.apply import Apply
from tests.double.faults import on
from tests.publish.small import POLICIES, RULES, WHOLE, board, dashboard

UIDS = ("policies", "df-slack", "template:dataflux", "dataflux-maintenance", "dataflux-1", "hosts", "df-queues")
KEYS = {"policies", "df-slack", "dataflux", "dataflux-maintenance", "dataflux-1", "dataflux-alerts/hosts", "df-queues"}


def edit(stage):
    person = stage.grafana.person
    person.edits_dashboard("df-queues", {"title": "By hand"})
    person.edits_rule("df-host-down", {"for": "9m"})
    person.edits_policies({"group_wait": "77s"})
    person.edits_contact_point("df-slack", {"disableResolveMessage": True})
    person.edits_template("dataflux", '{{ define "dataflux.title" }}by hand{{ end }}')
    person.edits_mute_timing("dataflux-maintenance", {"time_intervals": [{"weekdays": ["monday"]}]})
    if stage.grafana.apis:
        person.edits_inhibition_rule("dataflux-1", {"equal": ["by-hand"]})


def edited(ended):
    return {key for action, _, key in ended.steps if action == "edited"}


@pytest.fixture(params=["13.1", "11.5"])
def either(request, stage, older):
    """Published, then edited by a person: with the resource API and without."""
    one = stage if request.param == "13.1" else older
    assert one.publish().code == 0
    edit(one)
    return one


def known(stage, keys):
    return keys if stage.grafana.apis else keys - {"dataflux-1"}


def test_an_edit_that_a_rollback_brings_back_is_still_an_edit(either):
    keys = known(either, KEYS)
    asked = [uid for uid in UIDS if uid != "dataflux-1" or either.grafana.apis]
    ended = either.publish(overwrite=asked)
    assert ended.code == 0, ended.said
    back = either.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert either.grafana.state.policies["group_wait"] == "1m17s"
    assert edited(either.drift()) == keys
    either.refused(5)
    again = either.publish(overwrite=asked)
    assert again.code == 0, again.said
    either.is_settled()


def test_what_was_nobodys_edit_is_none_after_a_rollback(published):
    published.put(dashboard("queues"), board("df-queues", "Queues of today"))
    run = published.publish().target["run"]
    assert published.run("rollback", run=run).code == 0
    assert published.drift().steps == []
    published.published()


def test_a_label_that_was_missing_is_missing_again(published):
    published.grafana.person.annotates("dashboards", "df-queues", labels={"dataflux.io/set": None})
    run = published.publish(adopt=["df-queues"]).target["run"]
    back = published.run("rollback", run=run)
    assert back.code == 0 and back.ended == {"df-queues": "written"}, back.said
    assert "dataflux.io/set" not in published.grafana.state.dashboards["df-queues"].labels


def test_a_rollback_that_was_cut_off_leaves_an_edit_too(published, monkeypatch):
    edit(published)
    run = published.publish(overwrite=UIDS).target["run"]
    # The last note of the ledger is lost, as if the process had ended after its last write.
    monkeypatch.setattr(Apply, "_settle", lambda self, results: None)
    assert published.run("rollback", run=run).code == 0
    assert edited(published.plan()) == KEYS


# --- what the build says by now


@pytest.mark.parametrize("change", ["policies", "rules"])
def test_an_edit_that_was_carried_into_the_build_is_published_from_then_on(published, change):
    if change == "policies":
        published.grafana.person.edits_policies({"group_wait": "77s"})
    else:
        published.grafana.person.edits_rule("df-host-down", {"for": "9m"})
    assert edited(published.drift())
    path, told = carried(change, "77s", "9m")
    published.put(path, told)
    assert published.drift().steps == []  # it is in the build
    before = len(published.grafana.writes())
    ended = published.publish()
    assert ended.code == 0 and set(ended.ended.values()) == {"there"}, ended.said
    written = {entry.path.rpartition("/")[2] for entry in published.grafana.writes()[before:]}
    assert written == {"dataflux-alerts"}  # the ledger alone
    published.is_settled()
    path, told = carried(change, "88s", "7m")
    published.put(path, told)
    published.published()


def carried(change, wait, hold):
    if change == "policies":
        return POLICIES, {"policies": [{**WHOLE[POLICIES]["policies"][0], "group_wait": wait}]}
    groups = WHOLE[RULES]["groups"]
    rules = [{**one, "for": hold} if one["uid"] == "df-host-down" else one for one in groups[0]["rules"]]
    return RULES, {"groups": [{**groups[0], "rules": rules}, groups[1]]}


def test_a_lost_ledger_is_made_anew_by_adopting(published):
    published.grafana.person.annotates("folders", "dataflux-alerts", annotations={"dataflux.io/published": None})
    edit(published)
    every = [*KEYS, "queues", "df-webhook"]
    ended = published.publish(adopt=every, overwrite=every)
    assert ended.code == 0, ended.said
    assert published.drift().steps == []
    published.is_settled()


# --- what somebody else did meanwhile


class Colleague:
    """Publishes the same build to the end, just before a request of ours is handled."""

    def __init__(self, stage):
        self.stage = stage

    def play(self, grafana, request, handle):
        grafana.faults.clear()
        ended = self.stage.built("publish")
        assert ended.code == 0, ended.said
        return handle()


def test_dashboards_that_a_colleague_made_are_not_said_to_be_written(stage):
    stage.grafana.faults.add(Colleague(stage), on("POST", "/contact-points$"), times=1)
    ended = stage.publish()
    assert ended.code == 0, ended.said
    assert {ended.ended[uid] for uid in ("df-queues", "df-overview", "df-storage")} == {"there"}, ended.results
    before = set(stage.grafana.state.dashboards)
    back = stage.run("rollback", run=ended.target["run"], skip=True)
    assert before == {*stage.grafana.state.dashboards}, back.said


def test_a_release_of_a_colleague_that_won_is_not_taken_back(published):
    published.put(dashboard("queues"), board("df-queues", "Queues of today"))
    published.grafana.faults.add(Colleague(published), on("PUT", "/dashboards/df-queues$"), times=1)
    ended = published.publish()
    assert ended.ended["df-queues"] == "there", ended.said
    published.run("rollback", run=ended.target["run"], skip=True)
    assert published.grafana.state.dashboards["df-queues"].spec["title"] == "Queues of today"


def test_what_is_somebody_elses_by_now_is_not_deleted_by_a_rollback(stage):
    run = stage.publish().target["run"]
    manager = {"grafana.app/managedBy": "terraform", "grafana.app/managerId": "platform"}
    stage.grafana.person.annotates("dashboards", "df-queues", annotations=manager)
    stage.grafana.person.annotates("dashboards", "df-storage", labels={"dataflux.io/set": None})
    said = stage.run("rollback", run=run, json=False)
    assert said.code == 5 and "terraform:platform" in said.said and "df-storage" in said.said, said.said
    back = stage.run("rollback", run=run, skip=True)
    assert {*stage.grafana.state.dashboards} == {"df-queues", "df-storage"}, back.said
