"""docs/checklist.md: the ten boxes, each ticked where CI runs what proves it, and nowhere else."""

import shlex
import subprocess
import sys

import pytest

from checklist.page import boxes, packages
from tests.checklist import ci
from tests.checklist.ci import ROOT

TEXT = (ROOT / "docs/checklist.md").read_text()
BOXES = boxes(TEXT, "docs/checklist.md")
PROVEN = [box for box in BOXES if box.command]
MAKEFILE, SCRIPT = (ROOT / "Makefile").read_text(), (ROOT / ".ci/run").read_text()
ASKED = [
    "Prometheus configured and running",
    "Dashboards imported",
    "Alert rules configured",
    "Notification channels set up",
    "Custom metrics implemented",
    "Log aggregation working",
    "Health checks configured",
    "Performance baselines established",
    "Documentation updated",
    "Team trained",
]


def of(box):
    return f"{box.number}"


def test_it_has_the_boxes_that_were_asked_for():
    assert [box.title for box in BOXES] == ASKED


@pytest.mark.parametrize("box", BOXES, ids=of)
def test_a_box_is_ticked_where_a_command_proves_it_and_says_what_that_means(box):
    assert box.ticked == bool(box.command)
    assert box.says


@pytest.mark.parametrize("box", PROVEN, ids=of)
def test_ci_runs_what_the_command_of_a_box_runs(box):
    wanted = ci.run_by(box.command, MAKEFILE)
    assert wanted, box.command
    assert wanted - ci.of_ci(SCRIPT, MAKEFILE) == set(), f"CI does not run them: leave box {box.number} empty"


@pytest.mark.parametrize("box", [box for box in PROVEN if " -k " in box.command], ids=of)
def test_a_selection_takes_something_of_every_file(box):
    """A test that is renamed must not leave a box that proves less."""
    words = shlex.split(box.command)
    command = [sys.executable, *words[1:], "--collect-only", "-n", "0"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout
    taken = {line.split("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    assert taken == ci.run_by(box.command, MAKEFILE)


@pytest.mark.parametrize("box", PROVEN, ids=of)
def test_make_and_python_are_all_that_a_command_begins_with(box):
    """So the page's own words for exit codes, tools and GRAFANA_URL hold for each."""
    assert box.command.startswith(("make ", ".venv/bin/python -m pytest "))


def test_where_programs_are_had_is_what_ci_says():
    told, known = packages(TEXT), ci.packages(SCRIPT)
    assert told.pop("initdb") == "postgresql" and "postgresql/*/bin/initdb" in SCRIPT
    assert told.items() <= known.items()
    needed = {program for box in BOXES for program in box.needs}
    assert needed - {"go", "initdb"} <= told.keys() <= needed


# --- would it be noticed?


def test_a_suite_that_ci_leaves_out_is_noticed():
    less = SCRIPT.replace("make e2e-data\n", "").replace("make e2e-deploy\n", "")
    lost = [box.number for box in PROVEN if ci.run_by(box.command, MAKEFILE) - ci.of_ci(less, MAKEFILE)]
    assert {1, 2, 5, 7} <= set(lost)
    less = SCRIPT.replace("make test\n", "")
    lost = [box.number for box in PROVEN if ci.run_by(box.command, MAKEFILE) - ci.of_ci(less, MAKEFILE)]
    assert {6, 9, 10} <= set(lost)


def test_a_folder_that_a_target_ignores_is_not_taken_as_run():
    assert not [file for file in ci.run_by("make e2e-data", MAKEFILE) if file.startswith("tests/e2e/alerts/")]
    assert not [file for file in ci.run_by("make e2e-data", MAKEFILE) if file.startswith("tests/e2e/compose/")]
    assert [file for file in ci.run_by("make e2e-deploy", MAKEFILE) if file.startswith("tests/e2e/compose/")]
    assert [file for file in ci.run_by("make e2e-alerts", MAKEFILE) if file.startswith("tests/e2e/alerts/")]
    assert not [file for file in ci.run_by("make test", MAKEFILE) if file.startswith(("tests/e2e/", "tests/alerts/"))]
