"""Going back brings back all that a run changed, and nothing that it did not; and going back is a run itself."""

import json

import pytest

from tests.double.faults import Say, nth, on
from tests.publish.small import RULES, TEMPLATES, WHOLE, board, dashboard

MINE = ("df-queues", "df-overview", "df-storage")


def titles(stage):
    return {uid: one.spec["title"] for uid, one in stage.grafana.state.dashboards.items()}


def test_a_rollback_that_deletes_is_rolled_back_itself(stage):
    first = stage.publish()
    before = titles(stage)
    back = stage.run("rollback", run=first.target["run"])
    assert back.code == 0 and titles(stage) == {}, back.said
    again = stage.run("rollback", run=back.target["run"])
    assert again.code == 0, again.said
    assert titles(stage) == before
    assert all(stage.grafana.state.dashboards[uid].spec["panels"] for uid in MINE)
    stage.is_settled()


def test_every_backup_has_a_content(stage):
    run = stage.publish().target["run"]
    stage.run("rollback", run=run)
    kept = [json.loads(file.read_text()) for file in stage.history.glob("*/before/*.json")]
    assert kept and [one["key"] for one in kept if one["content"] is None] == []


def test_a_run_that_ended_early_takes_back_only_what_it_wrote(stage):
    stage.grafana.faults.add(Say(400, b'{"message":"made up"}'), on("POST", "/dashboards$"))
    first = stage.publish()
    assert first.code == 4
    stage.grafana.faults.clear()
    second = stage.publish()
    assert {key for key in MINE if key in second.ended} == {*MINE}
    back = stage.run("rollback", run=first.target["run"], dry=True)
    assert {key for _, _, key in back.steps} & {*MINE} == set()


def test_a_data_source_that_somebody_gave_a_login_is_not_deleted(stage):
    run = stage.publish().target["run"]
    stage.grafana.person.edits_datasource("prometheus", {"basicAuth": True, "basicAuthUser": "hers"})
    assert "prometheus" in stage.refused(5, "rollback", run=run)
    stage.run("rollback", run=run, skip=True)
    assert stage.grafana.state.datasources["prometheus"]["basicAuthUser"] == "hers"


def test_a_folder_that_comes_back_keeps_what_was_noted_there_since(published):
    """The alerts' folder notes what was published of others: that of the backup is old."""
    groups = WHOLE[RULES]["groups"]
    published.put(RULES, {"groups": [{**one, "folder": "DataFlux alerts"} for one in groups]})
    renamed = published.publish()
    assert ("update", "folder", "dataflux-alerts") in renamed.steps, renamed.steps
    text = '{{ define "dataflux.title" }}U{{ end }}\n'
    published.put(TEMPLATES, {"templates": [{"name": "dataflux", "template": text}]})
    published.published()
    back = published.run("rollback", run=renamed.target["run"])
    assert back.code == 0, back.said
    assert published.drift().target["counts"]["edited"] == 0


def test_permissions_come_back_with_the_service_account_that_made_the_folder(published):
    state = published.grafana.state
    account = {"id": 9, "uid": "cg", "name": "adm", "login": "sa-1-adm", "orgId": 1, "isDisabled": False,
               "role": "Admin", "tokens": 0, "avatarUrl": ""}  # fmt: skip
    state.accounts = [account]
    folder = "dataflux-system-overview"
    state.permissions[folder] = [{"userLogin": "sa-1-adm", "userId": 9, "permission": 4}]
    published.toml('[prod.permissions]\n"System Overview" = {viewer = "view"}')
    ended = published.publish()
    assert ended.code == 0, ended.said
    back = published.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    (entry,) = state.permissions[folder]
    assert (entry["userId"], entry["permission"]) == (9, 4)


