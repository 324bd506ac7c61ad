"""Two publishes at once, an older checkout, and this project's own build."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kit.publish.resource import COMMIT
from tests.double import Double
from tests.double.faults import on
from tests.publish.conftest import Place
from tests.publish.small import PASSWORD, SECRETS, Stage, board, dashboard, point
from tests.publish.test_commits import commit, git


@pytest.mark.parametrize("first", [True, False], ids=["to an empty one", "a change"])
def test_two_publishes_at_once_lose_nothing_and_a_third_has_nothing_to_do(stage, first):
    if not first:
        stage.published()
        stage.put(dashboard("queues"), board("df-queues", "Queues of today"))
        stage.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#y", url="$SLACK_WEBHOOK_URL"))
    stage.grafana.latency = (0.002, 0.02)
    programs = [stage.start("publish", "--json") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(stage.finished, programs))
    assert all(one.code in (0, 4) and "Traceback" not in one.said for one in ended), [one.said for one in ended]
    for one in ended:
        assert all(outcome == "written" or sentence for outcome, sentence in one.results.values())
    stage.grafana.latency = (0, 0)
    if any(one.code == 4 for one in ended):
        assert stage.publish().code == 0
    stage.is_settled()


TAKEN = {  # what creates it, where it is kept, its key, and what somebody else may have put there
    "mute timing": ("/mute-timings$", "mute_timings", "dataflux-maintenance",
                    lambda one: {**one, "time_intervals": [{"weekdays": ["monday"]}], "version": "other"}),
    "inhibition": ("/inhibitionrules$", "inhibition_rules", "dataflux-1",
                   lambda one: {**one, "spec": {**one["spec"], "equal": ["cluster"]}}),
}  # fmt: skip


class Sooner:
    """Another publish creates it a moment sooner, as it is or changed; the name is taken, says Grafana with 400."""

    def __init__(self, place, key, change):
        self.place, self.key, self.change = place, key, change

    def play(self, grafana, request, handle):
        said = handle()
        held = getattr(grafana.state, self.place)
        held[self.key] = self.change(held[self.key])
        return handle() if said.status < 300 else said


@pytest.mark.parametrize("kind", TAKEN)
def test_a_name_that_another_publish_took_for_the_same_is_no_failure(stage, kind):
    path, place, key, _ = TAKEN[kind]
    stage.grafana.faults.add(Sooner(place, key, lambda one: one), on("POST", path), times=1)
    ended = stage.publish()
    assert (ended.code, ended.ended[key] in ("there", "written")) == (0, True), ended.said
    stage.is_settled()


@pytest.mark.parametrize("kind", TAKEN)
def test_a_name_that_is_taken_for_something_else_has_changed(stage, kind):
    path, place, key, change = TAKEN[kind]
    stage.grafana.faults.add(Sooner(place, key, change), on("POST", path), times=1)
    ended = stage.publish()
    outcome, sentence = ended.results[key]
    assert (ended.code, outcome) == (4, "failed")
    assert "changed in Grafana since it was read; plan again" in sentence


@pytest.fixture
def repository(stage):
    """The project in git, published from its second commit."""
    root = stage.place.root
    git(root, "init", "-qb", "main")
    commit(root, "notes", "one")
    stage.published()
    stage.put(dashboard("queues"), board("df-queues", "Queues of today"))
    commit(root, "notes", "two")
    stage.published()
    return stage


def test_the_commit_goes_along(repository):
    head = git(repository.place.root, "rev-parse", "HEAD")
    assert repository.grafana.state.dashboards["df-queues"].annotations["grafana.app/message"] == head


def test_an_edit_is_compared_with_the_text_of_that_commit(repository):
    repository.grafana.person.edits_dashboard("df-queues", lambda spec: spec["panels"][0].update(title="Hers"))
    (step,) = repository.drift().target["steps"]
    assert step["detail"].endswith("1 panel")
    ended = repository.run("pull", uid="df-queues", json=False)
    assert ended.code == 0 and "compared with commit" in ended.out and "Hers" in ended.out


def test_a_branch_that_does_not_have_the_last_publish_is_refused(repository):
    root = repository.place.root
    git(root, "checkout", "-qb", "side", "HEAD~1")
    repository.place.seal()
    commit(root, "other", "x")
    sentence = repository.refused(5)
    assert "was published last, and is not part of" in sentence and "merge it" in sentence


def test_a_clone_that_does_not_know_the_commit_is_refused(repository):
    repository.grafana.person.annotates("dashboards", "df-queues", annotations={COMMIT: "0" * 40})
    repository.put(dashboard("queues"), board("df-queues", "Queues of tomorrow"))
    commit(repository.place.root, "notes", "three")
    assert "cannot be told from this clone: run git fetch" in repository.refused(5)
    assert repository.publish(allow_older=True).code == 0


def test_this_projects_own_build_is_published_and_then_there_is_nothing_to_do(made, tmp_path, quick):
    with Double(password=PASSWORD) as grafana:
        login = {"GRAFANA_URL": grafana.url, "GRAFANA_USER": "admin", "GRAFANA_PASSWORD": PASSWORD}
        stage = Stage(Place(made.root), grafana, tmp_path / "history", {**login, **SECRETS})
        run = stage.published().target["run"]
        assert len(grafana.state.dashboards) > 15 and len(grafana.state.rules()) > 30
        assert stage.run("rollback", run=run).code == 0
        assert grafana.state.dashboards == {} == grafana.state.groups
