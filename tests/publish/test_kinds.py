"""Each kind over a Grafana: created, read back, updated, deleted, and brought back by a rollback."""

import pytest
from attrs import frozen

from tests.publish.small import (
    ALERTS,
    BUSINESS,
    MUTED,
    OVERVIEW,
    POLICIES,
    PROVIDERS,
    RULES,
    TEMPLATES,
    WHOLE,
    board,
    dashboard,
    group,
    point,
    provider,
    rule,
)

ONE_TREE = {"receiver": "dataflux-slack", "group_by": ["alertname"]}


@frozen
class Case:
    """A kind: the object `key`, a `change` of the build that updates it, one that takes it away (None: it never goes),
    and what of it the double holds."""

    key: str
    change: dict
    gone: object
    held: object


def template(text):
    return {"templates": [{"name": "dataflux", "template": text}]}


def timing(day):
    return {"muteTimes": [{"name": "dataflux-maintenance", "time_intervals": [{"weekdays": [day]}]}]}


CASES = {
    "dashboard": Case(
        "df-queues",
        {dashboard("queues"): board("df-queues", "Queues of today", "Depth", "Age")},
        {dashboard("queues"): None},
        lambda state: state.dashboards.get("df-queues") and state.dashboards["df-queues"].spec,
    ),
    "rules": Case(
        f"{ALERTS}/queues",
        {RULES: {"groups": [WHOLE[RULES]["groups"][0], group("queues", rule("df-queue", "Other"))]}},
        {RULES: {"groups": [WHOLE[RULES]["groups"][0]]}},
        lambda state: [(one["title"], one["for"]) for kept, one in state.rules().values() if kept.name == "queues"],
    ),
    "template": Case(
        "dataflux",
        {TEMPLATES: template('{{ define "dataflux.title" }}U{{ end }}')},
        {TEMPLATES: {"templates": []}},
        lambda state: state.templates.get("dataflux") and state.templates["dataflux"]["template"],
    ),
    "mute timing": Case(
        "dataflux-maintenance",
        {MUTED: timing("monday")},
        {MUTED: {"muteTimes": []}, POLICIES: {"policies": [ONE_TREE]}},
        lambda state: (
            state.mute_timings.get("dataflux-maintenance")
            and state.mute_timings["dataflux-maintenance"]["time_intervals"]
        ),
    ),
    "contact point": Case(
        "df-slack",
        {"alerts/slack.yml": point("dataflux-slack", "slack", recipient="#y", url="$SLACK_WEBHOOK_URL", title="T")},
        {"alerts/slack.yml": None, POLICIES: {"policies": [{**ONE_TREE, "receiver": "dataflux-webhook"}]}},
        lambda state: state.contact_points.get("df-slack") and state.contact_points["df-slack"]["settings"],
    ),
    "policies": Case(
        "policies",
        {POLICIES: {"policies": [{**ONE_TREE, "repeat_interval": "24h"}]}},
        None,
        lambda state: state.policies,
    ),
    "inhibition": Case(
        "dataflux-1",
        {"alertmanager/alertmanager.yml": {"inhibit_rules": [
            {"source_matchers": ['severity =~ "a|b"'], "target_matchers": ["x != y"], "equal": ["cluster"]}]}},
        {"alertmanager/alertmanager.yml": {"inhibit_rules": []}},
        lambda state: state.inhibition_rules.get("dataflux-1") and state.inhibition_rules["dataflux-1"]["spec"],
    ),
    "folder": Case(
        BUSINESS,
        {PROVIDERS: {"providers": [provider("System Overview", OVERVIEW),
                                   {**provider("Business", BUSINESS), "options": {"path": "/x/Business Metrics"}}]}},
        None,
        lambda state: state.folders[BUSINESS].spec,
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def case(request):
    return request.param, CASES[request.param]


def edit(stage, files):
    for path, told in files.items():
        stage.put(path, told)


def held(stage, case):
    return case.held(stage.grafana.state)


def test_one_is_created(stage, case):
    kind, one = case
    ended = stage.published()
    assert ("create", kind, one.key) in ended.steps and ended.ended[one.key] == "written"
    assert held(stage, one)


def test_one_is_updated_and_brought_back(published, case):
    kind, one = case
    before = held(published, one)
    edit(published, one.change)
    ended = published.published()
    assert ended.steps == [("update", kind, one.key)]
    assert held(published, one) != before
    back = published.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert back.steps == [("update", kind, one.key)]
    assert held(published, one) == before
    again = published.published()
    assert again.steps == [("update", kind, one.key)], "after a rollback a publish goes forward again"


@pytest.mark.parametrize("kind", [kind for kind, one in CASES.items() if one.gone])
def test_one_is_deleted_and_brought_back(published, kind):
    one = CASES[kind]
    before = held(published, one)
    edit(published, one.gone)
    ended = published.published(prune=True)
    assert ("delete", kind, one.key) in ended.steps
    assert not held(published, one)
    back = published.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert held(published, one) == before


def test_what_a_run_created_goes_by_its_rollback(stage):
    run = stage.published().target["run"]
    back = stage.run("rollback", run=run)
    assert back.code == 0, back.said
    state = stage.grafana.state
    assert not state.dashboards and not state.groups and not state.contact_points and not state.inhibition_rules
    assert not state.templates and not state.mute_timings and not state.folders and not state.datasources
    assert state.policies == {"receiver": "empty", "group_by": ["grafana_folder", "alertname"]}
    stage.published()
    assert len(state.dashboards) == 3


EDITS = {
    "dashboard": lambda person: person.edits_dashboard("df-queues", {"title": "Hers"}),
    "folder": lambda person: person.edits_folder(BUSINESS, {"title": "Hers"}),
    "rules": lambda person: person.edits_rule("df-queue", {"for": "9m"}),
    "template": lambda person: person.edits_template("dataflux", '{{ define "dataflux.title" }}H{{ end }}'),
    "mute timing": lambda person: person.edits_mute_timing("dataflux-maintenance", {"time_intervals": []}),
    "contact point": lambda person: person.edits_contact_point(
        "df-slack", lambda one: one["settings"].update(title="H")
    ),
    "policies": lambda person: person.edits_policies({"group_by": ["hers"]}),
    "inhibition": lambda person: person.edits_inhibition_rule("dataflux-1", {"equal": ["hers"]}),
}


def test_an_edit_of_each_is_found_kept_and_overwritten_only_by_name(published, case):
    kind, one = case
    EDITS[kind](published.grafana.person)
    hers = held(published, one)
    assert published.drift().steps == [("edited", kind, one.key)]
    assert one.key in published.refused(5)
    assert published.publish(skip=True).code == 4
    assert held(published, one) == hers
    ended = published.publish(overwrite=[one.key])
    assert (ended.code, ended.steps) == (0, [("update", kind, one.key)])
    assert held(published, one) != hers
    published.is_settled()


def test_an_edit_after_a_run_is_not_lost_by_its_rollback(published, case):
    kind, one = case
    edit(published, one.change)
    run = published.published().target["run"]
    EDITS[kind](published.grafana.person)
    hers = held(published, one)
    assert one.key in published.refused(5, "rollback", run=run)
    assert held(published, one) == hers
    assert published.run("rollback", run=run, overwrite=[one.key]).code == 0
    assert held(published, one) != hers


DELETED = {
    "dashboard": ("dashboards", "df-queues"),
    "rules": ("groups", (ALERTS, "queues")),
    "template": ("templates", "dataflux"),
    "mute timing": ("mute_timings", "dataflux-maintenance"),
    "contact point": ("contact_points", "df-slack"),
    "inhibition": ("inhibition_rules", "dataflux-1"),
}


@pytest.mark.parametrize("kind", DELETED)
def test_what_was_deleted_in_grafana_is_missing_and_is_made_again(published, kind):
    published.grafana.person.deletes(*DELETED[kind])
    ended = published.drift(check=True)
    assert (ended.code, ended.steps) == (10, [("create", kind, CASES[kind].key)])
    assert published.published().steps == [("create", kind, CASES[kind].key)]
