"""The stories of every area, and what promtool says of them."""

import importlib
import json
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.alerts.pruned import shortened
from tests.stories.telling import promtool
from tests.stories.telling.promtool import LOADER

AREAS = [path.stem for path in sorted(Path(__file__).parent.glob("*.py")) if not path.stem.startswith(("test_", "c"))]
# Told in one process: starting one for each takes long, and while one is told a whole area the other worker waits.
DOZEN = 12
# Asks for a hundred metrics, of which a story has a few: it is told with those, and once more, at leisure, with all.
LONG = "MetricMissing"
# Stories that go on for longer, in seconds, are told at leisure alone.
LATE = 5 * 60 * 60
OVER_TIME = ("timeseries", "state-timeline")
STORIES = {area: importlib.import_module(f"tests.stories.{area}").STORIES for area in AREAS}


def pytest_generate_tests(metafunc):
    for fixture, whole in (("told", False), ("told_long", True)):
        if fixture in metafunc.fixturenames:
            chosen = [(area, one) for area in STORIES for one in told_in(area, whole)]
            metafunc.parametrize(fixture, chosen, ids=[one.sentence for _, one in chosen])


def told_in(area, whole):
    """The stories of an area that are told quickly; or those that are told at leisure, with whole rules."""
    return [one for one in STORIES[area] if (LONG in one.alerts or one.until > LATE if whole else one.until <= LATE)]


@pytest.fixture(scope="session")
def stories():
    """Area → its stories."""
    return STORIES


@pytest.fixture(scope="session")
def groups(compiled):
    """The rule groups of Prometheus."""
    paths = [path for path in compiled.files if path.startswith("prometheus/rules/")]
    return [group for path in paths for group in yaml.load(compiled.files[path], LOADER)["groups"]]


@pytest.fixture(scope="session")
def panels(compiled):
    """(page, title) → number of the panel with that title, as the dashboards are written.

    A link shows what happened around a time, so it is the first graph over time that counts, if there is one.
    """
    found = {}
    for path, text in compiled.files.items():
        if path.startswith("grafana/dashboards/"):
            board = json.loads(text)
            flat = [one for panel in board["panels"] for one in (panel, *panel.get("panels", ()))]
            for panel in sorted(flat, key=from_last_to_first):
                found[board["uid"], panel["title"]] = panel["id"]
    return found


def from_last_to_first(panel):
    place = panel["gridPos"]
    return panel["type"] in OVER_TIME, -place["y"], -place["x"]


@pytest.fixture(scope="session")
def failures(groups, panels, tool, once):
    """`failures(area, story)`: what promtool finds wrong; asked a dozen at a time, once, whoever of xdist asks.

    A long rule is told without what cannot have an answer, unless it is asked to be whole.
    """
    program = tool(promtool.asked_for())

    def rules(story, whole):
        mine = promtool.only(story.alerts, groups)
        return mine if whole or LONG not in story.alerts else shortened(mine, story.scraped)

    @cache
    def of_dozen(area, number, whole):
        def ask(folder):
            dozen = told_in(area, whole)[number * DOZEN : (number + 1) * DOZEN]
            told = {one.sentence: (rules(one, whole), one.told(panels)) for one in dozen}
            (folder / "found.json").write_text(json.dumps(promtool.failures(told, program, folder)))

        return json.loads((once(f"stories-{area}-{number}-{whole}", ask) / "found.json").read_text())

    def of(area, story, whole=False):
        return of_dozen(area, told_in(area, whole).index(story) // DOZEN, whole)[story.sentence]

    return of
