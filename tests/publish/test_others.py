"""What other people and other projects have in the same Grafana: it is neither pruned, nor wiped, nor kept as ours."""

import pytest

from tests.double.datasources import normal
from tests.publish.small import ALERTS, POLICIES, RULES, SOURCES, WHOLE, board, dashboard, group, point, rule

ALONE = {"receiver": "dataflux-slack", "group_by": ["alertname"]}


def test_another_projects_alerting_is_listed_and_not_pruned(published):
    """It has the same prefix and the API's provenance, and its own folder notes it."""
    person = published.grafana.person
    person.creates_folder("dataflux-others")
    person.creates_group("dataflux-others", "theirs", [rule("theirs")], provenance="api")
    theirs = {"uid": "theirs", "name": "dataflux-theirs", "type": "email", "settings": {"addresses": "a@example.org"},
              "disableResolveMessage": False, "provenance": "api"}  # fmt: skip
    published.grafana.state.contact_points["theirs"] = theirs
    ended = published.publish(prune=True, prune_limit=100)
    assert (ended.code, [step for step in ended.steps if step[0] == "delete"]) == (0, []), ended.said
    assert ("orphan", "contact point", "theirs") in ended.steps
    assert "theirs" in published.grafana.state.contact_points
    assert ("dataflux-others", "theirs") in published.grafana.state.groups


def test_other_peoples_labels_and_annotations_outlive_an_update_and_a_rollback(published):
    published.grafana.person.annotates("dashboards", "df-queues", labels={"team": "a"}, annotations={"note": "hers"})
    published.put(dashboard("queues"), board("df-queues", "Queues of today"))
    ended = published.publish()
    assert ended.code == 0, ended.said

    def kept():
        one = published.grafana.state.dashboards["df-queues"]
        return one.labels["team"], one.annotations["note"]

    assert kept() == ("a", "hers")
    assert published.run("rollback", run=ended.target["run"]).code == 0
    assert kept() == ("a", "hers")


@pytest.mark.parametrize("provenance", ["", "api"])
def test_what_was_adopted_is_given_back_by_a_rollback(stage, provenance):
    """With the provenance that it had, and it is as foreign afterwards as before."""
    name = "hers" if provenance else "dataflux-slack"  # what leaves a provenance is made anew under its name
    hers = {"uid": "df-slack", "name": name, "type": "email", "settings": {"addresses": "a@example.org"},
            "disableResolveMessage": False, **({"provenance": "api"} if provenance else {})}  # fmt: skip
    stage.grafana.state.contact_points["df-slack"] = dict(hers)
    stage.grafana.person.creates_dashboard("df-queues", "Hers")
    assert "df-slack" in stage.refused(6)
    ended = stage.publish(adopt=["df-slack", "df-queues"])
    assert ended.code == 0, ended.said
    back = stage.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert stage.grafana.state.contact_points == {"df-slack": hers}
    assert stage.grafana.state.dashboards["df-queues"].spec["title"] == "Hers"
    assert not stage.grafana.state.dashboards["df-queues"].labels
    assert {key for action, _, key in stage.plan().steps if action == "foreign"} == {"df-slack", "df-queues"}


def test_a_rollback_leaves_policies_alone_where_the_target_ignores_them_by_now(published):
    published.toml()
    published.put(POLICIES, {"policies": [{**ALONE, "repeat_interval": "24h"}]})
    run = published.publish().target["run"]
    published.toml('policies = "ignore"')
    back = published.run("rollback", run=run)
    assert (back.code, back.steps) == (0, []), back.said
    assert published.grafana.state.policies["repeat_interval"] == "1d"


def test_groups_of_a_removed_set_are_pruned_by_what_its_folder_notes(published):
    published.put(RULES, {"groups": [group("hosts", rule("df-host-down"), rule("df-disk-full"))]})
    ended = published.publish(prune=True)
    assert ended.steps == [("delete", "rules", f"{ALERTS}/queues")]
    assert (ALERTS, "queues") not in published.grafana.state.groups


# --- data sources


def test_a_login_that_we_do_not_know_of_outlives_an_overwrite(published):
    published.grafana.person.edits_datasource(
        "prometheus", {"basicAuth": True, "basicAuthUser": "hers", "url": "http://hers:9090"}
    )
    assert published.publish(overwrite=["prometheus"]).code == 0
    one = published.grafana.state.datasources["prometheus"]
    assert (one["url"], one["basicAuth"], one["basicAuthUser"]) == ("http://prometheus:9090", True, "hers")


def test_a_data_source_of_the_same_name_is_told_before_anything_is_written(stage):
    one = {**WHOLE[SOURCES]["datasources"][0], "uid": "other"}
    stage.grafana.state.datasources["other"] = normal(stage.grafana, one, "other", 7, 1)
    said = stage.refused(3)
    assert 'prometheus = "other" under data_sources in grafanas.toml' in said


# --- mistakes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[prod.data_sources]\nprometeus = "x"', "has no data source 'prometeus', did you mean 'prometheus'"),
        ('[prod.permissions]\n"Sistem Overview" = {viewer = "view"}', "has no folder 'Sistem Overview'"),
        ('home = "df-nowhere"', "the home dashboard 'df-nowhere' is neither in the build nor there"),
    ],
)
def test_names_in_grafanas_toml_that_are_nowhere(stage, text, told):
    stage.toml(text)
    assert told.partition(",")[0] in stage.refused(3)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"url": "https://x/$SLACK_TOKEN"}, "the setting url of dataflux-slack has a variable within other text"),
        ({"token": "canary"}, "the setting token of dataflux-slack is a secret in plain text"),
    ],
)
def test_a_secret_in_the_build_is_refused_and_not_repeated(stage, settings, told):
    stage.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#x", **settings))
    said = stage.refused(2)
    assert told in said and "canary" not in said.replace("canary-of", "")


def test_what_is_wrong_before_any_target_is_in_the_report_for_machines(stage):
    stage.put("alerts/slack.yml", point("dataflux-slack", "slack", token="plain"))
    ended = stage.run("plan")
    assert (ended.code, ended.report["exit"], ended.report["targets"]) == (2, 2, [])
    assert ended.report["sentence"] == ended.err.strip()
