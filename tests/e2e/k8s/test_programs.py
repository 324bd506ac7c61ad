"""What the programs find in their pods, given to the real promtool and amtool."""

import subprocess

import pytest
import yaml

from tests.e2e.k8s.conftest import FOLDERS, named, written

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


@pytest.mark.parametrize("name", FOLDERS)
def test_grafana_has_its_dashboards_where_their_providers_look(build, name, tmp_path):
    objects = build(name)
    grafana = pod(objects, "grafana")
    boards = written(objects, grafana, "dashboards", tmp_path / "dashboards")
    providers = named(objects, "ConfigMap", "grafana-providers")["data"]["dataflux.yml"]
    for provider in yaml.safe_load(providers)["providers"]:
        folder = boards / provider["options"]["path"].removeprefix("/var/lib/grafana/dashboards/")
        assert list(folder.glob("*.json")), provider["name"]
    alerting = written(objects, grafana, "alerting", tmp_path / "alerting")
    assert len(list(alerting.glob("*.yml"))) == 7
