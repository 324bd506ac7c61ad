"""What is compiled into docs/runbooks/: the tables of levels, and the index with the incidents."""

import re
from pathlib import Path

import pytest

from kit.emit.played import played
from kit.emit.runbooks import laid_out
from kit.model.promql import parse
from simulator.incident import incidents

ROOT = Path(__file__).resolve().parents[2]
INDEX = "docs/runbooks/README.md"


def test_the_incidents_of_an_alert_are_those_that_say_so():
    said = {(alert, name) for name, one in incidents().items() for alert in one.alerts}
    assert {(alert, name) for alert, names in played(ROOT).items() for name in names} == said
    assert said


def test_where_no_incident_is_none_is_named(tmp_path):
    assert played(tmp_path) == {}


def test_the_index_names_each_alert_with_what_plays_it(compiled):
    rows = re.findall(r"^\| \[(\w+)\]\(.*\| (.*) \|$", compiled.documents[INDEX], re.M)
    assert [name for name, _ in rows] == [alert.name for alert in compiled.product.site.alerts]
    found = {name: tuple(re.findall(r"`(\w+)`", cell)) for name, cell in rows}
    assert {name: names for name, names in found.items() if names} == played(ROOT)
    assert all(cell == "[by hand](#by-hand)" for name, cell in rows if not found[name])


def test_what_no_incident_plays_can_be_tried_by_hand_and_nothing_else_is_told_there(compiled):
    page = compiled.documents[INDEX]
    told = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", page.split("### By hand\n")[1].split("\n#")[0], re.M)
    names = [name for cell in told for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(names) == sorted({alert.name for alert in compiled.product.site.alerts} - played(ROOT).keys())


def test_each_page_says_its_condition_in_words(compiled):
    page = compiled.documents["docs/runbooks/QueueDepthHigh.md"]
    assert "| QueueDepthHigh | Queue depth of any queue but reindex above 500 | warning | 5m |" in page
    assert "| QueueDepthHighReindex | Queue depth of the queue reindex above 25000 | warning | 5m |" in page


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("a or b or c", "  a\nor\n  b\nor\n  c"),
        ("(a or (b or c)) > 0", "(\n    a\n  or\n    b\n  or\n    c\n) > 0"),
        ("a or b", "a or b"),
        ("(a or b) > 0", "(a or b) > 0"),
        ("sum(a or b or c)", "sum(a or b or c)"),
    ],
)
def test_many_alternatives_stand_below_each_other(query, text):
    assert laid_out(parse(query)) == text
    assert parse(text).prettify() == parse(query.replace("(b or c)", "b or c")).prettify()


@pytest.mark.parametrize("page", ["README.md", INDEX])
def test_the_incident_that_is_tried_by_hand_plays_the_alert_that_is_shown(page):
    tried = re.findall(r"^\$ make demo INCIDENT=(\w+)", (ROOT / page).read_text(), re.M)
    assert "replica_lost" in tried and set(tried) <= set(incidents())
    assert "ServiceDown" in incidents()["replica_lost"].alerts
