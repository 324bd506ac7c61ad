"""The collector's configuration: its grammar, its pipeline, and what becomes of lines on their way to Loki."""

import json
import re

import pytest
import yaml

from kit.load import ROOT
from tests.logs import alloy
from tests.logs.lines import BAD, GOOD, SAMPLE, plain

CONFIG = ROOT / "monitoring/exporters/logs/alloy/config.alloy"
SERVICES = yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())["services"]
ENVIRONMENT = plain(SERVICES["alloy"]["environment"])
OURS, THEIRS = {"service": "ingestion-service"}, {"service": "prometheus"}


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


def references(block):
    for given in block.attributes.values():
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, alloy.Reference):
                yield value
    for inner in block.blocks:
        yield from references(inner)


def test_every_reference_leads_to_a_component(config):
    found = list(references(config))
    assert len(found) == 11
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


@pytest.mark.parametrize("line", GOOD.values(), ids=GOOD)
def test_a_good_line_is_kept_as_it_is_and_not_marked(stages, line):
    assert alloy.processed(stages, line, OURS) == (line, OURS, {})


def test_its_fields_are_those_that_the_pipeline_looks_for(stages):
    wanted = stages[0].one("stage.json").attributes["expressions"]
    assert alloy.fields(SAMPLE, wanted) == {name: str(json.loads(SAMPLE)[name]) for name in wanted}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
@pytest.mark.parametrize("service", ["ingestion-service", "query-service", "analysis-service", "dataflux-exporter"])
def test_a_bad_line_is_kept_and_marked(stages, line, service):
    labels = {"service": service}
    assert alloy.processed(stages, line, labels) == (line, labels, {"malformed": "true"})


def test_other_containers_have_formats_of_their_own(stages):
    labels = {"service": "prometheus"}
    assert alloy.processed(stages, "ts=… level=info", labels) == ("ts=… level=info", labels, {})


@pytest.mark.parametrize(
    ("logs", "labels", "ways"),
    [
        ("loki", OURS, {"here"}),
        ("loki", THEIRS, {"here"}),
        ("logstash", OURS, {"here", "onward"}),
        ("logstash", THEIRS, {"here"}),
        ("fluentd", OURS, {"onward"}),
        ("fluentd", THEIRS, {"here"}),
        ("misspelt", OURS, {"here"}),
        ("misspelt", THEIRS, {"here"}),
    ],
)
def test_a_line_takes_the_way_that_is_asked_for_and_comes_to_loki_once(logs, labels, ways):
    config = alloy.parse(CONFIG.read_text(), ENVIRONMENT | {"LOGS": logs})
    taken = {one.label for one in config.all("loki.relabel") if alloy.kept(one.all("rule"), labels)}
    assert taken == ways
    # Fluentd sends on to Loki, Logstash does not.
    assert ("here" in taken) + (logs == "fluentd" and "onward" in taken) == 1


def test_what_is_handed_on_is_the_line_and_its_service(config):
    for name in ("otelcol.receiver.loki", "otelcol.processor.transform", "otelcol.processor.batch"):
        assert len(config.one(name).one("output").attributes["logs"]) == 1
    statements = config.one("otelcol.processor.transform").one("log_statements").attributes["statements"]
    assert dict(re.fullmatch(r'set\(attributes\["(\w+)"\], (.*)\)', one).groups() for one in statements) == {
        "appname": 'attributes["service"]',
        "message": "body",
    }


@pytest.mark.parametrize("logs", ["fluentd", "logstash"])
def test_it_is_handed_to_who_listens(logs):
    exporter = alloy.parse(CONFIG.read_text(), ENVIRONMENT | {"LOGS": logs}).one("otelcol.exporter.syslog").attributes
    assert exporter["endpoint"] in SERVICES and SERVICES[logs]["profiles"] == [{"logstash": "elk"}.get(logs, logs)]
    assert (exporter["network"], exporter["protocol"]) == ("tcp", "rfc5424")
    listens = {
        "fluentd": r"@type syslog\n(?:.*\n)*?  port (\d+)",
        "logstash": r"tcp \{\n(?:.*\n)*?    port => (\d+)",
    }[logs]
    name = {"fluentd": "fluentd/fluent.conf", "logstash": "logstash/dataflux.conf"}[logs]
    assert re.search(listens, (CONFIG.parent.parent / name).read_text())[1] == str(exporter["port"])


def test_what_waits_for_a_listener_waits_on_its_volume_for_a_day(config):
    exporter, batch = config.one("otelcol.exporter.syslog"), config.one("otelcol.processor.batch")
    queue = exporter.one("sending_queue").attributes
    assert exporter.one("retry_on_failure").attributes["max_elapsed_time"] == "0s"
    assert batch.attributes["timeout"] == "1s" and queue["queue_size"] == 24 * 60 * 60
    assert lead(config, queue["storage"]) and queue["storage"].path.startswith("otelcol.storage.file.")
    assert config.one("otelcol.storage.file").attributes == {}
    [storage] = [word.split("=")[1] for word in SERVICES["alloy"]["command"] if word.startswith("--storage.path=")]
    assert [mount for mount in SERVICES["alloy"]["volumes"] if mount.split(":")[:2] == ["alloy_data", storage]]
    assert "--stability.level=public-preview" in SERVICES["alloy"]["command"]


@pytest.mark.parametrize(
    "broken", ['a "b" {', "a = ", 'a = "x" +', "a { b = c( }", "a = 1\na = 2", "a = ?", 'a "b" { } }']
)
def test_what_is_not_in_the_language_is_refused(broken):
    with pytest.raises(ValueError):
        alloy.parse(broken, {})
