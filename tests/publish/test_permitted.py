"""What the login may do is asked before the first write: what suffices passes, what is missing is named."""

import json

import pytest

from tests.double.access import ADMIN, permissions
from tests.double.faults import Say, nth, on
from tests.publish.small import OVERVIEW, RULES, SOURCES, group, rule


def as_role(stage, role):
    """The same stage, with the token of a service account of that role."""
    for name in ("GRAFANA_USER", "GRAFANA_PASSWORD"):
        stage.environ.pop(name)
    stage.environ["GRAFANA_TOKEN"] = next(token for token, has in stage.grafana.tokens.items() if has == role)
    return stage


def test_an_editor_publishes_changes_and_prunes_everything_but_data_sources(stage):
    stage.put(SOURCES, None)
    editor = as_role(stage, "Editor")
    assert editor.published().code == 0
    editor.put(RULES, {"groups": [group("hosts", rule("df-host-down", "Another title"))]})
    editor.put("alerts/slack.yml", None)
    editor.put("grafana/provisioning/alerting/policies.yml", None)
    assert editor.publish(prune=True).code == 0


def test_an_editor_is_told_what_creating_a_data_source_needs(stage):
    sentence = as_role(stage, "Editor").refused(3)
    assert "the login lacks permissions: datasources:create (for data source); see" in sentence, sentence


def test_a_viewer_is_told_each_permission_that_is_missing(stage):
    sentence = as_role(stage, "Viewer").refused(3)
    for named in ("folders:create (for folder)", "dashboards:create (for dashboard)",
                  "alert.rules:create and alert.provisioning.provenance:write (for",
                  "alert.notifications.receivers:create and alert.provisioning.provenance:write (for"):  # fmt: skip
        assert named in sentence, sentence


def test_a_plan_says_what_publishing_it_would_lack(stage):
    viewer = as_role(stage, "Viewer")
    for said in (viewer.plan(), viewer.plan(check=True)):
        assert said.code in (0, 10)
        (note,) = said.target["notes"]
        assert note.startswith("publishing this is refused: the login lacks permissions: folders:create (for folder); ")
    assert "note: publishing this is refused: " in viewer.plan(json=False).out


def test_a_plan_that_has_all_permissions_or_nothing_to_write_says_nothing(published):
    published.put(RULES, {"groups": [group("hosts", rule("df-host-down", "Another title"))]})
    assert published.plan().target["notes"] == []
    published.publish()
    assert as_role(published, "Viewer").plan().target["notes"] == []


def test_a_rollback_that_is_only_shown_says_it_too(published):
    published.put(RULES, {"groups": [group("hosts", rule("df-host-down", "Another title"))]})
    run = published.publish().target["run"]
    ended = as_role(published, "Viewer").run("rollback", run=run, dry=True)
    assert ended.code == 0 and "alert.rules:" in " ".join(ended.target["notes"])


def may_all_but(stage, action):
    """What the login may, without one of them."""
    left = {one: scopes for one, scopes in permissions(ADMIN).items() if one != action}
    stage.grafana.faults.add(Say(200, json.dumps(left).encode()), on("GET", "/user/permissions"))


@pytest.mark.parametrize(
    ("who", "action"),
    [("team:sre", "teams:read"), ("user:admin", "org.users:read"), ("user:sa-1-ci", "serviceaccounts:read")],
)
def test_looking_up_whom_permissions_name_needs_its_own(stage, who, action):
    stage.grafana.state.teams = [{"id": 1, "uid": "t1", "orgId": 1, "name": "sre"}]
    stage.grafana.state.accounts = [{"id": 9, "name": "ci", "login": "sa-1-ci"}]
    stage.toml(f'[prod.permissions.{OVERVIEW}]\n"{who}" = "edit"')
    may_all_but(stage, action)
    assert f"the login lacks permissions: {action} (for permissions)" in stage.refused(3)
    stage.grafana.faults.clear()
    may_all_but(stage, "nothing")
    assert stage.publish().code == 0


def test_deleting_a_data_source_when_going_back_needs_its_own(stage):
    run = stage.publish().target["run"]
    may_all_but(stage, "datasources:delete")
    assert "datasources:delete (for data source)" in stage.refused(3, "rollback", run=run)


def test_a_plan_does_not_need_to_know(stage):
    again = nth(2, of=on("GET", "/user/permissions"))
    stage.grafana.faults.add(Say(400, b'{"message":"no"}'), again)
    assert (stage.plan().code, stage.plan().target["notes"]) == (0, [])


def test_permissions_are_looked_up_again_before_anything_is_read(published):
    """Grafana keeps them for a minute, in which an editor does not see the rules of a folder that was just made."""
    before = len(published.grafana.log)
    published.plan()
    paths = [entry.path for entry in published.grafana.log[before:]]
    (reloaded,) = [number for number, path in enumerate(paths) if path.endswith("user/permissions?reloadcache=true")]
    assert reloaded < next(number for number, path in enumerate(paths) if "/api/ruler/" in path)
