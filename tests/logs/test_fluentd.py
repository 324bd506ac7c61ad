"""Fluentd's configuration: its grammar, and what becomes of lines on their way to Loki and to Elasticsearch."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT
from tests.logs import fluentd
from tests.logs.lines import BAD, BAD_TIME, GOOD, HEARD, SAMPLE, document, moment, plain, syslog

CONFIG = ROOT / "monitoring/exporters/logs/fluentd/fluent.conf"
SERVICE = yaml.safe_load((ROOT / "monitoring/docker-compose.monitoring.yml").read_text())["services"]["fluentd"]
ENVIRONMENT = plain(SERVICE["environment"])
WAYS = ("loki", "loki-and-elasticsearch")
LABELS = {"service": "ingestion-service", "cluster": "dataflux", "environment": "production"}


@pytest.fixture(scope="module")
def ruby(tool):
    """`ruby(code, time, record)`: what Ruby makes of an expression."""
    command = [tool("ruby"), Path(__file__).parent / "expand.rb"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as process:

        def value(code, time, record):
            whole, nanoseconds = fluentd.seconds(time)
            asked = {"code": code, "seconds": whole, "nanoseconds": nanoseconds, "record": record}
            process.stdin.write(json.dumps(asked) + "\n")
            answer = process.stdout.readline()
            assert answer, f"Ruby refuses {code}"
            return json.loads(answer)[0]

        yield value
        process.stdin.close()


@pytest.fixture
def sent(ruby):
    """What is sent of a line: Loki's, then Elasticsearch's."""

    def of(line, to="loki-and-elasticsearch"):
        flow = fluentd.Fluentd(fluentd.parse(CONFIG, ENVIRONMENT | {"FLUENTD_TO": to}), ruby)
        flow.hear(line)
        return flow.sent["loki"], flow.sent["elasticsearch"]

    return of


@pytest.mark.parametrize("line", GOOD.values(), ids=GOOD)
def test_a_good_line_comes_to_loki_as_it_is(sent, line):
    assert sent(syslog(line))[0] == [(LABELS, HEARD, line)]


@pytest.mark.parametrize("line", (BAD | BAD_TIME).values(), ids=BAD | BAD_TIME)
def test_a_bad_line_comes_to_loki_as_it_is_and_marked(sent, line):
    assert sent(syslog(line))[0] == [(LABELS | {"malformed": "true"}, HEARD, line)]


@pytest.mark.parametrize("line", (GOOD | BAD | BAD_TIME).values(), ids=GOOD | BAD | BAD_TIME)
def test_each_line_is_one_document_with_its_fields(sent, line):
    [(index, found)] = sent(syslog(line))[1]
    assert index == "logs-dataflux-default"
    assert found | {"@timestamp": moment(found["@timestamp"])} == document(line)


def test_the_sample_line_in_full(sent):
    _, [(_, found)] = sent(syslog(SAMPLE))
    assert found == LABELS | {
        "@timestamp": "2024-01-01T12:00:00Z",
        "level": "INFO",
        "request_id": "req-123",
        "message": "Asset uploaded successfully",
        "asset_id": "asset-456",
        "duration_ms": 150,
        "event": {"original": SAMPLE},
    }


def test_what_is_no_syslog_is_kept(sent):
    [(labels, _, line)], [(_, found)] = sent("who are you?")
    assert line == found["message"] == "who are you?"
    assert labels == LABELS | {"service": "unknown", "malformed": "true"}


def test_elasticsearch_is_asked_for_only_where_it_is_wanted(sent):
    assert [len(found) for found in sent(syslog(SAMPLE), to="loki")] == [1, 0]


def test_where_to_is_one_of_the_files():
    assert {path.stem for path in (CONFIG.parent / "to").glob("*.conf")} == set(WAYS)
    assert ENVIRONMENT["FLUENTD_TO"] == "loki"


@pytest.mark.parametrize("to", WAYS)
def test_it_sends_to_those_that_are_there(to):
    root = fluentd.parse(CONFIG, ENVIRONMENT | {"FLUENTD_TO": to})
    outputs = [one for label in root.all("label") for one in label.all("match")]
    told = {one.plugin: one.values.get("url") or one.values.get("hosts") for one in outputs}
    assert told["loki"] == "http://loki:3100" and told["elasticsearch"] == "http://elasticsearch:9200"
    folder = next(mount.split(":")[1] for mount in SERVICE["volumes"] if mount.startswith("fluentd_data:"))
    buffers = [one.one("buffer").values for one in outputs if one.all("buffer")]
    assert len({one["path"] for one in buffers}) == 2 and all(one["path"].startswith(f"{folder}/") for one in buffers)
    # What cannot be sent waits; it is neither given up nor dropped.
    kept = {"@type": "file", "retry_forever": "true", "overflow_action": "block"}
    assert all(kept.items() <= one.items() for one in buffers)


@pytest.mark.parametrize(
    "broken",
    ["<source>", "</source>", "<source>\n</match>", 'a "b', "a 1\na 2", "? 1", "@include gone.conf"],
)
def test_what_is_not_in_the_language_is_refused(tmp_path, broken):
    (tmp_path / "fluent.conf").write_text(broken)
    with pytest.raises((ValueError, OSError)):
        fluentd.parse(tmp_path / "fluent.conf", {})


def test_what_a_plugin_would_do_with_more_is_not_guessed():
    with pytest.raises(ValueError, match="loki does with extra_labels"):
        _ = fluentd.Element("match", "**", {"@type": "loki", "extra_labels": "{}"}).plugin
