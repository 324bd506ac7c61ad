"""Writing: only what differs, one rename each; whatever happens in between, the next run finishes the job."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kit import write

FILES = {"a.json": "{}\n", "deep/down/b.yml": "b: 1\n", "deep/c.yml": "c: 1\n"}


@pytest.fixture
def folder(tmp_path):
    """A compiled folder."""
    put(tmp_path / "out", FILES)
    return tmp_path / "out"


def put(folder, files):
    changes = write.compare(folder, files)
    write.write(folder, files, changes)
    return changes


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def stamps(folder):
    found = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def test_everything_is_written_into_a_folder_that_does_not_exist_yet(tmp_path):
    changes = put(tmp_path / "new/folder", FILES)
    assert content(tmp_path / "new/folder") == FILES
    assert (changes.new, changes.changed, changes.stale) == (tuple(sorted(FILES)), (), ())


def test_a_second_run_has_nothing_to_do_and_touches_nothing(folder):
    before = stamps(folder)
    changes = put(folder, FILES)
    assert (changes.any, changes.unchanged) == (False, 3)
    assert stamps(folder) == before


def test_only_what_differs_is_replaced(folder):
    before = stamps(folder)
    changes = put(folder, {**FILES, "deep/c.yml": "c: 2\n", "d.md": "new\n"})
    assert (changes.new, changes.changed, changes.unchanged) == (("d.md",), ("deep/c.yml",), 2)
    after = stamps(folder)
    assert [path for path in FILES if before[path] != after[path]] == ["deep/c.yml"]


def test_a_file_that_differs_only_in_its_line_ends_is_replaced(folder):
    (folder / "a.json").write_bytes(b"{}\r\n")
    assert put(folder, FILES).changed == ("a.json",)
    assert (folder / "a.json").read_bytes() == b"{}\n"


def test_each_file_is_put_in_place_by_one_rename_from_its_own_folder(folder, monkeypatch):
    renames = []
    rename = Path.replace
    monkeypatch.setattr(Path, "replace", lambda part, to: renames.append((part, to)) or rename(part, to))
    put(folder, {**FILES, "deep/c.yml": "c: 2\n"})
    [(part, to)] = renames
    assert to == folder / "deep/c.yml"
    assert part.parent == to.parent
    assert part.name.startswith(".")


def test_what_is_stale_is_removed_with_the_folders_that_it_leaves_empty(folder):
    changes = put(folder, {"deep/c.yml": "c: 1\n"})
    assert changes.stale == ("a.json", "deep/down/b.yml")
    assert content(folder) == {"deep/c.yml": "c: 1\n"}
    assert not (folder / "deep/down").exists()


def test_stale_files_go_last(folder, monkeypatch):
    monkeypatch.setattr(write, "replace", lambda path, text: pytest.fail("stop", pytrace=False))
    with pytest.raises(pytest.fail.Exception):
        put(folder, {"new.yml": "n: 1\n"})
    assert content(folder) == FILES


def test_what_is_written_by_hand_stays(folder):
    (folder / "exporters/mine").mkdir(parents=True)
    (folder / "exporters/mine/app.py").write_text("by hand\n")
    assert not write.compare(folder, FILES).any
    put(folder, {"a.json": "{}\n"})
    assert (folder / "exporters/mine/app.py").read_text() == "by hand\n"


def test_a_folder_of_that_name_further_down_is_compiled_like_any_other(folder):
    (folder / "deep/exporters").mkdir()
    (folder / "deep/exporters/x").write_text("left over\n")
    assert put(folder, FILES).stale == ("deep/exporters/x",)


# --- interrupted


def failing_after(count, monkeypatch):
    """Path.replace raises once it has worked `count` times."""
    rename, done = Path.replace, []

    def replace(part, to):
        if len(done) == count:
            raise OSError(28, "No space left on device", str(to))
        done.append(to)
        return rename(part, to)

    monkeypatch.setattr(Path, "replace", replace)
    return done


NEXT = {"a.json": "[]\n", "deep/down/b.yml": "b: 2\n", "deep/e.yml": "e: 1\n"}


@pytest.mark.parametrize("count", range(3))
def test_an_interrupted_run_leaves_whole_files_and_the_next_one_finishes(count, folder, monkeypatch):
    with monkeypatch.context() as patch:
        failing_after(count, patch)
        with pytest.raises(OSError, match="No space left"):
            put(folder, NEXT)
    between = content(folder)
    assert all(text in (FILES.get(path), NEXT.get(path)) for path, text in between.items()), "a file of neither build"
    assert "deep/c.yml" in between, "what is stale goes last"
    put(folder, NEXT)
    assert content(folder) == NEXT


def test_what_an_interrupted_run_left_lying_is_cleaned_up(folder):
    (folder / "deep/.c.yml.compiling").write_text("hal")
    assert put(folder, FILES).stale == ("deep/.c.yml.compiling",)
    assert content(folder) == FILES


def test_a_folder_that_an_interrupted_run_left_empty_is_removed(folder):
    (folder / "left/empty").mkdir(parents=True)
    put(folder, FILES)
    assert not (folder / "left").exists()


def test_a_failed_compile_leaves_the_old_tree_whole(project):
    before = project.monitoring
    project.edit("settings.py", 'cluster="dataflux"', 'cluster="elsewhere"')
    project.edit("signals/queue.py", "Level(500, above=True,", "Level(500,")
    assert project.build("compile").code == 1
    assert project.monitoring == before


# Runs build.py, and kills itself when it is about to rename for the third time.
KILLED = """
import os, runpy, signal, sys
from pathlib import Path
rename, count = Path.replace, iter(range(99))
def replace(part, to):
    if to.parent.parts[-1] != ".cache" and next(count) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(part, to)
Path.replace = replace
sys.path.insert(0, "")
sys.argv = ["build.py", "compile"]
runpy.run_path("build.py", run_name="__main__")
"""


def test_a_run_that_is_killed_is_told_as_stale_and_finished_by_the_next(project):
    project.edit("settings.py", 'cluster="dataflux"', 'cluster="elsewhere"')
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=project.root, capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL
    assert list((project.root / "monitoring").rglob(".*.compiling")), "killed between writing and renaming"

    ran = project.build("check")
    assert ran.code == 1
    said = dict(ran.faults)
    assert "it is stale; run make dashboards" in said["monitoring/prometheus/prometheus.yml"]
    assert any(place.endswith(".compiling") and "it is left over" in word for place, word in said.items())

    assert project.build("compile").code == 0
    assert not list((project.root / "monitoring").rglob(".*.compiling"))
    assert "freshness" not in project.build("check").err


def test_an_edit_by_hand_is_told_and_taken_back(project):
    project.edit("monitoring/README.md", "#", "# Edited")
    (project.root / "monitoring/alerts/email.yml").unlink()
    said = dict(project.build("check").faults)
    assert "it is stale" in said["monitoring/README.md"]
    assert "it is missing" in said["monitoring/alerts/email.yml"]
    assert "1 new, 1 changed, 0 removed" in project.build("compile").out
    assert "freshness" not in project.build("check").err
