"""A Grafana to publish to: the one that GRAFANA_URL names, or else the double; what was made there is removed again."""

import os

import pytest

from kit.publish.here import target_environment
from kit.publish.here.commits import TOLD_BY_CI
from tests.double import Double
from tests.e2e.grafana.project import Project
from tests.e2e.grafana.renamed import renamed
from tests.e2e.grafana.server import Grafana

DOUBLE = {"GRAFANA_USER": "admin", "GRAFANA_PASSWORD": "admin"}
LOGIN = ("GRAFANA_TOKEN", "GRAFANA_USER", "GRAFANA_PASSWORD")


@pytest.fixture(scope="session")
def environ():
    """Where to publish to, and the login, as the environment says it."""
    if os.environ.get("GRAFANA_URL"):
        yield dict(os.environ)
    else:
        with Double() as double:
            yield {"GRAFANA_URL": double.url, **DOUBLE}


@pytest.fixture(scope="session")
def server(environ):
    """That Grafana, as a person uses it; swept before the first and after the last test."""
    grafana = Grafana(*target_environment.read(environ))
    if others := grafana.others():
        pytest.exit(
            f"{grafana.url}: DataFlux is published in organisation {grafana.keys['org'] or 1} already"
            f" ({', '.join(others[:3])} …), and this suite would take it for its own; name another organisation"
            " (GRAFANA_ORG_ID) or another Grafana",
            returncode=3,
        )
    grafana.sweep_accounts()
    yield grafana
    grafana.sweep()
    grafana.sweep_accounts()


@pytest.fixture
def grafana(server):
    """The same, with nothing of this suite's in it; emptied even where a test fails."""
    server.sweep()
    yield server
    server.sweep()


@pytest.fixture(scope="session")
def tokens(server):
    """`tokens("Viewer")`: the token of a service account with that role."""
    made = {}

    def token(role):
        if role not in made:
            made[role] = server.token(role)
        return made[role]

    return token


@pytest.fixture
def everything(compiled, environ, grafana, tmp_path, monkeypatch):
    """This project's build under names of its own, in a repository of its own, to be published to `grafana`.

    The policy tree belongs to the whole organisation: it is published where nobody made one yet.
    """
    for name in TOLD_BY_CI:
        monkeypatch.delenv(name, raising=False)
    said = {key: value for key, value in grafana.keys.items() if value}
    keys = {**said, "policies": "own" if grafana.untouched_policies else "ignore"}
    login = {name: environ.get(name, "") for name in LOGIN}
    return Project(tmp_path / "project", keys, login).begin(renamed(compiled.files))


@pytest.fixture
def project(everything):
    """The same without inhibition rules: after a hundred changes of notifications, writing one takes Grafana on SQLite
    seven seconds (it waits for a lock that it holds itself)."""
    del everything.files["alertmanager/alertmanager.yml"]
    return everything.release()


@pytest.fixture
def published(project):
    """The same, published once."""
    project.publish()
    return project
