"""docs/tour.md names every page, and of each only rows, panels and links that it has; its clicks lead where it says."""

import json
import re
from itertools import pairwise

import pytest

from kit.check.build import Build
from kit.model import promql
from simulator.incident import incidents
from tests.docs.pages import ROOT, code, prose

TOUR = (ROOT / "docs/tour.md").read_text()
WORD = re.compile(r"\*\*([^*]+)\*\*|(?<!\*)\*([^*]+)\*(?!\*)")
# What is called so elsewhere: on the page of incidents, in runbooks, on Loki's lines.
ELSEWHERE = {"play", "end", "slanted", "First look", "How to mend it", "This request in all services"}
NO_PAGE = {"bold", "What and where."}


class Shown:
    """A page as it is compiled: its rows with their panels' titles, and each panel's links, title → address."""

    def __init__(self, raw):
        self.title, self.uid, self.question = raw["title"], raw["uid"], raw["description"]
        self.top = {link["title"]: link["url"] for link in raw["links"] if link["type"] == "link"}
        self.rows, self.links = {}, {}
        for panel in flat(raw["panels"]):
            if panel["type"] == "row":
                row = self.rows.setdefault(panel["title"], [])
                continue
            row.append(panel["title"])
            self.links.setdefault(panel["title"], {}).update(links_of(panel))

    @property
    def words(self):
        """All that can be called by name on it."""
        return {*self.rows, *self.links, *self.top, *(title for links in self.links.values() for title in links)}

    def opens(self, row):
        """The links to drill-downs that a row's panels offer."""
        return {title for panel in self.rows[row] for title in self.links[panel] if title.startswith("Open ")}


def flat(panels):
    for panel in panels:
        yield panel
        yield from panel.get("panels", ())


def links_of(panel):
    config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
    columns = [one["value"] for rule in config["overrides"] for one in rule["properties"] if one["id"] == "links"]
    every = [*panel.get("links", ()), *config["defaults"].get("links", ()), *(link for one in columns for link in one)]
    return {link["title"]: link["url"] for link in every}


@pytest.fixture(scope="module")
def pages(compiled):
    """Every page, by its title."""
    files = compiled.files.items()
    read = [Shown(json.loads(text)) for path, text in files if path.startswith("grafana/dashboards/")]
    return {page.title: page for page in read}


def named(text, page=None):
    """What is named in a text, as (page, word): a word belongs to the page that was named last."""
    for bold, slanted in WORD.findall(prose(text)):
        if bold and bold not in NO_PAGE:
            page = bold
        elif slanted and slanted not in ELSEWHERE:
            yield page, slanted


def tables(head):
    """The rows of every table whose heads are these, with the text before it; a row is its cells."""
    for before, body in re.findall(rf"([^|]*)\n{re.escape(head)}\n\|[-|]+\|\n((?:\|.*\n)+)", TOUR):
        yield before, [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines()]


WALK = next(rows for _, rows in tables("| | on | look at | what you see | click |"))
LANDINGS = list(tables("| row | it answers | a click opens |"))
TURNS = next(rows for _, rows in tables("| incident | first sign | cause | alert |"))


def test_every_page_is_named_with_its_question(pages):
    told = {title for title in pages if f"**{title}**" in TOUR}
    assert pages.keys() - told == set()
    asked = " ".join(TOUR.split())
    assert [title for title, page in pages.items() if page.question not in asked] == []
    bold = {bold for bold, _ in WORD.findall(prose(TOUR)) if bold}
    assert bold - pages.keys() == NO_PAGE


def test_what_it_names_is_on_the_page_that_it_names(pages):
    words = list(named(TOUR))
    assert len(words) > 80
    assert [(page, word) for page, word in words if page is None or word not in pages[page].words] == []


def test_a_panel_that_is_called_otherwise_is_noticed(pages):
    [(page, word)] = named("**Hosts**: *Inodes taken*")
    assert (page, word) == ("Hosts", "Inodes taken") and word not in pages[page].words


