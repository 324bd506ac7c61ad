"""What the programs find in their pods, given to the real promtool and amtool; what Grafana finds, read as it reads."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.e2e.k8s.conftest import MONITORING, mounted, written

ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"


def pod(objects, name):
    """The pod of a program, whoever keeps it running."""
    [found] = [one for one in objects if one["metadata"]["name"] == name and "template" in one.get("spec", {})]
    return found["spec"]["template"]["spec"]


def ran(*words):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def prometheus(build, folder, tmp_path):
    """The folder /etc/prometheus of its pod."""
    objects = build(folder)
    return written(objects, pod(objects, "prometheus"), "config", tmp_path / "prometheus")


def without_kubernetes(config, folder):
    """The configuration for a promtool that was built without Kubernetes, as Debian's is; how much was left out."""
    scraped = [*config["scrape_configs"], *config.get("alerting", {}).get("alertmanagers", ())]
    left = sum(bool(one.pop("kubernetes_sd_configs", None)) for one in scraped)
    text = yaml.safe_dump(config)
    account = folder / "account"
    account.mkdir()
    for name in ("token", "ca.crt"):
        (account / name).touch()
    return text.replace(ACCOUNT, str(account)), left


def test_prometheus_has_a_configuration_and_every_rule(prometheus, tool, tmp_path):
    config = yaml.safe_load((prometheus / "prometheus.yml").read_text())
    text, left = without_kubernetes(config, tmp_path)
    assert left == len(config["scrape_configs"]) > 10
    (prometheus / "prometheus.yml").write_text(text)
    code, said = ran(tool("promtool"), "check", "config", prometheus / "prometheus.yml")
    assert code == 0, said
    assert f"{len(list(prometheus.glob('rules/*.yml')))} rule files found" in said


def test_a_mistake_in_it_is_told(prometheus, tool, tmp_path):
    text, _ = without_kubernetes(yaml.safe_load((prometheus / "prometheus.yml").read_text()), tmp_path)
    (prometheus / "prometheus.yml").write_text(text.replace("action: keepequal", "action: keepequals", 1))
    code, said = ran(tool("promtool"), "check", "config", prometheus / "prometheus.yml")
    assert code != 0 and 'unknown relabel action "keepequals"' in said


def test_alertmanager_has_a_configuration_and_its_templates(build, folder, tool, tmp_path):
    objects = build(folder)
    found = written(objects, pod(objects, "alertmanager"), "config", tmp_path)
    code, said = ran(tool("amtool"), "check-config", found / "alertmanager.yml")
    assert code == 0, said
    assert "1 templates" in said and "3 receivers" in said


def test_where_prometheus_notifies_promtool_takes_what_it_is_told_of_alertmanagers(compiled_by, tool, tmp_path):
    files = compiled_by("prometheus").files
    config = yaml.safe_load(files["k8s/config/prometheus.yml"])
    text, left = without_kubernetes(config, tmp_path)
    assert left == len(config["scrape_configs"]) + 1 and "alert_relabel_configs" in text
    path = tmp_path / "prometheus.yml"
    path.write_text(text.replace("rules/*.yml", "none/*.yml"))
    code, said = ran(tool("promtool"), "check", "config", path)
    assert code == 0, said


ALL = "etc/dataflux/grafana/all"


@pytest.fixture
def grafana(build, folder, tmp_path):
    """`grafana("one")`: the file system of a pod."""
    objects = build(folder)
    return lambda name: mounted(objects, pod(objects, "grafana"), tmp_path / name)


def dashboards(root):
    """(Provider, the path by which Grafana knows a dashboard) → its file, as file_reader.go of Grafana 13.1 walks.

    The provider's path with every link followed, then what lies below: no folder that begins with a dot, no link into
    another folder.
    """
    for path in (root / ALL / "dashboards").glob("*.yml"):
        for provider in yaml.safe_load(path.read_text())["providers"]:
            start = Path(os.path.realpath(root / provider["options"]["path"].removeprefix("/")))
            for at, folders, files in os.walk(start):
                folders[:] = [one for one in folders if one[0] != "." and not (Path(at) / one).is_symlink()]
                known = {Path(at) / one for one in files if one.endswith(".json")}
                yield from ((provider, f"/{one.relative_to(os.path.realpath(root))}", one) for one in known)


def test_grafana_has_each_dashboard_once_where_its_provider_looks(grafana):
    root = grafana("one")
    found = list(dashboards(root))
    texts = [path.read_text() for _, _, path in found]
    compiled = {path.read_text(): path.parent.name for path in MONITORING.glob("grafana/dashboards/*/*.json")}
    assert len(texts) == len(set(texts)) == len(compiled) > 15
    assert all(provider["folder"] == compiled[path.read_text()] for provider, _, path in found)


def test_every_pod_of_grafana_knows_a_dashboard_by_the_same_path(grafana):
    """Replicas that share a database would delete what the other has, and each restart what was there before."""
    one, other = ({path for _, path, _ in dashboards(grafana(name))} for name in ("one", "other"))
    assert one == other != set()


def test_grafana_has_its_data_sources_and_alerting_in_both_ways_of_provisioning(grafana):
    """It reads the files of a folder, whatever they are links to, and no folders in it."""
    root = grafana("one")
    read = {
        path.relative_to(root).as_posix(): sum(one.suffix == ".yml" and one.is_file() for one in path.iterdir())
        for path in root.glob("etc/dataflux/grafana/*/*")
    }
    assert read == {
        f"{ALL}/alerting": 7,
        f"{ALL}/dashboards": 1,
        f"{ALL}/datasources": 2,
        "etc/dataflux/grafana/datasources/datasources": 2,
    }
