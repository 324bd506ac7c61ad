"""The configuration that a runbook has checked in a container is the one that its program was started with."""

import re

import pytest
import yaml

from tests.docs.clusters import LOADER, MONITORING, applied, programs
from tests.docs.pages import code, pages

RUNBOOKS = {path: text for path, text in pages().items() if path.startswith("docs/runbooks/")}
EXECUTED = re.compile(r"(kubectl|docker[ -]compose) .*?\bexec (?:-\w+ )*(?:\w+/)?([a-z-]+) (.*)")
PATH = re.compile(r"(?<![\w/.])/etc/[\w./-]+")
STARTED_WITH = re.compile(r"^--config\.file=(.*)$")


def read_by(words):
    """The files of a command that its program reads at its start."""
    return {found[1] for word in words if (found := STARTED_WITH.match(word))}


def places():
    """Where a command can be executed → program → the files that it was started with."""
    stack = yaml.load((MONITORING / "docker-compose.monitoring.yml").read_text(), LOADER)["services"]
    yield "docker", {name: read_by(one.get("command", ())) for name, one in stack.items()}
    for found in applied().values():
        pods = {app: one["spec"]["template"]["spec"]["containers"] for app, one in programs(found).items()}
        yield (
            "kubectl",
            {app: read_by(word for one in pod for word in one.get("args", ())) for app, pod in pods.items()},
        )


PLACES = list(places())


def named(text):
    """Every path in /etc that the page's code names: by which tool it is reached, in whose container."""
    for said in code(text):
        for path in PATH.findall(said):
            by, program, _ = found.groups() if (found := EXECUTED.search(said)) else ("", "", "")
            yield by.split(" ")[0].split("-")[0], program, path


def unknown(text):
    """What is named and read by nobody there."""
    for by, program, path in named(text):
        asked = [files.get(program, set()) for tool, files in PLACES if tool == by]
        if not asked or any(path not in files for files in asked):
            yield f"{by} {program}: {path}"


@pytest.mark.parametrize("path", sorted(RUNBOOKS))
def test_its_files_are_those_of_the_commands(path):
    assert list(unknown(RUNBOOKS[path])) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`docker compose -f x.yml exec alertmanager cat /etc/alertmanager/alertmanager.yml`",
         ["docker alertmanager: /etc/alertmanager/alertmanager.yml"]),
        ("`docker compose -f x.yml exec alertmanager cat /etc/dataflux/alertmanager/alertmanager.yml`", []),
        ("`kubectl -n x exec service/prometheus -- cat /etc/prometheus/prometheus.yml`", []),
        ("`kubectl -n x exec service/prometheus -- cat /etc/x.yml`", ["kubectl prometheus: /etc/x.yml"]),
        ("`cat /etc/prometheus/prometheus.yml`", [" : /etc/prometheus/prometheus.yml"]),
    ],
)  # fmt: skip
def test_another_path_is_noticed(text, said):
    assert list(unknown(text)) == said


def test_it_finds_what_runbooks_name():
    assert sum(len(list(named(text))) for text in RUNBOOKS.values()) >= 4
