import pytest
import yaml

GRAFANA, PROMETHEUS, BASE = "grafana/Kustomization", "prometheus/Kustomization", "k8s/kustomization.yaml"
SETS = "grafana-dashboards-system-overview"


@pytest.fixture
def change(bench, build):
    """`change(path, name, take)`: what the law says once a generator's list of files was changed."""

    def hear(path, name, take):
        document = yaml.safe_load(build.files[path])
        [one] = [one for one in document["configMapGenerator"] if one["name"] == name]
        take(one["files"])
        return bench.file(path, yaml.safe_dump(document), name)

    return hear


def test_what_is_compiled_fits(change):
    change(GRAFANA, "grafana-datasources", lambda files: None).is_silent()


@pytest.mark.parametrize("key", ["a/b.yml", "a b.yml", "ä.yml"])
def test_a_key_that_kubernetes_refuses(change, key):
    found = change(PROMETHEUS, "prometheus-config", lambda files: files.append(f"{key}=rules/hosts.yml"))
    found.says(f"its key '{key}' is one that Kubernetes refuses", at=PROMETHEUS)


def test_a_file_that_is_not_there(change):
    found = change(PROMETHEUS, "prometheus-config", lambda files: files.append("rules-host.yml=rules/host.yml"))
    found.says("prometheus/rules/host.yml, and there is no such file; did you mean", at=PROMETHEUS)


def test_without_a_key_the_name_of_the_file_is_it(change):
    change(PROMETHEUS, "prometheus-config", lambda files: files.append("rules/hosts.yml")).is_silent()


def test_what_is_written_by_hand_is_looked_for_by_nobody(change):
    change(BASE, "prometheus-config", lambda files: files.append("x.yml=../exporters/logs/x.yml")).is_silent()


def test_more_than_kubernetes_takes(bench, build):
    path = "grafana/dashboards/System Overview/df-service.json"
    found = bench.file(path, "x" * (1024 * 1024), SETS)
    found.says("it holds 1,", at=GRAFANA)
    [one] = found.findings
    assert f"Kubernetes takes 1,024 at most; its largest file is {path}" in one.message


def test_as_much_as_kubernetes_takes(bench, build):
    rest = sum(
        len(path.rsplit("/", 1)[1]) + len(text.encode())
        for path, text in build.files.items()
        if path.startswith("grafana/dashboards/System Overview/") and not path.endswith("df-service.json")
    )
    room = 1024 * 1024 - rest - len("df-service.json")
    path = "grafana/dashboards/System Overview/df-service.json"
    bench.file(path, "x" * room, SETS).is_silent()
    bench.file(path, "x" * (room + 1), SETS).says("it holds 1,024 KiB", at=GRAFANA)
