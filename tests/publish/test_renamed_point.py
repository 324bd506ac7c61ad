"""A contact point gets another name: Grafana writes it into the policies, which is nobody's edit."""

import pytest

from tests.double.faults import First, Say, on
from tests.publish.small import POLICIES, WHOLE, point

TREE = WHOLE[POLICIES]["policies"][0]
MORE = {"one name": {}, "more": {"group_by": ["cluster"]}}
PUT = on("PUT", "/policies$")


@pytest.fixture(params=MORE)
def renamed(published, request):
    """df-slack is dataflux-chat by now, and the policies call it so; in one case they change otherwise as well."""
    told = point("dataflux-chat", "slack", recipient="#x", url="$SLACK_WEBHOOK_URL", title="T")
    told["contactPoints"][0]["receivers"][0]["uid"] = "df-slack"
    published.put("alerts/slack.yml", told)
    published.put(POLICIES, {"policies": [{**TREE, "receiver": "dataflux-chat", **MORE[request.param]}]})
    return published


def test_it_is_renamed_with_its_policies_in_one_publish_and_back(renamed):
    ended = renamed.published()
    assert ended.ended == {"df-slack": "written", "policies": "written"}
    assert renamed.grafana.state.policies["receiver"] == "dataflux-chat"
    back = renamed.run("rollback", run=ended.target["run"])
    assert back.code == 0, back.said
    assert renamed.grafana.state.policies["receiver"] == "dataflux-slack"


def test_where_the_policies_could_not_follow_a_later_run_finishes_and_blames_nobody(renamed):
    renamed.grafana.faults.add(Say(400, b'{"message":"made up"}'), PUT)
    ended = renamed.publish()
    assert ended.ended["df-slack"] == "written"
    assert renamed.drift().steps == []
    renamed.grafana.faults.clear()
    renamed.published()


def test_an_edit_of_the_policies_meanwhile_is_not_lost(renamed):
    hers = First(lambda grafana: grafana.person.edits_policies({"group_wait": "7m"}))
    renamed.grafana.faults.add(hers, on("PUT", "/contact-points/df-slack"), times=1)
    ended = renamed.publish()
    assert ended.code == 4 and ended.ended["policies"] == "failed", ended.said
    assert renamed.grafana.state.policies["group_wait"] == "7m"
    assert renamed.plan().steps == [("edited", "policies", "policies")]


def test_it_becomes_of_another_type_under_one_uid(published):
    told = point("dataflux-slack", "email", addresses="a@example.org")
    published.put("alerts/slack.yml", told)
    ended = published.published()
    assert ended.ended == {"df-slack": "written"}
    assert published.run("rollback", run=ended.target["run"]).code == 0
    assert published.grafana.state.contact_points["df-slack"]["type"] == "slack"
