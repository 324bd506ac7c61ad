"""A real Grafana renders the templates of the messages; nothing is stored there. The double renders nothing."""

import os
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from kit.load import ROOT

RENDER = "/api/alertmanager/grafana/config/api/v1/templates/test"
ODD = 'a&b <c> "d" {{ .X }} é\nnext'
LABELS = {"alertname": "QueueDepthCritical", "severity": "critical", "cluster": "c", "environment": "e"}

pytestmark = pytest.mark.skipif(not os.environ.get("GRAFANA_URL"), reason="GRAFANA_URL names no real Grafana")


def alert(service, **more):
    return {
        "startsAt": "2026-01-02T03:04:05Z",
        "labels": {**LABELS, "service": service},
        "annotations": {
            "summary": "A queue is far longer than it should be.",
            "description": f"1500 items wait for {service} (level 1000).",
            "runbook_url": "https://runbooks.example/QueueDepthCritical.md",
            "dashboard_url": "http://grafana.example/d/df-queues?viewPanel=7",
        },
        **more,
    }


@pytest.fixture(scope="module")
def said(server):
    """Template → what Grafana makes of it, of an alert that fires and one that is over."""
    provisioned = yaml.safe_load((ROOT / "monitoring/grafana/provisioning/alerting/templates.yml").read_text())
    [template] = provisioned["templates"]
    alerts = [alert("index", endsAt="2026-01-02T04:00:00Z"), alert(ODD)]
    answer = server.send("POST", RENDER, {"name": "dataflux", "template": template["template"], "alerts": alerts})
    assert not answer.get("errors"), answer["errors"]
    return {one["name"]: one["text"] for one in answer["results"]}


def test_the_text_tells_both_with_every_link(said):
    shown = " ".join(ODD.split())
    lines = [line for line in said["dataflux.text"].splitlines() if line]
    assert lines[1:4] == [
        f"FIRING (critical) 1500 items wait for {shown} (level 1000).",
        "Since 2026-01-02 03:04:05 UTC",
        f"Where: service {shown}, cluster c, environment e",
    ]
    assert [line.split(":")[0] for line in lines[4:8]] == ["Panel", "Logs", "Runbook", "Silence"]
    assert "Since 2026-01-02 03:04:05 UTC until 2026-01-02 04:00:00 UTC" in lines
    assert said["dataflux.text"].count("Silence: ") == 1


def test_the_silence_is_grafanas_own_form_with_the_alerts_labels(said):
    [url] = re.findall(r"Silence: (\S+)", said["dataflux.text"])
    asked = parse_qs(urlsplit(url).query)
    assert urlsplit(url).path.endswith("/alerting/silence/new")
    assert {"alertname=QueueDepthCritical", f"service={ODD}", "severity=critical"} <= set(asked["matcher"])


def test_slacks_text_is_escaped_and_its_links_are_named(said):
    bare = re.sub(r"<http[^|>]+\|\w+>", "", said["dataflux.slack"])
    assert "<" not in bare and "a&amp;b &lt;c&gt;" in bare
    assert re.findall(r"\|(\w+)>", said["dataflux.slack"]) == [
        "Panel", "Logs", "Runbook", "Silence", "Panel", "Logs", "Runbook",
    ]  # fmt: skip


def test_the_title_counts_both(said):
    assert said["dataflux.title"].startswith("[FIRING 1, RESOLVED 1]")