def test_each_landing_page_has_its_rows_and_what_a_click_in_them_opens(pages, compiled):
    landings = {page.title for page in compiled.product.site.pages if page.landing}
    told = {}
    for before, rows in LANDINGS:
        page = re.findall(r"\*\*(.+?)\*\*", before)[-1]
        told[page] = {row.strip("*"): set(re.findall(r"\*(.+?)\*", opens)) for row, _, opens in rows}
    assert told.keys() == landings
    for page in landings:
        assert told[page] == {row: pages[page].opens(row) for row in pages[page].rows}


@pytest.mark.parametrize(("step", "following"), list(pairwise(WALK)), ids=lambda row: row[0])
def test_a_step_of_the_walk_leads_to_the_next(pages, step, following):
    _, on, look, _, click = step
    page, to = pages[on.strip("*")], pages[following[1].strip("*")]
    *where, last = re.findall(r"\*(.+?)\*", click)
    if click.startswith("on top"):
        assert page.top[[*where, last][0]].split("?")[0] == f"/d/{to.uid}"
    else:
        panel = (where or re.findall(r"\*(.+?)\*", look))[0]
        assert page.links[panel][last].split("?")[0] == f"/d/{to.uid}"


def test_the_incident_of_the_walk_is_told_by_its_alert_and_its_log_lines(compiled):
    assert "`bad_deploy`" in TOUR and "ErrorRateHigh" in incidents()["bad_deploy"].alerts
    source = (ROOT / "incidents/bad_deploy.py").read_text()
    assert "\"Upload failed: KeyError: 'checksum'\"" in source and "`Upload failed: KeyError: 'checksum'`" in TOUR
    assert "failing = 1, 0.2" in source and "nearly 20 %" in TOUR


@pytest.mark.parametrize("turn", TURNS, ids=lambda row: row[0])
def test_an_incident_of_ones_turn_shows_where_it_says_and_has_that_alert(turn, compiled):
    name, _, cause, alert = turn
    one = incidents()[name.strip("`")]
    page, panel = re.match(r"\*\*(.+)\*\*, \*(.+)\*", cause).groups()
    [board] = [board for board in compiled.product.boards if board.page.title == page]
    shown = {view.signal.name for drawn in board.page.drawn if drawn.heading == panel for view in drawn.views}
    assert shown & set(one.shows)
    told = re.findall(r"`(\w+)`", alert)
    assert set(told) <= set(one.alerts) and bool(told) == bool(one.alerts)


def test_alerts_that_it_names_exist(compiled):
    alerts = {alert.name for alert in compiled.product.site.alerts}
    spoken = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`", TOUR))
    assert {"Watchdog", *spoken} <= alerts and len(spoken) > 5


def test_its_queries_can_be_read_and_ask_for_what_is_measured(compiled):
    asked = [found[1] for said in code(TOUR) if (found := re.search(r"promtool query instant \S+ '(.+)'", said))]
    assert len(asked) >= 4
    catalogue = Build(compiled.files, compiled.documents, compiled.product).catalogue
    assert [problem for query in asked for problem in promql.problems(query, catalogue)] == []


def test_the_words_of_a_message_are_those_of_messages(compiled):
    sample = (ROOT / "docs/notifications.md").read_text()
    for word in ("Where", "Panel", "Logs", "Runbook", "Silence"):
        assert f"`{word}`" in TOUR and f"\n{word}: " in sample
    for heading in ("First look", "How to mend it"):
        assert f"*{heading}*" in TOUR
        pages = [path for path in (ROOT / "docs/runbooks").glob("*.md") if path.name != "README.md"]
        assert [path.name for path in pages if f"\n## {heading}\n" not in path.read_text()] == []


def test_the_file_and_the_number_to_change_are_there():
    assert "critical=Level(0.05" in (ROOT / "signals/service.py").read_text()
