"""The collector's configuration for Kubernetes: found as pods, and from there on the way of config.alloy."""

import re
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT
from tests.logs import alloy
from tests.logs.test_collector import SAMPLE, lead

FOLDER = ROOT / "monitoring/exporters/logs/alloy"
[DAEMON_SET] = [
    one for one in yaml.safe_load_all((ROOT / "monitoring/k8s/alloy.yaml").read_text()) if one["kind"] == "DaemonSet"
]
[CONTAINER] = DAEMON_SET["spec"]["template"]["spec"]["containers"]
ENVIRONMENT = {one["name"]: one.get("value", "node-1") for one in CONTAINER["env"]}
PLACE = {"cluster": "dataflux", "environment": "production"}
# Alloy's source adds job and instance: internal/component/loki/source/kubernetes/kubetail/target.go, PrepareLabels.
POD = {
    "service": "ingestion-service",
    "pod": "ingestion-service-6d5f9c7b8-x2x4k",
    "job": "loki.source.kubernetes.pods",
    "instance": "dataflux/ingestion-service-6d5f9c7b8-x2x4k:ingestion-service",
    **PLACE,
}


@pytest.fixture(scope="module")
def config():
    return alloy.parse((FOLDER / "kubernetes.alloy").read_text(), ENVIRONMENT)


@pytest.fixture(scope="module")
def on_a_host():
    environment = yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())["services"]["alloy"]
    return alloy.parse((FOLDER / "config.alloy").read_text(), environment["environment"])


@pytest.fixture(scope="module")
def stages(config):
    return config.one("loki.process").blocks


def test_it_is_the_file_that_is_run():
    assert Path(CONTAINER["args"][-1]).name == "kubernetes.alloy"
    assert "kubernetes.alloy" in (ROOT / "monitoring/exporters/logs/Kustomization").read_text()


def test_it_is_told_what_it_asks_for_and_no_more():
    asked = re.findall(r'sys\.env\("(\w+)"\)', (FOLDER / "kubernetes.alloy").read_text())
    assert ENVIRONMENT.keys() == set(asked)


def test_every_reference_leads_to_a_component(config):
    found = [
        value
        for block in config.blocks
        for given in block.attributes.values()
        for value in (given if isinstance(given, list) else [given])
        if isinstance(value, alloy.Reference)
    ]
    assert len(found) == 4
    assert [value.path for value in found if not lead(config, value)] == []


def test_each_reads_the_pods_of_its_own_node(config):
    discovery = config.one("discovery.kubernetes")
    assert discovery.attributes["role"] == "pod"
    assert discovery.one("selectors").attributes == {"role": "pod", "field": "spec.nodeName=node-1"}
    [node] = [one for one in CONTAINER["env"] if one["name"] == "NODE"]
    assert node["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}


def test_a_stream_is_called_by_its_container_and_has_the_labels_of_everywhere(config):
    rules = {rule.attributes["target_label"]: rule.attributes for rule in config.one("discovery.relabel").all("rule")}
    assert rules.keys() == {"service", "pod", "cluster", "environment"}
    assert rules["service"]["source_labels"] == ["__meta_kubernetes_pod_container_name"]
    assert (rules["cluster"]["replacement"], rules["environment"]["replacement"]) == ("dataflux", "production")


def test_it_writes_to_the_loki_that_is_read(config, on_a_host):
    assert config.one("loki.write") == on_a_host.one("loki.write")


def test_the_pod_stands_beside_the_line_and_no_label_names_it(stages):
    line, labels, beside = alloy.processed(stages, SAMPLE, POD)
    assert (line, labels) == (SAMPLE, {"service": "ingestion-service", **PLACE})
    assert beside == {"pod": POD["pod"]}


@pytest.mark.parametrize("line", ["Traceback (most recent call last):", "[1]", '{"level": "INFO"}'])
def test_a_bad_line_is_kept_and_marked(stages, line):
    assert alloy.processed(stages, line, POD) == (
        line,
        {"service": "ingestion-service", **PLACE},
        {"pod": POD["pod"], "malformed": "true"},
    )


def test_what_is_of_nobody_we_know_is_only_told_its_pod(stages):
    labels = {**POD, "service": "coredns"}
    assert alloy.processed(stages, "plain", labels) == (
        "plain",
        {"service": "coredns", **PLACE},
        {"pod": POD["pod"]},
    )


def test_a_line_goes_the_way_that_it_goes_on_a_host(stages, on_a_host):
    assert stages[-1:] == on_a_host.one("loki.process").blocks
    assert [stage.name for stage in stages[:-1]] == ["stage.structured_metadata", "stage.label_drop"]
