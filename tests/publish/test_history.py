"""Runs and their backups: what is kept, what is refused, and what never gets there."""

import json

import pytest

from kit.publish import history
from kit.publish.exits import PREFLIGHT, USAGE, Refused
from kit.publish.model import Found, Item, Marks, Plan, Report, Result, Step

TOLD = {"target": "prod", "url": "https://grafana.example.org", "ledger": "alerts", "last": "", "command": "publish"}
MARKS = Marks({"l": "1"}, {"a": "2"})
ITEM = Item("dashboard", "a", "A", "new", lambda: {"title": "new"}, "place")
FOUND = Found("dashboard", "a", "A", "old", {"title": "old"}, "before", "7", True, path="p", commit="c", marks=MARKS,
              locked=True, raw={"secret": "canary"})  # fmt: skip
PLAN = Plan(
    (
        Step("update", "dashboard", "a", "A", "", ITEM, FOUND),
        Step("create", "template", "b", "B", "", Item("template", "b", "B", "fresh", dict)),
        Step("edited", "dashboard", "e", "E", "", ITEM, FOUND),
        Step("delete", "rules", "f/g", "g", "", None, Found("rules", "f/g", "g", "was", {"rules": []}, "f")),
    ),
    0,
)


@pytest.fixture
def kept(tmp_path):
    history.begin(tmp_path, "one", TOLD, PLAN)
    return tmp_path


def test_every_object_that_is_written_comes_back_as_it_was(kept):
    run = history.read(kept, "one")
    assert (run.name, run.target, run.url, run.ledger) == ("one", "prod", "https://grafana.example.org", "alerts")
    changed, created, gone = run.objects
    assert (changed.kind, changed.key, changed.after, changed.place) == ("dashboard", "a", "new", "place")
    was = changed.before
    assert (was.kind, was.key, was.title, was.digest, was.place) == ("dashboard", "a", "A", "old", "before")
    assert (was.path, was.commit, was.marks, was.locked, was.load()) == ("p", "c", MARKS, True, {"title": "old"})
    assert (created.key, created.before, created.after) == ("b", None, "fresh")
    assert (gone.key, gone.before.load(), gone.after) == ("f/g", {"rules": []}, None)


def test_what_only_moves_is_kept_with_the_content_of_the_build(tmp_path):
    there = Found("dashboard", "a", "A", "new", None, "elsewhere")
    history.begin(tmp_path, "one", TOLD, Plan((Step("move", "dashboard", "a", "A", "", ITEM, there),), 0))
    (one,) = history.read(tmp_path, "one").objects
    assert (one.before.load(), one.before.place) == ({"title": "new"}, "elsewhere")


def test_what_grafana_answered_as_it_stands_is_not_kept(kept):
    assert not any(b"canary" in file.read_bytes() for file in kept.rglob("*.json"))


def test_how_it_ended_is_noted_and_what_was_not_sent_is_not_brought_back(kept):
    failed = Result(PLAN.steps[0], "failed", "why")
    history.end(kept / "one", Report((failed,), 4, "one"))
    told = json.loads((kept / "one" / "run.json").read_text())
    assert (told["exit"], told["target"]) == (4, "prod")
    assert told["results"] == [{"kind": "dashboard", "key": "a", "outcome": "failed", "why": "why", "sent": False}]
    assert len(history.read(kept, "one").objects) == 2  # what was not sent is left alone


def test_runs_are_told_oldest_first(kept):
    history.begin(kept, "another", TOLD, PLAN)
    (kept / "no-run").mkdir()
    assert list(history.runs(kept)) == ["another", "one"]


@pytest.mark.parametrize("name", ["two", "", "../one", "one/before"])
def test_a_run_that_is_not_there_is_refused_and_the_newest_are_named(kept, name):
    with pytest.raises(Refused, match="no run .* the newest are one") as caught:
        history.read(kept, name)
    assert caught.value.code == USAGE


def test_where_there_is_none_that_is_said(tmp_path):
    with pytest.raises(Refused, match="there is none"):
        history.read(tmp_path / "nowhere", "one")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"steps": [{}], "target": "a", "url": "b", "ledger": ""}'])
def test_a_run_that_was_cut_off_is_refused(kept, text):
    (kept / "one" / "run.json").write_text(text)
    with pytest.raises(Refused, match="cannot be read .* it was changed or cut off") as caught:
        history.read(kept, "one")
    assert caught.value.code == USAGE


def test_a_backup_that_is_gone_is_refused(kept):
    (kept / "one" / "before" / "1.json").unlink()
    with pytest.raises(Refused, match=r"before/1.json is missing; a run goes back with its whole folder") as caught:
        history.read(kept, "one")
    assert caught.value.code == USAGE


def test_a_backup_that_was_cut_off_is_named(kept):
    for text in ("{", "{}", "[]"):
        (kept / "one" / "before" / "1.json").write_text(text)
        with pytest.raises(Refused, match=r"before/1.json cannot be read .* changed or cut off") as caught:
            history.read(kept, "one")
        assert caught.value.code == USAGE


def test_a_folder_that_cannot_be_written_stops_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="nothing was written to Grafana; make room, or name another folder") as caught:
        history.begin(tmp_path / "file", "one", TOLD, PLAN)
    assert caught.value.code == PREFLIGHT


def test_a_run_of_one_name_is_never_written_over(kept):
    with pytest.raises(Refused):
        history.begin(kept, "one", TOLD, PLAN)
