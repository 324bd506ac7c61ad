"""What grafanas.toml asks for beside the build: permissions, home, root, data sources, policies, provenance, lock."""

import pytest

from tests.double import Double
from tests.publish.small import ALERTS, BUSINESS, OVERVIEW, PASSWORD, RULES, board, dashboard, group, rule

LOCK = {"grafana.app/managedBy": "kubectl", "grafana.app/managerId": "dataflux"}


def permissions(stage, folder):
    return {(each.get("role") or each.get("team") or each.get("userLogin"), each["permission"])
            for each in stage.grafana.state.permissions[folder]}  # fmt: skip


def test_permissions_of_folders_by_title_and_by_uid(stage):
    stage.toml(
        f'[prod.permissions."System Overview"]\nviewer = "view"\n[prod.permissions.{BUSINESS}]\neditor = "admin"'
    )
    ended = stage.published()
    assert {key for _, kind, key in ended.steps if kind == "permissions"} == {OVERVIEW, BUSINESS}
    assert permissions(stage, OVERVIEW) == {("Viewer", 1)} and permissions(stage, BUSINESS) == {("Editor", 4)}
    before = permissions(stage, ALERTS)
    assert len(before) == 3, "what nobody names keeps its own"


def test_permissions_of_a_team_and_what_becomes_of_one_that_is_not_there(stage):
    stage.toml(f'[prod.permissions.{OVERVIEW}]\n"team:sre" = "edit"')
    sentence = stage.refused(3)
    assert "there is no team sre in this organisation; see permissions in grafanas.toml" in sentence
    stage.grafana.state.teams = [{"id": 1, "uid": "t1", "orgId": 1, "name": "sre"}]
    stage.published()
    assert stage.grafana.state.permissions[OVERVIEW][0]["permission"] == 2


def test_everybody_whom_permissions_name_and_who_is_not_there_is_named_at_once(stage):
    stage.toml(f'[prod.permissions.{OVERVIEW}]\n"team:sre" = "edit"\n"user:sa-9" = "view"\n"user:admin" = "admin"')
    for command in ("plan", "publish"):
        sentence = stage.refused(3, command)
        assert "there is no team sre" in sentence and "there is no user sa-9" in sentence
        assert "user admin" not in sentence


def test_permissions_need_an_admin(stage):
    stage.published()
    stage.environ["GRAFANA_TOKEN"] = "glsa_editor"
    stage.toml(f'[prod.permissions.{OVERVIEW}]\nviewer = "view"')
    assert "folders.permissions:" in stage.refused(3)


def test_the_home_dashboard(stage):
    stage.grafana.state.preferences = {"timezone": "utc"}
    stage.toml('home = "df-overview"')
    run = stage.published().target["run"]
    assert stage.grafana.state.preferences == {"timezone": "utc", "homeDashboardUID": "df-overview"}
    assert stage.run("rollback", run=run).code == 0
    assert stage.grafana.state.preferences == {"timezone": "utc"}


def test_a_home_dashboard_of_others_is_left_where_nobody_asks(published):
    published.grafana.state.preferences = {"homeDashboardUID": "df-queues"}
    assert published.publish().code == 0
    assert published.grafana.state.preferences == {"homeDashboardUID": "df-queues"}


def test_folders_are_put_below_a_root(stage):
    stage.grafana.person.creates_folder("platform", "Platform")
    stage.toml('root = "platform"')
    stage.published()
    assert {stage.grafana.state.folders[uid].folder for uid in (OVERVIEW, BUSINESS, ALERTS)} == {"platform"}


def test_a_root_that_is_not_there(stage):
    stage.toml('root = "platform"')
    assert "the root folder 'platform' is not there; create it, or mend root" in stage.refused(3)


def test_a_root_that_is_too_deep(stage):
    for number in range(5):
        stage.grafana.person.creates_folder(f"n{number}", parent=f"n{number - 1}" if number else "")
    stage.toml('root = "n4"')
    assert "6 levels deep, and Grafana takes 5; name another root" in stage.refused(3)


def test_another_root_moves_what_is_there(stage):
    stage.grafana.person.creates_folder("platform", "Platform")
    stage.published()
    stage.toml('root = "platform"')
    ended = stage.published()
    assert {(action, kind) for action, kind, _ in ended.steps} == {("move", "folder")}


SOURCE = {"id": 9, "uid": "P18", "type": "prometheus", "name": "Theirs", "isDefault": True, "access": "proxy",
          "jsonData": {}, "readOnly": False}  # fmt: skip


