"""What is published is whole, and what the sources compile to now; or it is not published."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest

from kit.publish.exits import USAGE, Refused
from kit.publish.here.fresh import verified

QUEUES = "grafana/dashboards/System Overview/df-queues.json"


@pytest.fixture
def refusal(place):
    """`refusal()`: why the build is not taken."""

    def refuse():
        with pytest.raises(Refused) as caught:
            verified(place.root, place.out)
        assert caught.value.code == USAGE
        return str(caught.value)

    return refuse


def test_a_fresh_build_is_taken_with_all_its_files_and_the_hash_of_build_json(place):
    fresh = verified(place.root, place.out)
    assert fresh.files[QUEUES] == (place.out / QUEUES).read_bytes()
    assert len(fresh.files) == 2 and "BUILD.json" not in fresh.files
    assert fresh.build == hashlib.sha256((place.out / "BUILD.json").read_bytes()).hexdigest()
    assert fresh.notes == ()


def test_the_build_of_the_project_itself_is_fresh_as_it_is_compiled(project):
    fresh = verified(project.root, project.root / "monitoring")
    assert fresh.files.keys() | {"BUILD.json"} == project.monitoring.keys() and fresh.notes == ()


def test_publishing_imports_no_definition_and_nothing_that_draws(made):
    asked = (
        "import sys; from pathlib import Path; from kit.publish.here.built import built;"
        "built(Path(), Path('monitoring')); print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", asked], cwd=made.root, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "kit.publish.here.built" in loaded
    tops = ("signals", "dashboards", "alerts", "settings", "kit.draw", "kit.settings", "kit.emit.text", "grafanalib")
    assert [name for name in loaded if name.startswith(tops)] == []


# --- what is not there


def test_a_folder_that_is_not_there_is_told(place, refusal):
    shutil.rmtree(place.out)
    assert refusal() == "nothing is compiled in monitoring/; run make dashboards"


def test_a_folder_without_build_json_is_told(place, refusal):
    (place.out / "BUILD.json").unlink()
    assert refusal() == "nothing is compiled in monitoring/; run make dashboards"


def test_a_file_that_is_missing_is_named(place, refusal):
    (place.out / QUEUES).unlink()
    assert refusal() == f"monitoring/{QUEUES} is missing; run make dashboards"


def test_a_build_outside_of_the_project_is_named_whole(place, tmp_path):
    with pytest.raises(Refused, match=f"nothing is compiled in {tmp_path}/other/;"):
        verified(place.root, tmp_path / "other")


def test_a_file_that_cannot_be_read_is_told(place, refusal):
    (place.out / QUEUES).unlink()
    (place.out / QUEUES).mkdir()
    assert "cannot be read (Is a directory)" in refusal()


# --- BUILD.json itself

WHOLE = {"files": {}, "settings": {"path": "settings.py", "sha256": ""}, "sources": ""}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "half {",
        "[]",
        "{}",
        '{"files": {}, "sources": "of before there were settings"}',
        json.dumps(WHOLE | {"files": []}),
        json.dumps(WHOLE | {"files": {"x": 1}}),
        json.dumps(WHOLE | {"files": {"../settings.py": ""}}),
        json.dumps(WHOLE | {"files": {"/etc/hostname": ""}}),
        json.dumps(WHOLE | {"settings": {"path": "settings.py"}}),
        json.dumps(WHOLE | {"sources": 1}),
    ],
)
def test_a_build_json_of_another_form_is_told(place, refusal, text):
    (place.out / "BUILD.json").write_text(text)
    assert refusal() == "monitoring/BUILD.json is not what compiling writes today; run make dashboards"


# --- what is not as it was compiled


def test_a_file_that_was_edited_by_hand_is_named(place, refusal):
    (place.out / QUEUES).write_text("{}\n")
    assert refusal() == (
        f"monitoring/{QUEUES} was changed after it was compiled; "
        "change what it is compiled from, then run make dashboards"
    )


@pytest.mark.parametrize("path", ["grafana/dashboards/System Overview/mine.json", ".notes", "exports/x.yml"])
def test_a_file_that_is_not_of_the_build_is_named(place, refusal, path):
    place.put(path, "x\n")
    assert refusal() == f"monitoring/{path} is not part of the build; run make dashboards, which removes it"


def test_what_is_written_by_hand_beside_the_build_is_no_part_of_it(place):
    place.put("exporters/mine/main.py", "x\n")
    assert not [path for path in verified(place.root, place.out).files if path.startswith("exporters")]


@pytest.mark.parametrize("path", ["signals/queue.py", "signals/more.py", "kit/draw/layout.py"])
def test_sources_that_changed_since_are_told(place, refusal, path):
    place.write(path, "# other\n")
    assert refusal() == (
        "monitoring/ is stale: the sources changed since it was compiled; run make dashboards"
    )  # fmt: skip


def test_settings_that_changed_since_are_told(place, refusal):
    place.write("settings.py", "settings = 1\n")
    assert refusal() == "monitoring/ is stale: settings.py changed since it was compiled; run make dashboards"


def test_other_settings_that_changed_since_are_told_with_the_way_to_compile_for_them(place, refusal):
    place.write("places/prod.py", "settings = 1\n")
    place.seal(settings="places/prod.py")
    place.write("settings.py", "# these do not count\n")
    assert verified(place.root, place.out).notes == ()
    place.write("places/prod.py", "settings = 2\n")
    assert refusal().endswith(
        "places/prod.py changed since it was compiled; compile with --settings places/prod.py again"
    )


# --- what cannot be looked at is said


def test_without_sources_the_files_alone_are_checked_and_that_is_said(place, refusal):
    shutil.rmtree(place.root / "signals")
    place.write("kit/emit/text.py", "# of another version\n")
    notes = verified(place.root, place.out).notes
    assert notes == (
        "the sources are not here: only the files of monitoring/ were checked, not whether they are fresh",
    )
    place.put(QUEUES, "{}\n")
    assert "was changed after" in refusal()


def test_without_the_settings_that_is_said(place):
    (place.root / "settings.py").unlink()
    assert verified(place.root, place.out).notes == (
        "the settings settings.py are not here: whether they changed since monitoring/ was compiled is not known",
    )


def test_settings_elsewhere_are_not_taken_for_those_that_lie_here(place):
    (place.root.parent / "settings.py").write_text("settings = 2\n")
    place.seal(settings="../settings.py")
    [note] = verified(place.root, place.out).notes
    assert note.startswith("the settings …/settings.py are not here")
