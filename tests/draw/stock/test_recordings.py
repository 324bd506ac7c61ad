"""What Grafana 13.1 stored and returned, panel by panel and key by key."""

import json
from pathlib import Path

import pytest

from kit.draw import stock

_RECORDED = Path(__file__).parents[2] / "recorded" / "canonical"
EMITTED = json.loads((_RECORDED / "every-class-as-grafanalib-emits-it.json").read_text())["sent"]
CLEANED = json.loads((_RECORDED / "every-class-cleaned.json").read_text())
STORED = CLEANED["v1"]["spec"]

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
SOURCES = {"default": PROMETHEUS, "${datasource}": PROMETHEUS}
# Four panels of the first recording have no counterpart in the second: they are refused.
PANELS = list(zip(EMITTED["panels"], STORED["panels"], strict=False))
VARIABLES = list(zip(EMITTED["templating"]["list"], STORED["templating"]["list"], strict=True))


def draw(panel):
    return stock.panel(panel, datasources=SOURCES, plugin_version="13.1.0")


def without_ids(panel):
    """The recorded panels were numbered before they were sent; `panel` leaves that to its caller."""
    inner = {"panels": [without_ids(each) for each in panel["panels"]]} if "panels" in panel else {}
    return {key: value for key, value in panel.items() if key != "id"} | inner


def explained(panel):
    """The one difference: Grafana stores an empty description if somebody sends one; we send none."""
    return {key: value for key, value in panel.items() if (key, value) != ("description", "")}


@pytest.mark.parametrize(("emitted", "stored"), PANELS, ids=[each["title"] for _, each in PANELS])
def test_what_grafanalib_emits_becomes_what_grafana_returned(emitted, stored):
    assert draw(emitted) == explained(without_ids(stored))


@pytest.mark.parametrize("stored", STORED["panels"], ids=[each["title"] for each in STORED["panels"]])
def test_what_grafana_returned_stays_as_it_is(stored):
    assert draw(stored) == explained(stored)


@pytest.mark.parametrize("emitted", EMITTED["panels"][len(PANELS) :], ids=lambda each: each["type"])
def test_the_panels_that_grafana_migrated_with_loss_are_refused(emitted):
    with pytest.raises(stock.Refused, match=f"{emitted['title']}.*use"):
        draw(emitted)


@pytest.mark.parametrize(("emitted", "stored"), VARIABLES, ids=[f"{each['type']}" for _, each in VARIABLES])
def test_variables_become_what_grafana_returned(emitted, stored):
    assert stock.variable(emitted, datasources=SOURCES) == stored
    assert stock.variable(stored, datasources=SOURCES) == stored


def spread(panels):
    """The recordings have every panel at one place, which no dashboard may."""
    return [{**each, "gridPos": {"h": 8, "w": 12, "x": 0, "y": 8 * index}} for index, each in enumerate(panels)]


def test_a_dashboard_becomes_what_grafana_returned():
    unique = [{**each, "name": f"{each['name']}{index}"} for index, (each, _) in enumerate(VARIABLES)]
    sent = EMITTED | {"panels": spread(panel for panel, _ in PANELS), "templating": {"list": unique}}
    board = stock.dashboard(sent, datasources=SOURCES, plugin_version="13.1.0")
    titles = {"title": EMITTED["title"], "uid": EMITTED["uid"]}
    assert {**board, "panels": [], "templating": {}} == {**STORED, **titles, "panels": [], "templating": {}}
    wanted = spread(STORED["panels"])
    assert board["panels"] == [explained(each) for each in wanted]


def test_a_dashboard_that_grafana_returned_stays_as_it_is():
    unique = [{**each, "name": f"{each['name']}{index}"} for index, each in enumerate(STORED["templating"]["list"])]
    sent = {**STORED, "uid": "x", "panels": spread(STORED["panels"]), "templating": {"list": unique}}
    once = stock.dashboard(sent, datasources=SOURCES, plugin_version="13.1.0")
    assert once == {**sent, "panels": [explained(each) for each in sent["panels"]]}
    assert stock.dashboard(once, datasources=SOURCES, plugin_version="13.1.0") == once
