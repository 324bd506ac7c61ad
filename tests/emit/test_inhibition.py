"""What a real Alertmanager holds back, on what was compiled: our warning below our critical alert, and nothing else."""

import time

import pytest

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
def held(alertmanager):
    """Name of each alert that Alertmanager took → whether it holds it back."""
    alertmanager.post(*SENT.values())
    end = time.monotonic() + 10
    while True:  # the inhibitor is told of alerts after they are stored
        found = {one["labels"]["alertname"]: bool(one["status"]["inhibitedBy"]) for one in alertmanager.alerts()}
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
