"""Each incident makes the condition of each alert that it is made for true, for as long as that must hold.

Incidents are played one after the other on working days, and nothing is true just before; a real Prometheus is asked
what the rules ask.
"""

import json
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from kit.compile import compiled as compile_all
from kit.emit.prometheus_rules import condition
from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.model.alert import rules
from kit.model.expr import Scope
from kit.model.words import seconds
from simulator import history, stage
from simulator.day import DAY, HOUR, weekday
from simulator.incident import incidents
from simulator.scrape import Configured
from simulator.world import World

ROOT = Path(__file__).resolve().parents[3]
# A Monday, 00:00 UTC, long ago.
MONDAY = 1_789_948_800.0
STEP, BEFORE = 30.0, 900.0
MADE_FOR = {name: one for name, one in incidents().items() if one.alerts}
PAIRS = [(name, alert) for name, one in MADE_FOR.items() for alert in one.alerts]


def timetable():
    """Incident → when it begins: four a working day, so far apart that each leaves no trace in the next."""
    found, day = {}, MONDAY
    for number, name in enumerate(MADE_FOR):
        if number and number % 4 == 0:
            day += DAY if weekday(day) < 4 else 3 * DAY
        found[name] = day + (9 + 2 * (number % 4)) * HOUR
    return found


def test_the_weeks_begin_on_a_monday():
    assert weekday(MONDAY) == 0 and MONDAY % DAY == 0
    assert all(weekday(at) < 5 for at in timetable().values())


@pytest.fixture(scope="module")
def settings():
    return stage.settings(stage.Stage(root=ROOT, work=ROOT, settings=ROOT / "settings.py"))


@pytest.fixture(scope="module")
def product(settings):
    result, faults = compile_all(settings, ROOT)
    assert not faults
    return result


@pytest.fixture(scope="module")
def prometheus(tool, product, tmp_path_factory):
    """Every incident's time, from a quarter of an hour before it, in a real Prometheus; its address."""
    tool("promtool")
    folder = tmp_path_factory.mktemp("incidents")
    (folder / "data").mkdir()
    configured, world, totals = Configured(product.files), World(1, MONDAY), {}
    for name, at in timetable().items():
        history.skip(world, totals, at - BEFORE, 300)
        world.begin(incidents()[name], at)
        history.fill(world, totals, configured, folder / "data", at + incidents()[name].lasts, STEP)
    url = f"http://{LOOPBACK}:{free_port()}"
    (folder / "nothing.yml").write_text("scrape_configs: []\n")
    argv = [tool("prometheus"), f"--config.file={folder / 'nothing.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    argv += ["--storage.tsdb.retention.time=100y", f"--web.listen-address={url.removeprefix('http://')}"]
    with running(argv, log=folder / "log", until=lambda: answers(f"{url}/-/ready")):
        yield url


@pytest.fixture(scope="module")
def conditions(product, settings):
    """Alert → the conditions of its rules, read from what is exported rather than from what is recorded."""
    alerts = {alert.name: alert for alert in product.product.site.alerts}
    return {
        name: [(condition(rule, settings), seconds(rule.alert.level.hold)) for rule in rules(alert, Scope())]
        for name, alert in alerts.items()
    }


def held(url, query, begin, end):
    """How long, in seconds, each series of the condition was there without a break, at most."""
    asked = urllib.parse.urlencode({"query": query, "start": begin, "end": end, "step": STEP})
    with urllib.request.urlopen(f"{url}/api/v1/query_range", asked.encode(), timeout=60) as answer:
        found = json.load(answer)["data"]["result"]
    longest = 0.0
    for series in found:
        times = [float(time) for time, _ in series["values"]]
        first = times[0]
        for before, now in zip(times, times[1:], strict=False):
            first = first if now - before <= STEP else now
            longest = max(longest, now - first)
    return longest if found else None


@pytest.mark.parametrize(("name", "alert"), PAIRS, ids=[f"{name}-{alert}" for name, alert in PAIRS])
def test_an_incident_fires_what_it_is_made_for(name, alert, prometheus, conditions):
    begin = timetable()[name]
    fires = [
        (hold, lasted)
        for query, hold in conditions[alert]
        if (lasted := held(prometheus, query, begin, begin + MADE_FOR[name].lasts)) is not None
    ]
    assert any(lasted >= hold + 2 * STEP for hold, lasted in fires), fires


@pytest.mark.parametrize(("name", "alert"), PAIRS, ids=[f"{name}-{alert}" for name, alert in PAIRS])
def test_nothing_fires_before_it(name, alert, prometheus, conditions):
    begin = timetable()[name]
    for query, hold in conditions[alert]:
        lasted = held(prometheus, query, begin - 300, begin - STEP)
        assert lasted is None or lasted < min(hold, 200)
