"""Several Grafanas at once: each is published to and told for itself; the worst speaks for all."""

import re

import pytest

from tests.double import Double
from tests.double.faults import Slow, on
from tests.publish.small import MANY, PASSWORD, board, dashboard


@pytest.fixture
def fleet(stage):
    """Three targets: the stage's own, a second one, and one where nothing listens."""
    with Double(password=PASSWORD) as second:
        urls = {"prod": stage.grafana.url, "stage": second.url, "gone": "http://127.0.0.1:9"}
        stage.place.write("grafanas.toml", "\n".join(f'[{name}]\nurl = "{url}"' for name, url in urls.items()))
        stage.environ.pop("GRAFANA_URL")
        for name in urls:
            stage.environ[f"GRAFANA_USER_{name.upper()}"] = "admin"
            stage.environ[f"GRAFANA_PASSWORD_{name.upper()}"] = PASSWORD
        yield stage, second


def codes(ended):
    return {one["target"]: one["exit"] for one in ended.report["targets"]}


def test_one_that_is_bad_stops_no_other(fleet):
    stage, second = fleet
    ended = stage.run("publish", every=True)
    assert (ended.code, codes(ended)) == (3, {"prod": 0, "stage": 0, "gone": 3})
    assert len(stage.grafana.state.dashboards) == len(second.state.dashboards) == 3
    assert "nothing listens" in ended.report["targets"][2]["sentence"]
    again = stage.run("publish", targets=("prod", "stage"))
    assert again.code == 0 and all(one["counts"]["create"] == 0 for one in again.report["targets"])


def test_only_those_that_are_named_are_published_to(fleet):
    stage, second = fleet
    assert stage.run("publish", targets=("stage",)).code == 0
    assert stage.grafana.log == [] and len(second.state.dashboards) == 3


def test_each_has_its_own_conflicts(fleet):
    stage, second = fleet
    stage.run("publish", every=True)
    second.person.edits_dashboard("df-queues", {"title": "Hers"})
    stage.put(dashboard("queues"), board("df-queues", "Queues of today"))
    ended = stage.run("publish", targets=("prod", "stage"))
    assert (ended.code, codes(ended)) == (5, {"prod": 0, "stage": 5})
    assert stage.grafana.state.dashboards["df-queues"].title == "Queues of today"
    assert second.state.dashboards["df-queues"].title == "Hers"


def test_people_read_a_line_for_each(fleet):
    stage, _ = fleet
    ended = stage.run("publish", every=True, json=False)
    lines = ended.out.splitlines()[-3:]
    assert [line.split()[0] for line in lines] == ["prod", "stage", "gone"]
    assert "ok" in lines[0] and "preflight" in lines[2]


def test_each_run_is_kept_apart_and_goes_back_alone(fleet):
    stage, second = fleet
    ended = stage.run("publish", targets=("prod", "stage"))
    runs = {one["target"]: one["run"] for one in ended.report["targets"]}
    assert len(set(runs.values())) == 2
    assert stage.run("rollback", run=runs["stage"]).code == 0
    assert len(stage.grafana.state.dashboards) == 3 and second.state.dashboards == {}


def test_a_run_goes_back_only_where_it_went(fleet):
    stage, _ = fleet
    ended = stage.run("publish", targets=("prod",))
    (one,) = ended.report["targets"]
    wrong = stage.run("rollback", run=one["run"], targets=("stage",))
    assert wrong.code == 2 and "went to prod" in wrong.report["targets"][0]["sentence"]


def test_names_and_all_of_them_at_once_is_a_mistake(fleet):
    stage, _ = fleet
    assert "not both" in stage.refused(2, targets=("prod",), every=True)


def test_a_plan_of_all_only_reads(fleet):
    stage, second = fleet
    ended = stage.plan(every=True)
    assert codes(ended) == {"prod": 0, "stage": 0, "gone": 3}
    assert all(one["counts"]["create"] == MANY for one in ended.report["targets"][:2])
    second.only_reads()


@pytest.mark.parametrize("command", ["plan", "publish", "drift"])
def test_one_without_a_login_stops_no_other(fleet, command):
    stage, second = fleet
    stage.environ.pop("GRAFANA_PASSWORD_STAGE")
    ended = stage.run(command, every=True)
    assert (ended.code, codes(ended)) == (2, {"prod": 0, "stage": 2, "gone": 3})
    assert len(stage.grafana.state.dashboards) == (3 if command == "publish" else 0) and second.log == []
    sentence = ended.report["targets"][1]["sentence"]
    assert sentence.startswith("stage: GRAFANA_USER_STAGE is set and GRAFANA_PASSWORD_STAGE is not; set both")
    told = stage.run(command, every=True, json=False).out.splitlines()
    assert told[-2].split()[0] == "stage" and "usage" in told[-2] and "GRAFANA_PASSWORD_STAGE" in told[-2]


def test_each_is_told_with_its_own_time(fleet):
    stage, second = fleet
    second.faults.add(Slow(1.5), on("GET", "/api/org$"), times=1)
    ended = stage.run("publish", targets=("prod", "stage"), json=False)
    took = [float(text) for text in re.findall(r"^run .*, ([0-9.]+) s$", ended.out, re.MULTILINE)]
    assert len(took) == 2 and took[1] - took[0] > 0.3, ended.out
