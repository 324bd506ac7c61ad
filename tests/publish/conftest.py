"""What the tests of publishing share: a small build to break."""

import json
import shutil
from pathlib import Path

import pytest
from attrs import frozen

from kit.emit import build_json
from kit.emit.text import yaml_text
from kit.publish.here.commits import TOLD_BY_CI
from kit.publish.http.again import Clock
from tests.double import Double
from tests.publish.small import PASSWORD, SECRETS, WHOLE, Stage
from tests.publish.sockets import without_proxies

PROVIDERS = "grafana/provisioning/dashboards/all.yml"
QUEUES = "grafana/dashboards/System Overview/df-queues.json"


def provider(title, uid, path=None):
    there = path or f"/var/lib/grafana/dashboards/{title}"
    return {"name": uid, "folder": title, "folderUid": uid, "options": {"path": there}}


def board(uid, title, **more):
    return {"uid": uid, "title": title, "panels": [], **more}


@frozen
class Place:
    """A project with a build: `write` puts a text there, `seal` makes BUILD.json say that it was compiled so."""

    root: Path

    @property
    def out(self):
        return self.root / "monitoring"

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def put(self, path, told):
        """A file of the build: JSON or YAML by its name, or a text as it is."""
        if not isinstance(told, str):
            told = json.dumps(told) if path.endswith(".json") else yaml_text(told, "a test")
        self.write(f"monitoring/{path}", told)

    def seal(self, settings="settings.py"):
        paths = [path for path in sorted(self.out.rglob("*")) if path.is_file() and path.name != "BUILD.json"]
        files = {path.relative_to(self.out).as_posix(): path.read_text() for path in paths}
        files = {path: text for path, text in files.items() if not path.startswith("exporters/")}
        self.write("monitoring/BUILD.json", build_json.text(files, self.root, self.root / settings))
        return self


def small(root):
    """A small project with a whole and fresh build of one dashboard."""
    place = Place(root)
    place.write("settings.py", "settings = None\n")
    place.write("signals/queue.py", "depth = None\n")
    place.put(PROVIDERS, {"providers": [provider("System Overview", "dataflux-system-overview")]})
    place.put(QUEUES, board("df-queues", "Queues"))
    return place.seal()


def with_everything(place):
    """The small project with one of everything in its build."""
    for path, told in WHOLE.items():
        place.put(path, told)
    return place.seal()


def undisturbed(monkeypatch):
    """No proxy stands between the tests and the double, and no CI tells what is published."""
    without_proxies(monkeypatch)
    for name in TOLD_BY_CI:
        monkeypatch.delenv(name, raising=False)


def without_waiting(monkeypatch):
    """Nobody waits between two tries."""
    monkeypatch.setattr(Clock, "sleep", lambda self, seconds, stop: None)


def staged_at(place, grafana, history, **environ):
    login = {"GRAFANA_URL": grafana.url, "GRAFANA_USER": grafana.user, "GRAFANA_PASSWORD": grafana.password}
    return Stage(place, grafana, history, {**login, **SECRETS, **environ})


@pytest.fixture
def place(tmp_path):
    return small(tmp_path / "project")


@pytest.fixture
def whole(place):
    return with_everything(place)


@pytest.fixture
def quick(monkeypatch):
    without_waiting(monkeypatch)


@pytest.fixture
def staged(whole, tmp_path, monkeypatch):
    """`staged(grafana)`: the whole small project, and that double to publish it to."""
    undisturbed(monkeypatch)
    return lambda grafana, **environ: staged_at(whole, grafana, tmp_path / "history", **environ)


@pytest.fixture
def stage(staged, quick):
    """The whole small project, and an empty Grafana 13.1 to publish it to."""
    with Double(password=PASSWORD) as grafana:
        yield staged(grafana)


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """The whole small project, published for the first time: what tests begin with, so that it is made once."""
    root = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as monkeypatch, Double(password=PASSWORD) as grafana:
        undisturbed(monkeypatch)
        without_waiting(monkeypatch)
        stage = staged_at(with_everything(small(root / "project")), grafana, root / "history")
        ended = stage.publish()
        assert ended.code == 0, ended.said
    return stage


@pytest.fixture
def published(stage, first):
    """`stage`, published: the Grafana holds what `first` left in its own, and the history is a copy of that one's."""
    stage.grafana.becomes(first.grafana)
    shutil.copytree(first.history, stage.history)
    for path in stage.history.glob("*/run.json"):
        path.write_text(path.read_text().replace(first.grafana.url, stage.grafana.url))
    return stage


@pytest.fixture
def older(staged, quick):
    """The whole small project, and an empty Grafana 11.5 without the resource API to publish it to."""
    with Double(version="11.5.0", apis=False, password=PASSWORD) as grafana:
        yield staged(grafana)
