"""A Grafana that is provisioned from files: found before anything is written."""

import pytest

from tests.double import Double
from tests.publish.small import PASSWORD, board, dashboard, point

FILES = "this Grafana is provisioned from files; start it with PROVISION=datasources to publish to it"


@pytest.fixture
def provisioned(staged, quick):
    """A Grafana that loaded a dashboard, rules and all of alerting from files under names that the build has too."""
    with Double(provisioned=True, password=PASSWORD) as grafana:
        yield staged(grafana)


@pytest.mark.parametrize("command", ["plan", "publish", "drift"])
def test_it_is_refused_with_what_to_do(provisioned, command):
    provisioned.put(dashboard("overview"), board("df-overview", "System Overview"))
    sentence = provisioned.refused(3, command)
    assert FILES in sentence


LEFT = "folders or alerting came from files, and stay theirs in its database when they are gone; begin with an empty"


def test_alerting_that_files_left_behind_is_told_as_that(provisioned):
    """PROVISION=datasources on a database of PROVISION=all: nothing is gained by starting it so once more."""
    uid = next(iter(provisioned.grafana.state.contact_points))
    provisioned.grafana.state.dashboards.clear()
    provisioned.grafana.state.groups.clear()
    provisioned.put("alerts/slack.yml", point(uid.replace("df", "dataflux"), "slack", recipient="#x"))
    assert LEFT in provisioned.refused(3)


def test_folders_that_files_left_behind_are_told_as_that(stage):
    stage.published()
    stage.grafana.state.dashboards.clear()
    managed = {"grafana.app/managedBy": "classic-file-provisioning", "grafana.app/managerId": "dataflux-storage"}
    stage.grafana.person.annotates("folders", next(iter(stage.grafana.state.folders)), annotations=managed)
    assert LEFT in stage.refused(3)


def test_no_adopting_and_no_overwriting_gets_round_it(provisioned):
    everything = [*provisioned.grafana.state.dashboards, *provisioned.grafana.state.contact_points, "policies"]
    assert FILES in provisioned.refused(3, adopt=everything, overwrite=everything)


def test_data_sources_alone_may_come_from_files(stage):
    """PROVISION=datasources: a data source that a file made is used as it is."""
    source = {"uid": "prometheus", "id": 1, "type": "prometheus", "name": "Prometheus", "isDefault": True,
              "access": "proxy", "jsonData": {}, "readOnly": True}  # fmt: skip
    stage.grafana.state.datasources["prometheus"] = source
    ended = stage.published()
    assert not any(kind == "data source" for _, kind, _ in ended.steps)
