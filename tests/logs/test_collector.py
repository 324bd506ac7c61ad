"""The collector's configuration: its grammar, its pipeline, and what becomes of lines on their way to Loki."""

import json

import pytest
import yaml

from kit.load import ROOT
from tests.logs import alloy

CONFIG = ROOT / "monitoring/exporters/logs/alloy/config.alloy"
SAMPLE = (
    '{"timestamp": "2024-01-01T12:00:00Z", "level": "INFO", "service": "ingestion-service", "request_id": "req-123", '
    '"message": "Asset uploaded successfully", "asset_id": "asset-456", "duration_ms": 150}'
)
ENVIRONMENT = yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())["services"]["alloy"][
    "environment"
]


@pytest.fixture(scope="module")
def config():
    return alloy.parse(CONFIG.read_text(), ENVIRONMENT)


@pytest.fixture(scope="module")
def stages(config):
    return config.one("loki.process").blocks


def lead(config, value):
    """Whether each reference leads to a component of the file."""
    known = {".".join(part for part in (block.name, block.label) if part) for block in config.blocks}
    return value.path.rsplit(".", 1)[0] in known


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


def test_streams_have_the_labels_that_the_dashboards_ask_for_and_no_more(config):
    rules = config.one("discovery.relabel").all("rule")
    assert {rule.attributes["target_label"] for rule in rules} == {"service", "cluster", "environment"}
    assert [block.name for block in config.one("loki.process").blocks] == ["stage.match"]
    assert {rule.attributes.get("replacement") for rule in rules} == {None, "dataflux", "production"}


def test_it_writes_to_the_loki_that_is_read(config):
    url = config.one("loki.write").one("endpoint").attributes["url"]
    assert url == "http://loki:3100/loki/api/v1/push"
    source = yaml.safe_load((ROOT / "monitoring/grafana/datasources/loki.yml").read_text())["datasources"][0]
    assert url.startswith(source["url"])


def test_the_sample_line_is_kept_as_it_is_and_not_marked(stages):
    labels = {"service": "ingestion-service"}
    assert alloy.processed(stages, SAMPLE, labels) == (SAMPLE, labels, {})


def test_its_fields_are_those_that_the_pipeline_looks_for(stages):
    wanted = stages[0].one("stage.json").attributes["expressions"]
    assert alloy.fields(SAMPLE, wanted) == {name: str(json.loads(SAMPLE)[name]) for name in wanted}


@pytest.mark.parametrize(
    "line",
    ["Traceback (most recent call last):", "{", "[1]", "", '{"level": "INFO"}', SAMPLE.replace("INFO", "")],
    ids=["a trace", "cut off", "a list", "empty", "half", "no level"],
)
@pytest.mark.parametrize("service", ["ingestion-service", "query-service", "analysis-service", "dataflux-exporter"])
def test_a_bad_line_is_kept_and_marked(stages, line, service):
    labels = {"service": service}
    assert alloy.processed(stages, line, labels) == (line, labels, {"malformed": "true"})


def test_other_containers_have_formats_of_their_own(stages):
    labels = {"service": "prometheus"}
    assert alloy.processed(stages, "ts=… level=info", labels) == ("ts=… level=info", labels, {})


@pytest.mark.parametrize(
    "broken", ['a "b" {', "a = ", 'a = "x" +', "a { b = c( }", "a = 1\na = 2", "a = ?", 'a "b" { } }']
)
def test_what_is_not_in_the_language_is_refused(broken):
    with pytest.raises(ValueError):
        alloy.parse(broken, {})
