"""`build.py coverage`: exit codes, and a sentence for what cannot be done."""

from types import SimpleNamespace

import pytest
from attrs import evolve
from click.testing import CliRunner

import build as commands
from kit import cli, load
from kit.check.build import Build
from kit.compile import rendered
from kit.coverage.progress import progress
from kit.draw.page import Page, PageSet
from kit.draw.panel import stat
from kit.draw.site import Site
from kit.model.brief import Brief
from kit.model.metric import Gauge
from kit.model.signal import Signal
from kit.model.unit import PERCENT

FULL = Gauge("disk_full_ratio", job="disks")


@pytest.fixture(scope="module")
def small():
    """A site with one panel."""
    signal = Signal("full", "Full", lines=FULL.value(), unit=PERCENT, question="Full?", bad="look.")
    page = Page("Disks", rows={"Disks": [stat(signal)]}).placed(stem="disks", folder="disks", question="How full?")
    settings = evolve(load.settings(load.ROOT / "settings.py"), jobs=())
    return rendered(Site(settings, {"disks": PageSet("Disks", "x")}, (page,)), None, Brief({}, {}, {}), load.ROOT)


@pytest.fixture
def ran(small, monkeypatch):
    """`ran(url, …)`: the command, with the small site for what is defined."""
    monkeypatch.setattr(cli, "_compiled", lambda *_: small)
    return lambda *arguments: CliRunner().invoke(commands.main, ["coverage", "--prometheus", *arguments])


def telling(answers, value):
    """A Prometheus to which everything is `value`."""

    def answer(path, form, headers):
        if path.endswith(("/query", "/query_range")):
            return answers.vector(*value)
        return answers.data({"groups": [], "activeTargets": [], "yaml": "", "version": "3.1.0"})

    return answer


@pytest.mark.parametrize(
    ("value", "options", "code", "last"),
    [
        ([0.5], (), 0, "Every panel, variable, annotation and rule has data, or says why not."),
        ([0.5], ("--strict",), 0, "Every panel, variable, annotation and rule has data."),
        ([1.5], (), 1, "Not as it should be: 1 panel."),
    ],
)
def test_the_exit_code_is_0_only_where_everything_has_data(serve, answers, ran, value, options, code, last):
    with serve(telling(answers, value)) as url:
        found = ran(url, *options)
    assert (found.exit_code, found.stdout.splitlines()[-1], found.stderr) == (code, last, "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--at", "noon"), "--at noon: that is no time"),
        (("--range", "long"), "--range long: that is no duration"),
        (("--var", "x"), "--var x: that is no value of a variable"),
        (("--var", "nope=1"), "no dashboard has a variable 'nope'"),
        (("--bearer-file", "nowhere"), "nowhere cannot be read"),
    ],
)
def test_an_option_that_cannot_be_read_is_told_in_a_sentence(serve, answers, ran, options, words):
    with serve(telling(answers, [1])) as url:
        found = ran(url, *options)
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith(words)
    assert len(found.stderr.splitlines()) == 1


def test_nobody_there_is_2_and_no_credentials_are_told(ran):
    found = ran("http://anna:hunter2@127.0.0.1:1")
    assert (found.exit_code, found.stdout) == (2, "")
    assert found.stderr.startswith("nothing listens at http://127.0.0.1:1 (connection refused)")
    assert "hunter2" not in found.output


def test_a_prometheus_that_goes_away_while_it_is_asked_is_2(serve, answers, ran):
    asked = []

    def answer(path, form, headers):
        asked.append(path)
        return answers.vector(1) if len(asked) < 4 else (502, {}, b"")

    with serve(answer) as url:
        found = ran(url)
    assert found.exit_code == 2
    assert "does not reach its Prometheus" in found.stderr


def test_a_file_that_cannot_be_written_is_told(serve, answers, ran, tmp_path):
    (tmp_path / "file").write_text("")
    with serve(telling(answers, [0.5])) as url:
        found = ran(url, "--json", str(tmp_path / "file" / "x.json"))
    assert found.exit_code == 2
    assert "cannot be written" in found.stderr


def test_definitions_that_are_wrong_are_2(monkeypatch):
    monkeypatch.setattr(cli, "_compiled", lambda *_: cli.FOUND)
    assert CliRunner().invoke(commands.main, ["coverage", "--prometheus", "http://x"]).exit_code == 2


def test_progress_is_for_terminals_only(monkeypatch):
    clock = iter(range(0, 100, 3))
    monkeypatch.setattr("kit.coverage.progress.time", SimpleNamespace(monotonic=lambda: next(clock)))
    said = []
    stream = SimpleNamespace(isatty=lambda: True, write=said.append, flush=lambda: None)
    with progress(stream) as show:
        show(1, 2)
    assert said == ["\r1 of 2 queries", "\r\x1b[K"]
    with progress(SimpleNamespace(isatty=lambda: False)) as show:
        show(1, 2)


def test_the_small_site_has_its_panel(small):
    assert [panel.json["title"] for board in Build(small.files, {}, small.product).dashboards for panel in board.panels]
