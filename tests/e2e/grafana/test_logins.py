"""Tokens of little right: the permission that is missing is named, and nothing is written."""

import pytest

NOT_OURS = "made-up-token"


def test_a_viewer_may_plan_and_not_publish(project, grafana, tokens):
    viewer = project.as_(tokens("Viewer"))
    assert viewer.run("plan").code == 0
    before = grafana.state()
    ran = viewer.run("publish")
    assert ran.code == 3
    for permission in (
        "folders:create",
        "dashboards:create",
        "datasources:create",
        "alert.rules",
        "alert.notifications",
    ):
        assert permission in ran.sentence
    assert grafana.state() == before


def test_an_editor_lacks_only_the_data_sources(project, grafana, tokens):
    editor = project.as_(tokens("Editor"))
    before = grafana.state()
    ran = editor.run("publish")
    assert ran.code == 3 and "datasources:create" in ran.sentence
    assert "dashboards:create" not in ran.sentence and "alert." not in ran.sentence
    assert grafana.state() == before


def test_an_editor_publishes_where_the_data_sources_are(published, grafana, tokens):
    published.change("e2e-queues", description="An editor's.").release()
    editor = published.as_(tokens("Editor"))
    editor.publish()
    assert grafana.board("e2e-queues")["spec"]["description"] == "An editor's."
    assert editor.plans_nothing()


def permissions(grafana):
    """Who may what; Grafana lists them in no order."""
    listed = grafana.get("/api/folders/e2e-infrastructure/permissions")
    return sorted((str(one.get("role")), one["userLogin"], one["team"], one["permission"]) for one in listed)


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_permissions_of_folders_need_an_admin(published, grafana, tokens, role):
    target = published.target(permissions={"E2E Infrastructure": {"viewer": "edit"}})
    before = permissions(grafana)
    ran = target.as_(tokens(role)).run("publish")
    assert ran.code == 3 and "folders.permissions" in ran.sentence
    assert permissions(grafana) == before


def test_a_wrong_token_is_said_and_never_shown(project, grafana):
    before = grafana.state()
    ran = project.as_(NOT_OURS).run("publish")
    assert ran.code == 3 and NOT_OURS not in ran.sentence + str(ran.told)
    assert grafana.state() == before