def test_data_sources_are_mapped_in_dashboards_and_rules(stage):
    stage.grafana.state.datasources["P18"] = SOURCE
    stage.toml('[prod.data_sources]\nprometheus = "P18"')
    target = {"datasource": {"type": "prometheus", "uid": "prometheus"}, "expr": "up", "refId": "A"}
    spec = board("df-queues", "Queues")
    spec["panels"][0] |= {"datasource": target["datasource"], "targets": [target]}
    stage.put(dashboard("queues"), spec)
    ended = stage.published()
    assert not any(kind == "data source" for _, kind, _ in ended.steps)
    (panel,) = stage.grafana.state.dashboards["df-queues"].spec["panels"]
    assert panel["datasource"]["uid"] == panel["targets"][0]["datasource"]["uid"] == "P18"
    _, one = stage.grafana.state.rules()["df-queue"]
    assert one["data"][0]["datasourceUid"] == "P18"


def test_a_data_source_that_nothing_creates(stage):
    stage.toml("create_data_sources = false")
    assert "the data source prometheus of the build is to be 'prometheus' there, which is missing" in stage.refused(3)


def test_the_default_of_others_stays_the_default(stage):
    stage.grafana.state.datasources["P18"] = SOURCE
    stage.published()
    held = stage.grafana.state.datasources
    assert held["P18"]["isDefault"] and not held["prometheus"]["isDefault"]


def test_policies_are_ignored_where_that_is_asked(stage):
    stage.grafana.person.edits_policies({"receiver": "hers"})
    stage.toml('policies = "ignore"')
    ended = stage.published()
    assert not any(kind == "policies" for _, kind, _ in ended.steps)
    assert stage.grafana.state.policies["receiver"] == "hers"
    assert not any("/policies" in entry.path for entry in stage.grafana.log)


def origins(stage):
    state = stage.grafana.state
    held = (*state.contact_points.values(), *state.templates.values(), *state.mute_timings.values(), state.policies)
    return {each.get("provenance", "") for each in (*held, *(one for _, one in state.rules().values()))}


def test_provenance_none_leaves_alerting_editable_and_still_finds_edits(stage):
    stage.toml('provenance = "none"')
    stage.published()
    assert origins(stage) == {""}
    stage.grafana.person.edits_rule("df-queue", {"for": "9m"})
    stage.grafana.person.edits_contact_point("df-slack", lambda one: one["settings"].update(title="H"))
    assert {key for _, _, key in stage.drift().steps} == {f"{ALERTS}/queues", "df-slack"}


@pytest.mark.parametrize(("first", "second"), [("api", "none"), ("none", "api")])
def test_provenance_changes_though_contact_points_want_a_delete_and_a_create(stage, first, second):
    stage.toml(f'provenance = "{first}"')
    stage.published()
    stage.toml(f'provenance = "{second}"')
    ended = stage.publish()
    while ended.code == 4:  # a contact point that a policy names cannot be deleted before the policy lets it go
        before, ended = ended, stage.publish()
        assert before.said != ended.said, ended.said
    assert ended.code == 0, ended.said
    assert origins(stage) == {"api" if second == "api" else ""}
    stage.is_settled()


def locks(stage):
    state = stage.grafana.state
    return {
        name: LOCK.items() <= one.annotations.items() for name, one in {**state.dashboards, **state.folders}.items()
    }


def test_a_lock_is_set_taken_off_and_set_again(stage):
    for lock in ("true", "false", "true"):
        stage.toml(f"lock = {lock}")
        stage.published()
        assert set(locks(stage).values()) == {lock == "true"}


def test_an_update_of_what_is_locked_keeps_the_lock(stage):
    stage.toml("lock = true")
    stage.published()
    stage.put(dashboard("queues"), board("df-queues", "Queues of today"))
    stage.put(RULES, {"groups": [group("hosts", rule("df-host-down"))]})
    stage.published(prune=True)
    assert all(locks(stage).values())


def test_before_13_there_are_no_inhibition_rules_and_nothing_is_said_of_them(staged, quick):
    with Double(version="12.4.0", password=PASSWORD) as grafana:
        stage = staged(grafana)
        ended = stage.published()
        assert not any(kind == "inhibition" for _, kind, _ in ended.steps)
        assert any("/apis/dashboard.grafana.app" in entry.path for entry in grafana.log)
