"""An edit that somebody carried into Python, and committed, is in the build: the next change is no conflict."""

import subprocess

import pytest

from tests.publish.small import board, dashboard


def git(place, *arguments):
    command = ["git", "-C", str(place.root), "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def committed(stage, title):
    """The author's text of the dashboard, compiled and committed."""
    stage.place.put(dashboard("queues"), board("df-queues", title))
    stage.place.seal()
    git(stage.place, "add", "-A")
    git(stage.place, "commit", "-qm", title)


@pytest.fixture
def edited(stage):
    """A dashboard that was published from a commit, and edited by a person."""
    git(stage.place, "init", "-q")
    committed(stage, "Queues")
    assert stage.publish().code == 0
    stage.grafana.person.edits_dashboard("df-queues", lambda spec: spec.update(title="By hand"))
    return stage


def test_what_is_in_the_build_now_is_not_sent(edited):
    committed(edited, "By hand")
    ended = edited.publish()
    assert ended.code == 0 and not ended.steps


def test_the_next_change_after_it_is_no_conflict(edited):
    committed(edited, "By hand")
    committed(edited, "By hand, and on")
    ended = edited.publish()
    assert ended.code == 0, ended.said
    assert edited.publish().steps == []


def test_what_nobody_carried_over_stays_a_conflict(edited):
    committed(edited, "Otherwise")
    assert edited.publish().code == 5


def test_an_older_text_that_a_person_brought_back_stays_a_conflict(stage):
    git(stage.place, "init", "-q")
    committed(stage, "First")
    committed(stage, "Second")
    assert stage.publish().code == 0
    stage.grafana.person.edits_dashboard("df-queues", lambda spec: spec.update(title="First"))
    committed(stage, "Third")
    assert stage.publish().code == 5


def test_it_is_no_drift_either(edited):
    assert edited.drift().steps == [("edited", "dashboard", "df-queues")]
    committed(edited, "By hand")
    assert (edited.drift().code, edited.drift().steps) == (0, [])