def test_a_persons_default_policies_are_foreign_and_kept(stage):
    hers = {"receiver": "grafana-default-email", "group_by": ["team", "cluster"], "group_wait": "9m"}
    stage.grafana.state.contact_points["default"] = {
        "uid": "default", "name": "grafana-default-email", "type": "email", "disableResolveMessage": False,
        "settings": {"addresses": "a@example.org"},
    }  # fmt: skip
    stage.grafana.person.edits_policies(hers)
    sentence = stage.refused(6)
    assert "--adopt policies replaces the whole organisation's tree" in sentence
    assert 'policies = "ignore" in grafanas.toml, or GRAFANA_POLICIES=ignore' in sentence
    assert "named as ours are" not in sentence
    ended = stage.publish(adopt=["policies"])
    assert ended.code == 0, ended.said
    back = stage.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert {key: stage.grafana.state.policies[key] for key in hers} == hers


def test_a_persons_policies_are_left_alone_without_a_grafanas_toml_as_well(stage):
    hers = {"receiver": "empty", "group_by": ["team"], "group_wait": "9m"}
    stage.grafana.person.edits_policies(hers)
    stage.environ["GRAFANA_POLICIES"] = "ignore"
    stage.published()
    assert stage.grafana.state.policies == hers


@pytest.mark.parametrize("uid", ["my-copy"])
def test_a_copy_with_our_marks_is_not_pruned(published, uid):
    one = published.grafana.state.dashboards["df-queues"]
    published.grafana.person.creates_dashboard(
        uid, folder=one.folder, spec=one.spec, labels=dict(one.labels), annotations=dict(one.annotations)
    )
    ended = published.publish(prune=True, prune_limit=9)
    assert (ended.code, uid in published.grafana.state.dashboards) == (0, True), ended.said


def test_what_is_foreign_is_called_so_by_drift_too(published):
    published.grafana.person.annotates("dashboards", "df-queues", labels={"dataflux.io/set": None})
    ended = published.run("drift", json=False)
    assert ended.code == 6 and "x foreign" in ended.out, ended.said


# --- what was there already


def test_what_a_colleague_made_so_meanwhile_is_not_said_to_be_written_and_not_taken_back(published):
    published.put(dashboard("queues"), board("df-queues", "Queues of today"))
    told = WHOLE["alerts/slack.yml"]["contactPoints"][0]["receivers"][0]
    changed = {**told, "settings": {**told["settings"], "title": "U"}}
    published.put("alerts/slack.yml", {"contactPoints": [{"name": "dataflux-slack", "receivers": [changed]}]})

    class Colleague:
        def play(self, grafana, request, handle):
            grafana.faults.clear()
            ended = published.built("publish")
            assert ended.code == 0, ended.said
            return handle()

    published.grafana.faults.add(Colleague(), on("PUT", "/folders/dataflux-alerts"), times=1)
    ended = published.publish()
    assert ended.code == 0, ended.said
    assert ended.ended["df-slack"] == "there"
    back = published.run("rollback", run=ended.target["run"])
    assert "df-slack" not in back.ended


class Nothing:
    """Grafana leaves out all rules, as one did while its database was locked."""

    def play(self, grafana, request, handle):
        from tests.double.http import answer

        return answer({})


@pytest.mark.parametrize("times", [1, 2])
def test_rules_that_are_left_out_once_are_asked_for_again(published, times):
    published.grafana.faults.add(Nothing(), on("GET", "/api/ruler/"), times=times)
    ended = published.publish()
    assert (ended.code, ended.steps) == (0, []), ended.said


def test_rules_that_are_left_out_before_they_are_deleted_are_asked_for_again(stage):
    """Else they would count as deleted, and their folder could not be."""
    run = stage.publish().target["run"]
    # The first is the plan's, the second that of the write.
    stage.grafana.faults.add(Nothing(), nth(2, on("GET", "/api/ruler/")))
    back = stage.run("rollback", run=run)
    assert back.code == 0, back.said
    assert stage.grafana.state.groups == {}


@pytest.mark.parametrize("times", [1, 2])
def test_rules_that_are_left_out_when_they_are_read_back_are_asked_for_again(stage, times):
    class Later(Nothing):
        """Once they are written, so many times."""

        left = times

        def play(self, grafana, request, handle):
            if not grafana.state.groups or not self.left:
                return handle()
            self.left -= 1
            return super().play(grafana, request, handle)

    stage.grafana.faults.add(Later(), on("GET", "/api/ruler/"))
    ended = stage.publish()
    assert ended.code == 0, ended.said
