"""Logstash's pipeline: parsed by its own grammar, and what becomes of lines on their way to Elasticsearch."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT
from tests.e2e.logs.logstash import Event, filtered
from tests.logs.lines import BAD, BAD_TIME, GOOD, document, plain, syslog

CONFIG = ROOT / "monitoring/exporters/logs/logstash/dataflux.conf"
SERVICES = yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())["services"]
ENVIRONMENT = plain(SERVICES["logstash"]["environment"])
# When a line that has no time of its own came.
NOW = 1.0


@pytest.fixture(scope="session")
def parsed(go_program):
    """`parsed(path)`: how the parser ended, and what it read."""
    program = go_program(Path(__file__).parent / "parser")

    def read(path):
        ran = subprocess.run([program, path], capture_output=True, text=True, timeout=60)
        return ran, json.loads(ran.stdout) if ran.returncode == 0 else None

    return read


@pytest.fixture(scope="session")
def pipeline(parsed):
    ran, found = parsed(CONFIG)
    assert ran.returncode == 0, ran.stderr
    return found


def sent(pipeline, line):
    """What Elasticsearch gets, without what Logstash keeps to itself."""
    event = Event({"message": line, "@timestamp": NOW, "@version": "1", "event": {"original": line}})
    filtered(pipeline["filter"], event, ENVIRONMENT)
    event.pop("@metadata", None)
    return {name: value for name, value in event.items() if value is not None}


@pytest.mark.parametrize("line", (GOOD | BAD | BAD_TIME).values(), ids=GOOD | BAD | BAD_TIME)
@pytest.mark.parametrize("heard", ["2024-01-01T12:00:01.123456789Z", "2024-01-01T12:00:01.1Z"])
def test_each_line_is_one_document_with_its_fields(pipeline, line, heard):
    wanted = document(line, heard=heard)
    assert sent(pipeline, syslog(line, heard=heard)) == wanted


def test_what_is_no_syslog_is_kept(pipeline):
    found = sent(pipeline, "who are you?")
    assert found["message"] == found["event"]["original"] == "who are you?"
    assert (found["service"], found["malformed"], found["@timestamp"]) == ("unknown", "true", NOW)


def test_every_plugin_has_a_name_of_its_own(pipeline):
    """Logstash's own figures are told by it."""

    def plugins(block):
        for one in block:
            if "plugin" in one:
                yield one["values"].get("id")
                continue
            for inner in (*(way["then"] for way in one["ways"]), one["else"]):
                yield from plugins(inner)

    found = [name for part in pipeline.values() for name in plugins(part)]
    assert len(found) == len(set(found)) == 10 and all(found)


def test_it_listens_and_sends_where_it_is_heard(pipeline):
    [heard], [output] = pipeline["input"], pipeline["output"]
    assert (heard["plugin"], heard["values"]["port"]) == ("tcp", 5140)
    assert output["plugin"] == "elasticsearch" and output["values"]["hosts"] == ["${ELASTICSEARCH_URL}"]
    assert ENVIRONMENT["ELASTICSEARCH_URL"] == "http://elasticsearch:9200"


def test_it_writes_to_the_data_stream_that_has_the_template(pipeline):
    values = pipeline["output"][0]["values"]
    # By Elasticsearch's own naming: type, dataset, namespace; the first and the last are Logstash's defaults.
    stream = f"logs-{values['data_stream_dataset']}-default"
    fluentd = (CONFIG.parent.parent / "fluentd/fluent.conf").read_text()
    assert values["data_stream"] == "true" and f"index_name {stream}\n" in fluentd
    [pattern] = json.loads((CONFIG.parent.parent / "elasticsearch/template.json").read_text())["index_patterns"]
    assert Path(stream).match(pattern)


@pytest.mark.parametrize(
    "broken", ["filter {", "input { tcp { port => } }", "filter { if [a] { } else }", "outputs { }"]
)
def test_what_is_not_in_the_language_is_refused(parsed, tmp_path, broken):
    (tmp_path / "broken.conf").write_text(broken)
    assert parsed(tmp_path / "broken.conf")[0].returncode == 1
