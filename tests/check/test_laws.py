"""The laws: none is broken by what is compiled, and each has its test, its name and its paragraph."""

import gc
import importlib
import re
import time
from pathlib import Path

import pytest
from attrs import evolve

from kit import load
from kit.check.build import Build
from kit.check.laws import findings, laws

TESTS = Path(__file__).parent / "laws"
RULES = load.ROOT / "kit/check/rules"
RUNBOOKS = "docs/runbooks"


@pytest.fixture(scope="module")
def build(compiled):
    written = {path.relative_to(load.ROOT).as_posix(): path for path in (load.ROOT / RUNBOOKS).glob("*.md")}
    index = {path: file.read_text() for path, file in written.items() if file.name == "README.md"}
    return Build(compiled.files, {**compiled.documents, **index}, compiled.product, frozenset(written))


@pytest.mark.parametrize("law", sorted(laws()))
def test_what_is_compiled_keeps_the_law(build, law):
    assert [finding.text() for finding in laws()[law](build)] == []


@pytest.mark.parametrize("law", sorted(laws()))
def test_a_law_is_called_like_its_module_and_has_a_test_that_breaks_it(law):
    name = law.replace("-", "_")
    assert law == importlib.import_module(f"kit.check.rules.{name}").ID
    assert (TESTS / f"test_{name}.py").is_file(), f"no test breaks {law}: write {TESTS.name}/test_{name}.py"


def test_every_test_is_of_a_law():
    assert {path.stem.removeprefix("test_").replace("_", "-") for path in TESTS.glob("test_*.py")} == set(laws())


def test_every_law_has_its_paragraph_and_no_other_has():
    told = re.findall(r"^## (\S+)\n\n(.+?)(?=\n\n|\n*\Z)", (load.ROOT / "docs/laws.md").read_text(), re.M | re.S)
    assert [name for name, _ in told] == sorted(laws())
    for name, paragraph in told:
        assert "Mend it:" in " ".join(paragraph.split()), name


def test_what_several_laws_share_is_no_law():
    # laws() takes every module of the package, and a folder only once it has an __init__.py.
    assert not (RULES / "parts/__init__.py").exists()


@pytest.fixture
def uncollected():
    """No garbage is collected meanwhile, as in build.py: here it would be that of all other tests."""
    gc.disable()
    yield
    gc.enable()


def test_laws_are_many_and_quick(build, uncollected):
    spent = []
    for _ in range(5):
        fresh = evolve(build)
        begun = time.process_time()
        found = findings(fresh)
        spent.append(time.process_time() - begun)
    assert found == sorted(found)
    # 0.15 s where this was written; three times that is a law that is no longer linear. A neighbour on the machine
    # slows some of the runs, a law all of them.
    assert min(spent) < 0.5


def test_nothing_compiled_keeps_every_law_but_those_that_ask_for_it(build):
    empty = Build(
        {}, {}, evolve(build.product, site=evolve(build.product.site, pages=(), alerts=()), boards=(), rules={})
    )
    asked = {"coverage", "prometheus-files", "landing-screen", "alert-handover"}
    assert {finding.rule for finding in findings(empty)} <= asked
