"""A tree that `--out` made stands by itself: everything that its Compose file and its kustomizations name is in it."""

import os
import re
import shutil

import pytest
import yaml

from tests.conftest import ROOT

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture
def out(project, tmp_path):
    """Compiled beside the project, which has its exporters/."""
    shutil.copytree(ROOT / "monitoring/exporters", project.root / "monitoring/exporters")
    assert project.build("compile", "--out", str(tmp_path / "out")).code == 0
    return tmp_path / "out"


def named(tree):
    """Every path that a kustomization or the Compose file names, profile `demo` aside: it plays DataFlux here."""
    for path in tree.rglob("*ustomization*"):
        if path.name in ("kustomization.yaml", "Kustomization"):
            said = yaml.load(path.read_text(), LOADER)
            files = [name.split("=")[-1] for one in said.get("configMapGenerator", ()) for name in one.get("files", ())]
            patches = [one["path"] for one in said.get("patches", ()) if "path" in one]
            yield from (path.parent / name for name in (*said.get("resources", ()), *files, *patches))
    services = yaml.load((tree / "docker-compose.monitoring.yml").read_text(), LOADER)["services"]
    for one in services.values():
        mounts = (re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", mount).split(":")[0] for mount in one.get("volumes", ()))
        built = (one["build"],) if isinstance(one.get("build"), str) else ()
        yield from (tree / name for name in (*mounts, *built) if name.startswith("./"))


def test_everything_that_it_names_is_there(out):
    paths = list(named(out))
    assert [str(path) for path in paths if not path.exists()] == []
    assert sum("exporters" in path.parts for path in paths) > 5


def test_a_second_time_nothing_changes(out, project):
    assert "nothing changed" in project.build("compile", "--out", str(out)).out


def test_what_its_owner_has_there_stays_and_what_is_older_is_kept_beside(out, project):
    (out / "exporters/mine.yml").write_text("mine\n")
    edited, outdated = out / "exporters/logs/loki/loki.yml", out / "exporters/logs/logstash/dataflux.conf"
    edited.write_text("edited: 1\n")
    outdated.write_text("before\n")
    os.utime(outdated, (0, 0))
    said = project.build("compile", "--out", str(out)).out
    assert "0 new, 1 changed, 0 removed" in said and "~ exporters/logs/logstash/dataflux.conf" in said
    assert ((out / "exporters/mine.yml").read_text(), edited.read_text()) == ("mine\n", "edited: 1\n")
    assert outdated.read_text() == (ROOT / "monitoring/exporters/logs/logstash/dataflux.conf").read_text()
    assert outdated.with_name(".dataflux.conf.before").read_text() == "before\n"
