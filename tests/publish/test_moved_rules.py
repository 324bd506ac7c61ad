"""A rule that goes from one group to another, and somebody who edits it meanwhile."""

import pytest

from tests.double.faults import First, on
from tests.publish.small import RULES, group, rule

MOVED = {"groups": [group("hosts", rule("df-host-down")), group("queues", rule("df-queue"), rule("df-disk-full"))]}
ORPHANED = {"groups": [group("queues", rule("df-queue"), rule("df-disk-full"))]}
RULER = on("GET", "/api/ruler/")


@pytest.fixture
def open_to_people(stage):
    stage.toml('provenance = "none"')
    assert stage.publish().code == 0
    return stage


def edit(grafana):
    grafana.person.edits_rule("df-disk-full", {"labels": {"by": "hand"}})


def labels(stage):
    return stage.grafana.state.rules()["df-disk-full"][1].get("labels")


@pytest.mark.parametrize("built", [MOVED, ORPHANED])
def test_an_edit_before_the_plan_keeps_a_rule_where_it_is_though_the_rest_is_published(open_to_people, built):
    edit(open_to_people.grafana)
    open_to_people.put(RULES, built)
    assert open_to_people.publish(skip=True).code == 4
    assert labels(open_to_people) == {"by": "hand"}


@pytest.mark.parametrize("built", [MOVED, ORPHANED])
def test_an_edit_after_the_plan_is_kept_as_well(open_to_people, built):
    open_to_people.put(RULES, built)
    seen = iter(range(100))
    second = First(lambda grafana: edit(grafana) if next(seen) == 1 else None)
    open_to_people.grafana.faults.add(second, RULER)
    assert open_to_people.publish().code == 4
    assert labels(open_to_people) == {"by": "hand"}


def test_a_group_that_is_not_in_the_build_and_lends_a_rule_was_edited_by_nobody(open_to_people):
    open_to_people.put(RULES, ORPHANED)
    assert open_to_people.publish().code == 0
    open_to_people.put(RULES, {"groups": [group("hosts", rule("df-host-down", title="Other")), *ORPHANED["groups"]]})
    assert open_to_people.publish().code == 0
