"""What a real Alertmanager holds back, on what was compiled: our warning below our critical alert, and nothing else."""

import json
import time
import urllib.request

import pytest

from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.publish.kinds import inhibition

PLACE = {"cluster": "dataflux", "environment": "production"}
DEPTH = {"signal": "queue_depth", "queue": "analysis", **PLACE}


def alert(name, severity, **labels):
    return {"alertname": name, "severity": severity, **labels}


# Name → labels; none of the others' has a signal.
SENT = {
    "OurWarning": alert("OurWarning", "warning", **DEPTH),
    "OtherQueue": alert("OtherQueue", "warning", **{**DEPTH, "queue": "reindex"}),
    "OtherSignal": alert("OtherSignal", "warning", **{**DEPTH, "signal": "queue_oldest"}),
    "ForeignCritical": alert("ForeignCritical", "critical", **PLACE),
    "ForeignWarning": alert("ForeignWarning", "warning", **PLACE),
    "BareCritical": alert("BareCritical", "critical"),
    "BareWarning": alert("BareWarning", "warning"),
    "OurCritical": alert("OurCritical", "critical", **DEPTH),  # last, so that all others are known when it counts
}


@pytest.fixture(scope="module")
def held(tool, compiled_by, tmp_path_factory):
    """Name of each alert that Alertmanager took → whether it holds it back."""
    folder, address = tmp_path_factory.mktemp("alertmanager"), f"{LOOPBACK}:{free_port()}"
    (folder / "templates").mkdir()
    config = folder / "alertmanager.yml"
    config.write_text(compiled_by("prometheus").files["alertmanager/alertmanager.yml"])
    argv = [tool("prometheus-alertmanager"), f"--config.file={config}", f"--storage.path={folder / 'data'}"]
    argv += [f"--web.listen-address={address}", "--cluster.listen-address="]
    with running(argv, log=folder / "log", until=lambda: answers(f"http://{address}/-/ready")):
        url = f"http://{address}/api/v2/alerts"
        body = json.dumps([{"labels": labels} for labels in SENT.values()]).encode()
        post = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        urllib.request.urlopen(post, timeout=5).close()
        return _known(url)


def _known(url):
    """What the inhibitor says once it has heard of all: it is told of alerts after they are stored."""
    end = time.monotonic() + 10
    while True:
        with urllib.request.urlopen(url, timeout=5) as answer:
            found = {a["labels"]["alertname"]: bool(a["status"]["inhibitedBy"]) for a in json.load(answer)}
        if (len(found) == len(SENT) and found["OurWarning"]) or time.monotonic() > end:
            return found
        time.sleep(0.1)


def test_only_our_warning_of_the_same_thing_is_held_back(held):
    assert held == {name: name == "OurWarning" for name in SENT}


def test_grafana_is_told_the_same(compiled, parsed):
    [rule] = parsed(compiled, "alertmanager/alertmanager.yml")["inhibit_rules"]
    ours = {"type": "=~", "label": "signal", "value": ".+"}
    told = inhibition.content(rule)
    assert told["source_matchers"] == [{"type": "=", "label": "severity", "value": "critical"}, ours]
    assert told["target_matchers"] == [{"type": "=", "label": "severity", "value": "warning"}, ours]
