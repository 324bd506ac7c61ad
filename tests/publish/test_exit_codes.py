"""Every row of the table of exit codes, for plan, drift and publish: kit/publish/exits.py."""

import pytest

from kit.publish import preflight, runs
from tests.double import Double
from tests.double.faults import Lose, Say, on
from tests.publish.small import MANY, PASSWORD, dashboard
from tests.publish.test_commits import commit, git

READING = ("plan", "drift")
ALL = (*READING, "publish")


def changed(stage, *names):
    """Dashboards of the build get another title."""
    for name in names or ("queues",):
        path = dashboard(name, "Business Metrics" if name == "storage" else "System Overview")
        text = (stage.place.out / path).read_text()
        stage.put(path, text.replace('"title": "', '"title": "New ', 1))


def edited(stage, uid="df-queues"):
    stage.grafana.person.edits_dashboard(uid, {"title": "Hers"})


def removed(stage):
    for name in ("queues", "overview"):
        stage.put(dashboard(name), None)
    stage.put(dashboard("storage", "Business Metrics"), None)


# --- 0


@pytest.mark.parametrize("command", ALL)
def test_0_where_nothing_differs(published, command):
    assert published.run(command).code == 0


@pytest.mark.parametrize("command", READING)
def test_0_where_something_differs_and_nobody_asked_to_check(stage, command):
    assert stage.run(command).code == 0


def test_0_where_all_is_written_and_read_back(stage):
    ended = stage.published()
    assert set(ended.ended.values()) == {"written"}
    assert ended.target["sentence"] == ""


# --- 1


@pytest.mark.parametrize("command", ALL)
def test_1_for_what_nobody_expected(published, monkeypatch, command):
    def broken(*_):
        raise RuntimeError("made up")

    monkeypatch.setattr(preflight, "check", broken)
    ended = published.run(command)
    assert ended.code == 1
    assert "RuntimeError: made up" in ended.sentence and f"--debug {command}" in ended.sentence


def test_1_after_everything_was_written_as_well(stage, monkeypatch):
    monkeypatch.setattr(runs.history, "end", lambda *_: 1 / 0)
    ended = stage.publish()
    assert ended.code == 1 and "ZeroDivisionError" in ended.sentence


# --- 2


@pytest.mark.parametrize("command", ALL)
def test_2_for_a_target_that_is_not_known(stage, command):
    assert "there is no target 'nowhere'" in stage.refused(2, command, targets=("nowhere",))


@pytest.mark.parametrize("command", ALL)
def test_2_for_a_build_that_is_stale(stage, command):
    stage.place.write("signals/queue.py", "depth = 1\n")
    assert "is stale: the sources changed" in stage.refused(2, command)


@pytest.mark.parametrize("command", ALL)
def test_2_for_a_mistake_in_grafanas_toml(stage, command):
    stage.toml("lcok = true")
    assert "grafanas.toml:3: [prod] lcok" in stage.refused(2, command)


def test_2_for_a_run_that_is_not_there(stage):
    assert "no run 'gone'" in stage.refused(2, "rollback", run="gone")


def test_2_for_an_option_that_is_not_there(stage):
    ended = stage.built("publish", "--no-such-option")
    assert ended.code == 2 and "No such option" in ended.err


# --- 3


@pytest.mark.parametrize("command", ALL)
def test_3_for_a_login_that_is_refused(stage, command):
    stage.environ["GRAFANA_PASSWORD"] = "canary-that-is-wrong"
    assert "refuses the user or the password" in stage.refused(3, command)


@pytest.mark.parametrize("command", ALL)
def test_3_for_a_data_source_that_is_missing(stage, command):
    stage.toml('[prod.data_sources]\nprometheus = "P18"')
    assert "the data source prometheus of the build is to be 'P18' there, which is missing" in stage.refused(3, command)


@pytest.mark.parametrize("command", ALL)
def test_3_for_a_grafana_that_is_too_old(staged, quick, command):
    with Double(version="9.5.0", apis=False, password=PASSWORD) as grafana:
        assert "is Grafana 9.5.0; 10.0 or newer is needed" in staged(grafana).refused(3, command)


def test_3_for_permissions_that_are_missing(stage):
    stage.environ["GRAFANA_TOKEN"] = "glsa_viewer"
    sentence = stage.refused(3)
    assert "folders:create (for folder)" in sentence and "Least permissions" in sentence


@pytest.mark.parametrize("command", ALL)
def test_3_for_a_permission_to_read_that_is_missing(published, command):
    said = b'{"message":"You need permissions. Permissions needed: orgs:read"}'
    published.grafana.faults.add(Say(403, said), on("GET", "/api/org$"))
    assert "the login lacks the permission orgs:read" in published.refused(3, command)


def test_3_for_a_rollback_without_the_permissions_to_write(published):
    changed(published)
    run = published.published().target["run"]
    published.environ["GRAFANA_TOKEN"] = "glsa_viewer"
    assert "dashboards:write (for dashboard)" in published.refused(3, "rollback", run=run)


