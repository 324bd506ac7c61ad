"""What many tests share: the compiled definitions, a copy of the project to break, and tools beyond Python."""

import fcntl
import gc
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from attrs import evolve, frozen

from kit import load
from kit.compile import compiled as compile_all
from tests import forked

ROOT = Path(__file__).resolve().parents[1]
DEFINED = ("signals", "dashboards", "alerts", "incidents", "kit", "docs", "build.py", "settings.py", "constraints.txt")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PASSING = shutil.ignore_patterns("__pycache__")


def pytest_configure():
    """Thousands of tests, and what is compiled, stay to the end: garbage is looked for among them less often."""
    gc.set_threshold(5_000, 10, 30)


def pytest_collection_finish():
    """See above: and not at all among what there is by now."""
    gc.collect()
    gc.freeze()


@cache
def compiled_for(evaluator="grafana", **more):
    """Everything that is defined, compiled in memory; once for each evaluator."""
    chosen = evolve(load.settings(ROOT / "settings.py"), evaluator=evaluator, **more)
    result, faults = compile_all(chosen, ROOT)
    assert not faults, "\n".join(f"{fault.where.file}:{fault.where.line} {fault.message}" for fault in faults)
    return result


@pytest.fixture(scope="session")
def compiled():
    return compiled_for()


@pytest.fixture(scope="session", params=["grafana", "prometheus"])
def either(request):
    """What is compiled for each evaluator in turn."""
    return compiled_for(request.param)


@pytest.fixture(scope="session")
def compiled_by():
    """`compiled_by("prometheus")`: what is compiled for that evaluator."""
    return compiled_for


@pytest.fixture(scope="session")
def parsed():
    """`parsed(compiled, "alerts/slack.yml")`: a compiled YAML file, read."""
    return lambda compiled, path: yaml.load(compiled.files[path], LOADER)


@pytest.fixture(scope="session")
def tool():
    """`tool("promtool")`: the path of a tool; skips without it, but fails in CI, where a skip would hide something."""

    def find(name):
        if found := shutil.which(name):
            return found
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing; in CI a test that is skipped for want of a tool is a failure")
        return pytest.skip(f"{name} is not installed")

    return find


@frozen
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def faults(self):
        """The lines of stderr that name a place, as (place, sentence)."""
        lines = (line.split("  ", 1) for line in self.err.splitlines())
        return [(line[0], line[1]) for line in lines if len(line) == 2 and not line[0].startswith(" ")]

    @property
    def summary(self):
        """The last line of stderr."""
        return self.err.splitlines()[-1] if self.err else ""


@frozen
class Project:
    """A copy of the project: `edit` and `add` change it, `build` runs build.py in it."""

    root: Path

    def build(self, *arguments, env=None, anew=False):
        """Run build.py; `anew`: as a person does, in a Python of its own, with this project's own copy of kit/."""
        if env or anew:
            return self._started(arguments, env)
        return Ran(*forked.run(self.root, arguments))

    def _started(self, arguments, env):
        ran = subprocess.run(
            [sys.executable, "build.py", *arguments],
            cwd=self.root,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def compile(self, *more, env=None, anew=False):
        return self.build("compile", "--check", *more, env=env, anew=anew)

    def edit(self, path, old, new):
        """Replace the one place where `old` stands by `new`; returns `path:line` of where it begins."""
        text = (self.root / path).read_text()
        assert old in text, f"{path} does not contain {old!r} any more: change this test"
        before, after = text.split(old, 1)
        self.write(path, before + new + after)
        return f"{path}:{before.count(chr(10)) + 1}"

    def add(self, path, text):
        """Append to a file; returns `path:line` of the first line that was added."""
        there = (self.root / path).read_text() if (self.root / path).exists() else ""
        self.write(path, there + text)
        return f"{path}:{there.count(chr(10)) + 1}"

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def copy(self, path, to):
        shutil.copy(self.root / path, self.root / to)

    def line(self, path, pattern):
        """`path:line` of the first line that matches."""
        lines = (self.root / path).read_text().splitlines()
        return f"{path}:{next(n for n, line in enumerate(lines, 1) if re.search(pattern, line))}"

    @property
    def monitoring(self):
        """Every compiled file: bytes, time and inode."""
        folder = self.root / "monitoring"
        found = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {
            path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
            for path in found
        }


def copy_of(source, root):
    root.mkdir(parents=True, exist_ok=True)
    for name in DEFINED:
        if (source / name).is_dir():
            shutil.copytree(source / name, root / name, ignore=PASSING)
        else:
            shutil.copy2(source / name, root / name)
    (root / "schemas").symlink_to(ROOT / "schemas")
    return Project(root)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """`once(name, fill)`: a folder that `fill(folder)` has filled; by one of xdist's workers, for all of them."""
    run = tmp_path_factory.getbasetemp()
    shared = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run

    def filled(name, fill):
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # another worker may have failed to fill it
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return filled


def compile_in(folder):
    """Compile a copy of the project; checking it makes a cache, so that copies are checked quickly."""
    project = copy_of(ROOT, folder / "project")
    ran = project.build("compile", anew=True)
    assert ran.code == 0, ran.err
    project.build("check", anew=True)  # other tests judge it


def compiled_copy_of(source, root):
    copied = copy_of(source, root)
    shutil.copytree(source / "monitoring", root / "monitoring")
    if (source / ".cache").exists():
        shutil.copytree(source / ".cache", root / ".cache")
    return copied


@pytest.fixture(scope="session")
def made(once, tmp_path_factory):
    """A copy of the project that has been compiled once; not to be changed."""
    return compiled_copy_of(once("compiled", compile_in) / "project", tmp_path_factory.mktemp("made") / "project")


@pytest.fixture
def project(made, tmp_path):
    """A compiled copy of the project of one's own, to break."""
    return compiled_copy_of(made.root, tmp_path / "project")


@pytest.fixture
def sources(tmp_path):
    """A copy of the project that has not been compiled, and a way to make another."""
    return lambda name="project": copy_of(ROOT, tmp_path / name)
