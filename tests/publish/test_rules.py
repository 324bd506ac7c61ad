"""Alert rule groups: the files' dialect, the ruler's, the body of a PUT; and groups that change over a Grafana."""

import pytest

from kit.publish.kinds import rules
from tests.publish.small import ALERTS, RULES, group, rule

ONE = rule("df-one")


def groups(*many):
    return {"groups": list(many)}


def held(stage):
    """Group → uids of its rules, in their order, as Grafana holds them."""
    return {name: [one["uid"] for one in kept.rules] for (_, name), kept in stage.grafana.state.groups.items()}


# --- pure


def body(given, provenance="api"):
    return rules.content(60, [given], provenance)["rules"][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"for": "60s"}, {"for": "1m"}),
        ({"for": "24h"}, {"for": "1d"}),
        ({"for": "7d"}, {"for": "1w"}),
        ({"for": None}, {"for": "0s"}),
        ({"keepFiringFor": "90s"}, {"keepFiringFor": "1m30s"}),
        ({}, {"keepFiringFor": "0s"}),
        ({}, {"labels": None, "annotations": {}, "record": None, "notification_settings": None}),
        ({}, {"id": 5, "updated": "2026-11-24T00:00:00Z"}),
        ({"isPaused": False}, {"isPaused": None}),
    ],
)
def test_what_means_the_same_is_the_same(one, other):
    bare = {key: value for key, value in ONE.items() if key not in one and key not in other and key != "isPaused"}
    assert body({**bare, **one}) == body({**bare, **other})


@pytest.mark.parametrize(
    "change",
    [
        {"for": "2m"},
        {"keepFiringFor": "1m"},
        {"title": "x"},
        {"isPaused": True},
        {"labels": {}},
        {"annotations": {"summary": "x"}},
        {"noDataState": "NoData"},
        {"execErrState": "Error"},
        {"condition": "B"},
        {"data": []},
        {"notification_settings": {"receiver": "dataflux-slack"}},
        {"missingSeriesEvalsToResolve": 3},
        {"record": {"metric": "m", "from": "A"}},
    ],
)
def test_what_differs_is_told_apart(change):
    assert body({**ONE, **change}) != body(ONE)


def test_interval_and_provenance_are_part_of_a_group():
    assert rules.content(60, [ONE], "api") != rules.content(30, [ONE], "api") != rules.content(30, [ONE], "")


# --- over a Grafana: what is sent is what is read back, whatever a rule uses

FULL = {
    "durations": {"for": "90s"},
    "a day": {"for": "24h"},
    "a week": {"for": "7d"},
    "no wait": {"for": None},
    "keeps firing": {"keepFiringFor": "5m"},
    "missing series": {"missing_series_evals_to_resolve": 4},
    "missing series of the api": {"missingSeriesEvalsToResolve": 4},
    "paused": {"isPaused": True},
    "annotated": {"annotations": {"summary": "Ä {{ $labels.a }} \"'", "__dashboardUid__": "d", "__panelId__": "1"}},
    "no labels": {"labels": {}},
    "notified": {"notification_settings": {"receiver": "dataflux-slack", "group_by": ["alertname"],
                                           "group_wait": "90s", "repeat_interval": "24h", "mute_time_intervals": []}},
}  # fmt: skip


@pytest.mark.parametrize("change", FULL.values(), ids=FULL)
def test_a_rule_is_read_back_as_it_was_sent(stage, change):
    more = {key: value for key, value in change.items() if value is not None}
    given = {**{key: value for key, value in ONE.items() if key not in change}, **more}
    stage.put(RULES, groups(group("g", given)))
    stage.published()
    assert held(stage) == {"g": ["df-one"]}


def test_a_recording_rule_is_read_back_as_it_was_sent(stage):
    kept = {key: ONE[key] for key in ("uid", "title", "data", "labels")}
    record = {"metric": "dataflux:depth", "from": "A", "targetDatasourceUid": "prometheus"}
    stage.put(RULES, groups(group("g", {**kept, "record": record})))
    stage.published()
    _, one = stage.grafana.state.rules()["df-one"]
    assert one["record"] == {"metric": "dataflux:depth", "from": "A", "target_datasource_uid": "prometheus"}


def test_the_values_arrive(stage):
    stage.put(
        RULES,
        groups(
            group(
                "g", {**ONE, "for": "90s", "keepFiringFor": "5m", "missing_series_evals_to_resolve": 4}, interval="90s"
            )
        ),
    )
    stage.published()
    kept = stage.grafana.state.groups[ALERTS, "g"]
    (one,) = kept.rules
    assert (kept.interval, one["for"], one["keep_firing_for"]) == (90, "1m30s", "5m")
    assert one["missingSeriesEvalsToResolve"] == 4
    assert (one["provenance"], one["folderUID"], one["ruleGroup"]) == ("api", ALERTS, "g")


@pytest.mark.parametrize("name", ["a/b", "ä b", "#?%", "x.y", "..x"])
def test_a_group_of_any_name_is_published_and_pruned(stage, name):
    stage.put(RULES, groups(group(name, ONE), group("other", rule("df-two"))))
    stage.published()
    assert set(held(stage)) == {name, "other"}
    stage.put(RULES, groups(group("other", rule("df-two"))))
    assert stage.published(prune=True).steps == [("delete", "rules", f"{ALERTS}/{name}")]
    assert set(held(stage)) == {"other"}


