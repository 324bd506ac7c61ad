"""`build.py alerts`: the table, an explanation, and a sentence for what cannot be asked."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import build as commands
from kit import cli

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ran(compiled, monkeypatch):
    """`ran("--area", "queues")`: the command, on what has been compiled already."""
    monkeypatch.setattr(cli, "_compiled", lambda *_: compiled)
    return lambda *arguments: CliRunner().invoke(commands.main, ["alerts", *arguments])


def names(result):
    return [alert["name"] for alert in json.loads(result.stdout)["alerts"]]


# --- the table


def test_it_prints_every_rule_in_a_line_where_nobody_looks(made, compiled):
    told = made.build("alerts")
    assert (told.code, told.err) == (0, "")
    head, *lines = told.out.split("\n\n")[0].splitlines()
    assert head.split("  ")[0] == "ALERT"
    rules = [rule.name for rules in compiled.product.rules.values() for rule in rules]
    assert [line.split()[0] for line in lines] == rules


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal(made, columns):
    """Its stdout is a real terminal, which it asks for its width."""
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    with subprocess.Popen(
        [sys.executable, "build.py", "alerts"], cwd=made.root, stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        told = b""
        while part := _read(leader):
            told += part
        os.close(leader)
    lines = told.decode().splitlines()
    assert process.returncode == 0
    assert "\x1b" not in told.decode()
    # A line takes up the room that there is, and no more.
    assert columns - 15 < max(map(len, lines)) <= columns


def test_who_reads_it_may_stop_reading(made):
    """As `build.py alerts | head -1` does."""
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "build.py", "alerts"],
        cwd=made.root,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (0, "")


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # what Linux says once the other end is closed
        return b""


def test_a_name_stands_for_an_alert_and_its_exceptions(ran):
    assert names(ran("--json", "QueueDepthHigh")) == ["QueueDepthHigh", "QueueDepthHighReindex"]
    assert names(ran("--json", "QueueDepthHighReindex", "ServiceDown")) == ["QueueDepthHighReindex", "ServiceDown"]


def test_filters_choose_by_severity_and_area(ran, compiled):
    severe = {alert.name for alert in compiled.product.site.alerts if alert.severity == "critical"}
    queues = {alert.name for alert in compiled.product.site.alerts if alert.area == "queues"}
    whole = json.loads(ran("--json", "--severity", "critical", "--area", "queues").stdout)["alerts"]
    assert {one["alert"] for one in whole} == severe & queues
    assert {one["area"] for one in whole} == {"queues"}


def test_it_lists_what_the_settings_are_for(project):
    project.edit("settings.py", 'evaluator="grafana"', 'evaluator="prometheus"')
    project.copy("settings.py", "other.py")
    project.edit("settings.py", 'evaluator="prometheus"', 'evaluator="grafana"')
    told = project.build("alerts", "--settings", "other.py", "--json", "ServiceDown")
    assert json.loads(told.out)["evaluator"] == "prometheus"
    assert json.loads(project.build("alerts", "--json", "ServiceDown").out)["evaluator"] == "grafana"


def test_a_definition_that_is_wrong_is_told_as_by_compile(project):
    place = project.edit("signals/queue.py", "Level(500, above=True,", "Level(500,")
    told = project.build("alerts")
    assert (told.code, told.out, [where for where, _ in told.faults]) == (1, "", [place])


# --- an explanation


def test_it_explains_an_alert_at_a_value(ran):
    told = ran("--explain", "ErrorRateHigh", "--at", "7%")
    assert told.exit_code == 0
    assert "It fires after 2m: 7 % is above 5 %." in told.stdout
    assert re.search(r"Defined in: alerts/services\.py:\d+\.?\n", told.stdout)


def test_it_follows_the_level(project):
    project.edit("signals/service.py", "critical=Level(0.05, above=True,", "critical=Level(0.08, above=True,")
    assert (
        "It stays quiet: 7 % is not above 8 %."
        in project.build("alerts", "--explain", "ErrorRateHigh", "--at", "7%").out
    )


def test_an_explanation_for_machines_says_the_same(ran):
    found = json.loads(ran("--explain", "QueueDepthHigh", "--at", "1200", "--json").stdout)
    assert (found["value"], found["verdict"], found["alert"]["level"]) == (1200, "silenced", 500)
    assert found["others"] == [
        {"name": "QueueDepthCritical", "severity": "critical", "level": "above 1000", "verdict": "fires"}
    ]
    assert found["exceptions"] == [
        {"label": "queue", "value": "reindex", "name": "QueueDepthHighReindex", "verdict": "quiet"}
    ]
    assert found["first_message"] == [{"receiver": "dataflux-slack", "earliest_seconds": 340, "latest_seconds": 370}]
    assert found["message"]["description"] == "1.2k items wait in the queue {queue} (level 500)."
    assert (found["fires_without_data"], found["evaluator"]) == (False, "grafana")


# --- what cannot be asked


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("--explain", "ErrorRatHigh", "--at", "7%"),
            "there is no alert 'ErrorRatHigh'; did you mean 'ErrorRateHigh'?",
        ),
        (("--explain", "errorratehigh", "--at", "7%"), "no alert 'errorratehigh'; did you mean 'ErrorRateHigh'?"),
        (("--explain", "Xyz", "--at", "7%"), "there is no alert 'Xyz'; build.py alerts lists them"),
        (("ServicDown",), "there is no alert 'ServicDown'; did you mean 'ServiceDown'?"),
        (("--severity", "critcal"), "--severity critcal: no alert has that severity; did you mean 'critical'?"),
        (("--area", "queue"), "--area queue: no alert has that area; did you mean 'queues'?"),
        (("ServiceDown", "--area", "queues"), "no alert is all that is asked for; leave out a name or a filter"),
        (("--at", "7%"), "--at 7%: a value is for one alert; write --explain NAME --at 7%"),
        (("--explain", "ErrorRateHigh"), "--explain ErrorRateHigh: say at which value, with --at (7% or 0.07)"),
        (("--explain", "ErrorRateHigh", "--at", "seven"), "--at 'seven' is no quantity; write 7% or 0.07"),
        (("--explain", "ErrorRateHigh", "--at", "7"), "--at '7' would be 700 %; write 7% or 0.07"),
        (("--explain", "ErrorRateHigh", "--at", ""), "say at which value"),
        (("--explain", "ServiceDown", "--at", "up", "--area", "queues"), "it explains one alert; leave out names"),
        (("--explain", "ServiceDown", "--at", "up", "CacheDown"), "it explains one alert; leave out names"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_asked_is_told_in_a_sentence(ran, arguments, sentence):
    told = ran(*arguments)
    assert told.exit_code == 2
    assert told.stdout == ""
    assert sentence in told.stderr
    assert len(told.stderr.splitlines()) == 1


# --- its documents


def shown():
    """Each `build.py alerts …` that a page shows."""
    for page in ("README.md", "docs/alerts.md", "docs/runbooks/README.md"):
        for options in re.findall(r"^\$ \S*python build\.py alerts ?(.*)$", (ROOT / page).read_text(), re.M):
            asked = options.split("#")[0].split()
            yield pytest.param(asked, id=f"{page} {' '.join(asked)}")


@pytest.mark.parametrize("arguments", list(shown()))
def test_what_the_pages_show_can_be_asked(ran, arguments):
    assert ran(*arguments).exit_code == 0


def test_what_the_readme_shows_of_an_explanation_is_said(ran):
    readme = (ROOT / "README.md").read_text()
    sample = readme.split("alerts --explain QueueDepthHigh --at 1200\n")[1].split("```")[0]
    told = ran("--explain", "QueueDepthHigh", "--at", "1200").stdout
    lines = [line.removesuffix(" …") for line in sample.splitlines() if line != "…"]
    assert len(lines) == 3
    assert all(line in told for line in lines)


def keys(value, prefix=""):
    """`{"a": [{"b": 1}]}` → a, a[].b"""
    for key, inside in value.items():
        yield prefix + key
        first = inside[0] if isinstance(inside, list) and inside else inside
        if isinstance(first, dict):
            yield from keys(first, f"{prefix}{key}{'[]' if isinstance(inside, list) else ''}.")


@pytest.mark.parametrize(
    ("heading", "arguments"),
    [
        ("The table", ("--json", "QueueDepthHigh")),
        ("An explanation", ("--json", "--explain", "QueueDepthHigh", "--at", "1200")),
    ],
)
def test_the_shape_for_machines_is_documented(ran, heading, arguments):
    text = (ROOT / "docs" / "alerts.md").read_text()
    section = text.split(f"### {heading}\n")[1].split("\n#")[0]
    documented = {key for cell in re.findall(r"^\| (.*?) \|", section, re.M) for key in re.findall(r"`([^`]+)`", cell)}
    found = set(keys(json.loads(ran(*arguments).stdout)))
    found = {key for key in found if not key.startswith("alert.")} | ({"alert"} & found)
    assert documented == found
