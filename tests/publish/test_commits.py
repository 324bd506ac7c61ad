"""What is asked of git, in repositories made for it; and what is said where it knows nothing."""

import os
import subprocess

import pytest

from kit.publish.here import commits
from kit.publish.here.commits import Commit, head, relation, text_at, told

WHO = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
NOBODY = "0123456789" * 4


def git(root, *arguments):
    ran = subprocess.run(
        ["git", "-C", str(root), *arguments],
        env={**os.environ, **WHO, **ALONE},
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


def commit(root, path, text):
    """Commit a file; returns the commit."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """A repository of three commits on main and one on a side branch; not to be changed."""
    root = tmp_path_factory.mktemp("history") / "a project"
    root.mkdir()
    git(root, "init", "-qb", "main")
    first = commit(root, "monitoring/a b.json", "first\n")
    second = commit(root, "monitoring/a b.json", "second\n")
    git(root, "checkout", "-qb", "side")
    side = commit(root, "monitoring/side.json", "side\n")
    git(root, "checkout", "-q", "main")
    third = commit(root, "monitoring/a b.json", "third\n")
    return root, first, second, third, side


@pytest.fixture
def clone(history, tmp_path):
    """`clone(…)`: a clone of the history to change; with arguments for git clone."""

    def cloning(*arguments):
        git(tmp_path, "clone", "-q", *arguments, f"file://{history[0]}", "clone")
        return tmp_path / "clone"

    return cloning


@pytest.fixture
def runs(monkeypatch):
    """How often git is run."""
    seen = []
    run = subprocess.run
    monkeypatch.setattr(commits.subprocess, "run", lambda *a, **k: seen.append(a) or run(*a, **k))
    return seen


# --- which commit this is


def test_the_commit_that_is_checked_out_is_known_by_one_process(history, runs):
    assert head(history[0]) == Commit(history[3], dirty=False)
    assert len(runs) == 1


@pytest.mark.parametrize("path", ["monitoring/a b.json", "monitoring/new.json", "signals/new.py", "settings.py"])
def test_what_is_changed_or_new_in_the_build_or_its_sources_makes_it_dirty(clone, path):
    root = clone()
    (root / path).parent.mkdir(exist_ok=True)
    (root / path).write_text("other\n")
    assert head(root).dirty


def test_what_is_changed_elsewhere_does_not(clone):
    root = clone()
    for path in ("notes.txt", "docs/a.md"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text("other\n")
    assert not head(root).dirty


def test_another_build_folder_counts_instead(clone, tmp_path):
    root = clone()
    (root / "out").mkdir()
    (root / "out/x.json").write_text("x\n")
    assert not head(root).dirty and head(root, root / "out").dirty
    assert head(root, tmp_path / "outside of the repository").sha


def test_within_a_git_hook_it_is_the_project_that_is_asked(clone, history, monkeypatch):
    root = clone()
    mine = commit(root, "x", "x\n")
    monkeypatch.setenv("GIT_DIR", str(history[0] / ".git"))
    assert head(root).sha == mine


def test_a_repository_without_a_commit_has_none(tmp_path):
    git(tmp_path, "init", "-q")
    assert head(tmp_path, environ={}) == Commit()


@pytest.mark.parametrize("name", ["GIT_COMMIT", "CI_COMMIT_SHA", "GITHUB_SHA"])
def test_without_a_repository_ci_tells_the_commit(tmp_path, name):
    assert head(tmp_path, environ={name: NOBODY}) == Commit(NOBODY)
    assert head(tmp_path, environ={name: "--help"}) == Commit()


def test_a_repository_is_believed_before_ci(history):
    assert head(history[0], environ={"GITHUB_SHA": NOBODY}).sha == history[3]


def test_without_git_nothing_is_known_and_nothing_fails(history, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    root, first, second, _, _ = history
    assert head(root, environ={}) == Commit()
    assert relation(root, first, second) == "unknown"
    assert text_at(root, first, "monitoring/a b.json") is None


# --- which came first


def test_the_relation_of_two_commits_is_told_by_one_process(history, runs):
    root, first, second, third, _ = history
    assert relation(root, first, third) == "ancestor"
    assert relation(root, third, second) == "newer"
    assert relation(root, second[:10], second) == "same"
    assert len(runs) == 3
    assert relation(root, second, second) == "same"
    assert len(runs) == 3


def test_a_commit_of_another_branch_is_unrelated(history):
    root, _, _, third, side = history
    assert relation(root, side, third) == relation(root, third, side) == "unrelated"


def test_a_commit_that_is_not_in_this_clone_is_unknown(history):
    assert relation(history[0], NOBODY, history[3]) == "unknown"


def test_a_shallow_clone_knows_neither_what_it_lacks_nor_what_only_seems_unrelated(clone, history):
    _, first, second, third, side = history
    root = clone("--depth", "1")
    assert relation(root, second, third) == "unknown"
    git(root, "fetch", "-q", "--depth", "1", "origin", first)
    assert relation(root, first, third) == "unknown"
    git(root, "fetch", "-q", "--unshallow", "origin")
    assert relation(root, first, third) == "ancestor"


def test_what_a_shallow_clone_reaches_is_an_ancestor(clone, history):
    assert relation(clone("--depth", "2"), history[2], history[3]) == "ancestor"


@pytest.mark.parametrize("odd", ["", "--output=x", "HEAD", "main", "abc", "0123456;", "0" * 65, "A" * 40, "1234567\n"])
def test_only_a_commit_is_handed_to_git(history, runs, odd):
    root, first, _, _, _ = history
    assert relation(root, odd, first) == relation(root, first, odd) == "unknown"
    assert text_at(root, odd, "monitoring/a b.json") is None
    assert runs == []


# --- in words


@pytest.mark.parametrize("how", ["same", "ancestor", "newer", "unrelated", "unknown"])
def test_a_relation_is_told_with_both_commits(how):
    sentence = told(how, "1" * 40, "2" * 40)
    assert "1111111" in sentence and "11111111" not in sentence
    assert "2222222" in sentence or how == "same"


def test_what_is_unknown_says_what_to_do():
    sentence = told("unknown", "1" * 40, "2" * 40)
    assert "git fetch" in sentence and "--unshallow" in sentence
    assert "run it in a git clone" in told("unknown", "1" * 40, "")
    assert told("unknown", "odd\n", "2" * 40) == "which commit was published last is not known"


# --- a file as it was


def test_a_file_is_given_as_it_was_by_one_process(history, runs):
    root, first, _, third, _ = history
    assert text_at(root, first, "monitoring/a b.json") == b"first\n"
    assert text_at(root, third[:7], "monitoring/a b.json") == b"third\n"
    assert len(runs) == 2


def test_a_file_is_named_from_the_top_of_the_repository(history):
    root, first, _, _, _ = history
    assert text_at(root / "monitoring", first, "monitoring/a b.json") == b"first\n"


@pytest.mark.parametrize("path", ["monitoring/none.json", "monitoring", "../x", "a\0b", "-x", ""])
def test_a_file_that_was_not_there_is_none(history, path):
    assert text_at(history[0], history[1], path) is None


def test_a_repository_that_stands_above_is_found(history, tmp_path):
    assert commits.top(history[0] / "monitoring") == history[0].resolve()
    assert commits.top(tmp_path) is None


def test_the_commits_that_changed_a_file_since_are_the_newest_first(history):
    root, first, second, third, _ = history
    since = commits.changed_since(root / "monitoring", first, "monitoring/a b.json")
    assert since[0] == third and first not in since
    assert commits.changed_since(root, third, "monitoring/a b.json") == ()
    assert commits.changed_since(root, "odd", "monitoring/a b.json") == ()