def test_the_order_of_rules_is_kept_and_another_one_is_a_change(published):
    published.put(
        RULES, groups(group("hosts", rule("df-disk-full"), rule("df-host-down")), group("queues", rule("df-queue")))
    )
    ended = published.published()
    assert ended.steps == [("update", "rules", f"{ALERTS}/hosts")]
    assert held(published)["hosts"] == ["df-disk-full", "df-host-down"]


def test_an_unchanged_group_is_not_sent_for_that_would_raise_its_versions(published):
    before = {uid: one["version"] for uid, (_, one) in published.grafana.state.rules().items()}
    published.put(RULES, groups(group("hosts", rule("df-host-down"), rule("df-disk-full", "changed")),
                                group("queues", rule("df-queue"))))  # fmt: skip
    published.published()
    after = {uid: one["version"] for uid, (_, one) in published.grafana.state.rules().items()}
    assert after["df-queue"] == before["df-queue"] and after["df-disk-full"] == before["df-disk-full"] + 1


def test_a_rule_that_is_left_out_goes(published):
    published.put(RULES, groups(group("hosts", rule("df-host-down")), group("queues", rule("df-queue"))))
    published.published()
    assert held(published) == {"hosts": ["df-host-down"], "queues": ["df-queue"]}


@pytest.mark.parametrize(
    "moved",
    [
        [group("hosts", rule("df-host-down")), group("queues", rule("df-queue"), rule("df-disk-full"))],
        [group("queues", rule("df-disk-full"), rule("df-queue")), group("hosts", rule("df-host-down"))],
        [group("hosts", rule("df-queue")), group("queues", rule("df-host-down"), rule("df-disk-full"))],
        [group("hosts", rule("df-queue"), rule("df-host-down")), group("new", rule("df-disk-full")),
         group("queues", rule("df-last"))],
    ],
    ids=["to-the-next", "to-the-next-first", "swapped", "to-a-new-one"],
)  # fmt: skip
def test_rules_that_move_between_groups_are_there_once(published, moved):
    published.put(RULES, groups(*moved))
    published.published()
    assert held(published) == {one["name"]: [each["uid"] for each in one["rules"]] for one in moved}


def test_a_group_that_gets_another_name_leaves_nothing_behind(published):
    published.put(
        RULES, groups(group("machines", rule("df-host-down"), rule("df-disk-full")), group("queues", rule("df-queue")))
    )
    published.published()
    assert set(held(published)) == {"machines", "queues"}


def test_a_group_that_goes_to_another_folder_leaves_nothing_behind(published):
    published.put(RULES, groups(group("hosts", rule("df-host-down"), rule("df-disk-full"), folder="System Overview"),
                                group("queues", rule("df-queue"))))  # fmt: skip
    published.published(prune=True)
    assert set(published.grafana.state.groups) == {
        ("dataflux-system-overview", "hosts"), (ALERTS, "queues"),
    }  # fmt: skip


def test_a_group_that_is_not_in_the_build_is_kept_until_pruning_is_asked_for(published):
    published.put(RULES, groups(group("queues", rule("df-queue"))))
    assert published.published().steps == [("orphan", "rules", f"{ALERTS}/hosts")]
    assert set(held(published)) == {"hosts", "queues"}
    published.published(prune=True)
    assert set(held(published)) == {"queues"}


def test_an_edit_of_a_rule_stops_and_is_told(published):
    published.grafana.person.edits_rule("df-queue", {"for": "9m"})
    assert "dataflux-alerts/queues" in published.refused(5)
    ended = published.drift()
    assert (ended.code, ended.steps) == (5, [("edited", "rules", f"{ALERTS}/queues")])
    published.run("publish", overwrite=[f"{ALERTS}/queues"])
    assert published.grafana.state.rules()["df-queue"][1]["for"] == "1m"
    published.is_settled()


def test_an_edit_of_a_groups_interval_is_found(published):
    published.grafana.person.edits_group(ALERTS, "queues", interval=300)
    assert published.drift().code == 5


def test_an_edited_group_is_not_pruned(published):
    published.grafana.person.edits_rule("df-host-down", {"for": "9m"})
    published.put(RULES, groups(group("queues", rule("df-queue"))))
    ended = published.publish(prune=True)
    assert ended.code == 0 and "hosts" in held(published)


def test_a_group_with_a_rule_of_a_person_beside_ours_is_no_group_of_the_build(published):
    published.grafana.person.creates_group(ALERTS, "hers", [rule("hers")])
    ended = published.publish(prune=True)
    assert ended.code == 0 and "hers" in held(published)


def test_the_plan_says_which_alerts_start_again(published):
    published.put(RULES, groups(group("hosts", rule("df-host-down", **{"for": "5m"}), rule("df-disk-full")),
                                group("queues", rule("df-queue"))))  # fmt: skip
    (step,) = published.plan().target["steps"]
    assert step["detail"] == "1 of 2 rules, 1 alert starts again from Normal"
