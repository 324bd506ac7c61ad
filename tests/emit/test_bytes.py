"""The same sources give the same bytes, anywhere; and the bytes have the form that is agreed on."""

import hashlib
import json
import random
import re
import subprocess
import sys

import pytest
import yaml

from kit import load
from kit.emit import build_json, hashes


@pytest.fixture
def hashed(sources):
    """A copy of the sources to change, and their hash."""
    project = sources()
    return project, lambda: hashes.source_hash(project.root)


@pytest.fixture
def settings_of():
    """`settings_of(root, file)`: what BUILD.json says about the settings that were used."""
    return lambda root, file: json.loads(build_json.text({}, root, file))["settings"]


def bytes_of(project):
    return {path: data for path, (data, _, _) in project.monitoring.items()}


def test_another_folder_another_hash_seed_and_another_order_of_files_give_the_same_bytes(made, sources):
    other = sources("somewhere/else entirely")
    for folder in ("signals", "dashboards", "alerts"):
        paths = sorted((other.root / folder).rglob("*.py"))
        texts = {path: path.read_bytes() for path in paths}
        for path in paths:
            path.unlink()
        random.Random(7).shuffle(paths)
        for path in paths:
            path.write_bytes(texts[path])
    for seed in ("1", "4711"):
        ran = other.build("compile", env={"PYTHONHASHSEED": seed})
        assert ran.code == 0, ran.err
        assert bytes_of(other) == bytes_of(made)
    assert "nothing changed" in ran.out


def test_what_is_compiled_in_memory_is_what_is_written(made, compiled):
    assert {path: text.encode() for path, text in compiled.files.items()} == bytes_of(made)


def test_no_file_tells_where_it_was_compiled(made):
    assert not [path for path, data in bytes_of(made).items() if str(made.root).encode() in data]


# --- the form


def test_every_file_ends_with_one_newline_and_has_no_other_line_ends(either):
    for path, text in either.files.items():
        assert text.endswith("\n") and not text.endswith("\n\n"), path
        assert "\r" not in text, path
        assert not [line for line in text.splitlines() if "\t" in line], path


def test_json_is_sorted_with_two_spaces(either):
    for path, text in either.files.items():
        if path.endswith(".json"):
            again = json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            assert text == re.sub(r"e-0(\d)", r"e-\1", again), path  # Python writes 1e-09


def test_yaml_says_in_its_first_line_where_it_came_from(either):
    for path, text in either.files.items():
        if path.endswith(".yml"):
            first = text.splitlines()[0]
            assert first.startswith("# Compiled by build.py from "), path
            assert first.endswith(": change that, not this file."), path


def test_yaml_names_sources_that_exist(either):
    for path, text in either.files.items():
        if path.endswith(".yml"):
            named = text.splitlines()[0].removeprefix("# Compiled by build.py from ").split(":")[0]
            for source in named.replace(" and ", ", ").split(", "):
                assert list(load.ROOT.glob(source.removesuffix("/"))), f"{path}: {source}"


def test_yaml_has_no_anchors(either):
    for path, text in either.files.items():
        if path.endswith(".yml"):
            tokens = (yaml.AnchorToken, yaml.AliasToken)
            assert not [token for token in yaml.scan(text, yaml.CSafeLoader) if isinstance(token, tokens)], path


# --- BUILD.json


def test_build_json_has_the_hash_of_every_other_file(made):
    files = bytes_of(made)
    told = json.loads(files.pop("BUILD.json"))
    assert told["files"] == {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}


def test_the_hash_of_the_sources_does_not_depend_on_where_they_are(sources):
    one, other = sources("one"), sources("far/away")
    assert hashes.source_hash(one.root) == hashes.source_hash(other.root)


@pytest.mark.parametrize(
    "path",
    [
        "signals/queue.py",
        "dashboards/__init__.py",
        "dashboards/system_overview/overview.py",
        "alerts/channels.py",
        "constraints.txt",
        "kit/compile.py",
        "kit/load.py",
        "kit/settings.py",
        "kit/model/alert.py",
        "kit/draw/stock/panels.py",
        "kit/emit/text.py",
    ],
)
def test_the_hash_of_the_sources_changes_with_each_of_them_even_by_a_comment(path, hashed):
    project, digest = hashed
    before = digest()
    project.add(path, "# a comment\n")
    assert digest() != before


def test_the_hash_of_the_sources_changes_when_one_comes_goes_or_is_renamed(hashed):
    project, digest = hashed
    seen = [digest()]
    project.write("signals/more.py", '"""More."""\n')
    seen.append(digest())
    (project.root / "signals/more.py").rename(project.root / "signals/other.py")
    seen.append(digest())
    assert len(set(seen)) == 3
    (project.root / "signals/other.py").unlink()
    assert digest() == seen[0]


def test_the_hash_of_the_sources_does_not_change_with_what_decides_nothing(hashed):
    project, digest = hashed
    before = digest()
    project.write("signals/__pycache__/queue.cpython-311.pyc", "bytes\n")
    project.write("signals/notes.txt", "notes\n")
    project.write("docs/runbooks/ServiceDown.md", "# Rewritten\n")
    project.write("monitoring/x.json", "{}\n")
    project.add("settings.py", "# a comment\n")
    (project.root / "signals/queue.py").touch()
    assert digest() == before


def test_build_json_names_the_settings_that_were_used_and_the_hash_of_their_file(made):
    told = json.loads(bytes_of(made)["BUILD.json"])["settings"]
    assert told == {
        "path": "settings.py",
        "sha256": hashlib.sha256((made.root / "settings.py").read_bytes()).hexdigest(),
    }


def test_build_json_changes_with_the_settings_even_by_a_comment(sources, settings_of):
    project = sources()
    before = settings_of(project.root, project.root / "settings.py")
    project.add("settings.py", "# a comment\n")
    after = settings_of(project.root, project.root / "settings.py")
    assert before["path"] == after["path"] and before["sha256"] != after["sha256"]


def test_build_json_tells_of_settings_elsewhere_only_their_name(made, tmp_path, settings_of):
    for folder in ("one", "another/place"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "settings.py").write_text("settings = None\n")
        told = settings_of(made.root, tmp_path / folder / "settings.py")
        assert told == {"path": "…/settings.py", "sha256": hashlib.sha256(b"settings = None\n").hexdigest()}


def test_compiling_writes_down_the_settings_that_were_named(project, tmp_path):
    project.copy("settings.py", "other.py")
    project.edit("other.py", 'evaluator="grafana"', 'evaluator="prometheus"')
    ran = project.build("compile", "--settings", "other.py", "--out", str(tmp_path / "out"))
    assert ran.code == 0, ran.err
    told = json.loads((tmp_path / "out/BUILD.json").read_text())
    mine = json.loads(bytes_of(project)["BUILD.json"])
    assert (told["settings"]["path"], told["sources"]) == ("other.py", mine["sources"])


def test_every_module_that_decides_the_bytes_counts(made):
    """What compiling imports of the project is among the sources."""
    asked = "import sys; from kit import compile, load; load.site(load.settings(load.ROOT / 'settings.py'))"
    shown = "print(*sorted({m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)}), sep='\\n')"
    ran = subprocess.run(
        [sys.executable, "-c", f"{asked}\n{shown}"], cwd=made.root, capture_output=True, text=True, check=True
    )
    root = made.root.resolve()
    used = {line.removeprefix(f"{root}/") for line in ran.stdout.splitlines() if line.startswith(f"{root}/")}
    counted = {name for name, _ in hashes.sources(made.root)} | {"settings.py"}
    assert {path for path in used if not path.endswith("__init__.py")} <= counted
