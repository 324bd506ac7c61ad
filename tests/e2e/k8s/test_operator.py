"""What Kustomize makes of k8s/operator: the operator's objects, and ConfigMaps that the sidecars of Grafana find."""

import json

import pytest

from kit.check.schema import object_problems
from kit.load import ROOT

LABELS = ("grafana_dashboard", "grafana_datasource", "grafana_alert")


@pytest.fixture(scope="module")
def objects(build):
    return build("k8s/operator")


@pytest.fixture(scope="module")
def maps(objects):
    """Label → the ConfigMaps that have it."""
    found = [one for one in objects if one["kind"] == "ConfigMap"]
    return {label: [one for one in found if one["metadata"]["labels"].get(label) == "1"] for label in LABELS}


def test_the_operators_objects_are_of_its_kinds(objects):
    theirs = [one for one in objects if one["kind"] != "ConfigMap"]
    assert {one["kind"] for one in theirs} == {"PrometheusRule", "ServiceMonitor"}
    assert [problem for one in theirs for problem in object_problems(one)] == []


def test_every_dashboard_is_found_with_its_folder(maps):
    folders = {path.name: path for path in (ROOT / "monitoring/grafana/dashboards").iterdir()}
    seen = {}
    for one in maps["grafana_dashboard"]:
        seen.setdefault(one["metadata"]["annotations"]["grafana_folder"], {}).update(one["data"])
    assert seen.keys() == folders.keys()
    for name, files in seen.items():
        assert {key: json.loads(text) for key, text in files.items()} == {
            path.name: json.loads(path.read_text()) for path in folders[name].glob("*.json")
        }


def test_data_sources_and_alerting_are_found(maps):
    seen = {label: {key for one in maps[label] for key in one["data"]} for label in LABELS}
    assert seen["grafana_datasource"] == {"prometheus.yml", "loki.yml"}
    assert seen["grafana_alert"] == {
        *("rules.yml", "policies.yml", "mute-timings.yml", "templates.yml"),
        *("slack.yml", "email.yml", "webhook.yml"),
    }


def test_each_config_map_is_found_by_one_sidecar_and_keeps_its_name(objects, maps):
    found = [one["metadata"]["name"] for label in LABELS for one in maps[label]]
    assert sorted(found) == sorted(one["metadata"]["name"] for one in objects if one["kind"] == "ConfigMap")
    assert not [name for name in found if name.rsplit("-", 1)[-1].isalnum() and len(name.rsplit("-", 1)[-1]) == 10]


def test_none_is_too_large_for_kubernetes(maps):
    for label in LABELS:
        for one in maps[label]:
            assert sum(len(text.encode()) for text in one["data"].values()) < 1_000_000