def test_3_for_a_rollback_that_may_not_read(published):
    changed(published)
    run = published.published().target["run"]
    published.grafana.faults.add(Say(403, b'{"message":"no"}'), on("GET", "/api/org$"))
    assert "403" in published.refused(3, "rollback", run=run)


# --- 4


def test_4_where_a_part_is_written_and_the_rest_is_listed(stage):
    stage.grafana.faults.add(Lose(), on("POST", "/dashboards$"), times=1)
    ended = stage.publish()
    assert ended.code == 4
    assert sorted(ended.ended.values()).count("failed") == 1 and "written" in ended.ended.values()
    assert f"{MANY - 1} of {MANY} were written; the same command with the same options finishes it" in ended.sentence
    stage.published()


def test_4_where_what_was_edited_is_skipped(published):
    changed(published, "queues", "overview")
    edited(published)
    ended = published.publish(skip=True)
    assert (ended.code, ended.ended) == (4, {"df-overview": "written"})
    assert published.grafana.state.dashboards["df-queues"].title == "Hers"


# --- 5


@pytest.mark.parametrize("command", ALL)
def test_5_where_somebody_edited_it_in_grafana(published, command):
    edited(published)
    ended = published.run(command)
    assert (ended.code, ended.steps) == (5, [("edited", "dashboard", "df-queues")])


def test_5_writes_nothing_at_all(published):
    changed(published, "overview")
    edited(published)
    sentence = published.refused(5)
    assert "df-queues" in sentence and "build.py pull UID" in sentence and "--overwrite UID" in sentence


@pytest.fixture
def released(published):
    """A repository; a second commit was published, and the first one is checked out again."""
    root = published.place.root
    git(root, "init", "-qb", "main")
    commit(root, "notes", "one")
    first = commit(root, "notes", "two")
    changed(published)
    commit(root, "notes", "three")
    published.published()
    git(root, "checkout", "-q", first)
    return published


@pytest.mark.parametrize("command", ["plan", "publish"])
def test_5_where_a_later_commit_was_published_last(released, command):
    sentence = released.refused(5, command)
    assert "was published last, and is newer than" in sentence and "--allow-older" in sentence


def test_5_where_drift_misses_what_a_later_commit_may_have_taken_away(released):
    assert released.drift().code == 0, "nobody changed anything"
    released.grafana.person.deletes("dashboards", "df-storage")
    ended = released.drift()
    assert (ended.code, ended.steps) == (5, [("create", "dashboard", "df-storage")])
    assert "was published last, and is newer than" in ended.sentence and "what is missing here may be" in ended.sentence
    git(released.place.root, "checkout", "-q", "main")
    assert released.drift(check=True).code == 10


def test_5_is_passed_by_saying_that_it_is_meant(released):
    ended = released.publish(allow_older=True)
    assert (ended.code, ended.steps) == (0, [("update", "dashboard", "df-queues")])


# --- 6


@pytest.mark.parametrize("command", ["plan", "publish"])
def test_6_where_something_of_that_uid_is_not_ours(stage, command):
    stage.grafana.person.creates_dashboard("df-queues", "Hers")
    sentence = stage.refused(6, command)
    assert "not ours, though named as ours are: df-queues; --adopt UID takes one over" in sentence


def test_6_where_more_would_be_pruned_than_allowed(published):
    removed(published)
    sentence = published.refused(6, prune=True, prune_limit=2)
    assert "3 of 3 dashboard objects would be pruned, more than 2; raise --prune-limit" in sentence
    assert published.refused(6, "plan", prune=True, prune_limit=2).startswith("3 of 3")
    assert published.publish(prune=True).code == 0


# --- 10


def test_10_where_a_plan_has_differences_and_checks(stage):
    assert stage.plan(check=True).code == 10


def test_10_where_something_is_missing_and_drift_checks(published):
    published.grafana.person.deletes("dashboards", "df-queues")
    ended = published.drift(check=True)
    assert (ended.code, ended.steps) == (10, [("create", "dashboard", "df-queues")])
    assert published.drift().code == 0


# --- really as a program


def test_a_program_ends_with_these_codes_and_says_so(stage):
    assert stage.built("plan", "--check").code == 10
    first = stage.built("publish")
    assert first.code == 0 and f"{MANY} written, 0 failed" in first.out, first.out
    assert "nothing to do" in stage.built("publish").out
    edited(stage)
    assert stage.built("drift").code == 5
    stopped = stage.built("publish")
    assert stopped.code == 5 and "nothing was written" in stopped.said.lower()
    report = stage.built("plan", "--json").report
    assert report["exit"] == 5 and report["targets"][0]["counts"]["edited"] == 1
    assert stage.built("publish", "--overwrite", "df-queues").code == 0
    stage.environ["GRAFANA_PASSWORD"] = "canary-that-is-wrong"
    assert stage.built("publish").code == 3
    stage.environ.pop("GRAFANA_URL")
    ended = stage.built("publish")
    assert ended.code == 2 and "no Grafana is named" in ended.err
    assert "Traceback" not in ended.said
