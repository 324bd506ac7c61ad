"""The states of both evaluators over time: they fire and recover alike, within one evaluation of Grafana's.

Grafana's are played by the small model in machine.py from what promtool answers to its queries; Prometheus's are what
promtool says of ALERTS. A change that lasts shorter than Grafana's interval may be seen by one of them only; no
course has any.

Two differences are of the evaluators' own, and nothing else is let pass:
- Where a series vanishes and others stay, Grafana waits for a second evaluation without it.
- Where no data alerts, an alert about nothing has other labels than one about an instance that is down, so that the
  hold begins anew when one becomes the other. Prometheus does that each time; Grafana only where it never saw the
  instance before.
"""

from copy import deepcopy

import pytest

from kit.emit.grafana_rules import INTERVAL
from kit.model.words import seconds
from tests.alerts.answers import ask
from tests.alerts.courses import KINDS, courses, series
from tests.alerts.machine import played, settings_of
from tests.alerts.rule_graph import evaluated, queries
from tests.stories.telling.promtool import asked_for, only
from tests.stories.telling.series import STEP

GRAFANA = seconds(INTERVAL)
OFFSETS = (0, 10, 20)  # Grafana spreads its groups over the interval, on its ticks of 10 s


@pytest.fixture(scope="session")
def answers(groups, grafana_rules, tool, tmp_path_factory):
    """`answers(kind)`: course → (what Prometheus answers, the last second of the course); asked once."""
    done = {}

    def of(name):
        if name not in done:
            kind, told, ends = KINDS[name], {}, {}
            for number, (title, course) in enumerate(courses(kind.hold).items()):
                scraped, until = series(kind, course)
                asked = [(alerting(kind), time) for time in range(0, until, STEP)]
                times = range(OFFSETS[number % 3], until, GRAFANA)
                asked += [(query, time) for query in queries(grafana_rules[kind.alert]) for time in times]
                told[title], ends[title] = (only([kind.alert], groups), scraped, asked), until
            found = ask(tool(asked_for()), told, tmp_path_factory.mktemp("courses"))
            done[name] = {title: (found[title], ends[title]) for title in told}
        return done[name]

    return of


def alerting(kind):
    return f'ALERTS{{alertname="{kind.alert}",alertstate="firing"}}'


def fires_in_prometheus(kind, found, until):
    """Time → who fires."""
    return {time: frozenset(found.get((alerting(kind), time), ())) for time in range(0, until, STEP)}


def fires_in_grafana(rule, found, until, offset):
    """Time → who fires."""
    results = {}
    for time in range(offset, until, GRAFANA):
        values = evaluated(rule, {query: found.get((query, time), {}) for query in queries(rule)})
        results[time] = {who: bool(value) for who, value in values.items()}
    return played(settings_of(rule), results)


def changes(fires, whole):
    """Who → [(time, whether it fires from then on)]; `whole`: whether anybody does."""
    everybody = {""} if whole else frozenset().union(*fires.values())
    found = {}
    for who in everybody:
        now = False
        for time, firing in fires.items():
            if (is_so := bool(firing) if whole else who in firing) != now:
                found.setdefault(who, []).append((time, is_so))
                now = is_so
    return found


def disagreement(one, other, late=0):
    """In a sentence how the changes of two evaluators differ by more than an interval; "" if they do not.

    `late`: how much later the other may tell a recovery.
    """
    for who in sorted(set(one) | set(other)):
        mine, theirs = one.get(who, []), other.get(who, [])
        if [is_so for _, is_so in mine] != [is_so for _, is_so in theirs]:
            return f"{who}: {mine} against {theirs}"
        for (at, is_so), (then, _) in zip(mine, theirs, strict=True):
            if not -GRAFANA <= then - at <= GRAFANA + (0 if is_so else late):
                return f"{who}: {'fires' if is_so else 'recovers'} at {at} s against {then} s"
    return ""


def compared(name, title, answers, rule):
    """How the evaluators disagree about a course."""
    kind = KINDS[name]
    offset = OFFSETS[list(courses(kind.hold)).index(title) % 3]
    found, until = answers(name)[title]
    prometheus = changes(fires_in_prometheus(kind, found, until), kind.whole)
    grafana = changes(fires_in_grafana(rule, found, until, offset), kind.whole)
    if kind.whole:
        prometheus, grafana = (
            {who: bridged(mine, 2 * 60 * kind.hold) for who, mine in one.items()} for one in (prometheus, grafana)
        )
    return disagreement(prometheus, grafana, late=GRAFANA if kind.by_presence or "another" in title else 0), prometheus


def bridged(changes, hold):
    """The changes without a recovery that lasts no longer than this, in seconds."""
    kept = []
    for at, is_so in changes:
        if is_so and kept and at - kept[-1][0] <= hold:
            kept.pop()
        else:
            kept.append((at, is_so))
    return kept


@pytest.mark.parametrize("title", courses(1))
@pytest.mark.parametrize("name", KINDS)
def test_they_fire_and_recover_within_one_interval(name, title, answers, grafana_rules):
    wrong, _ = compared(name, title, answers, grafana_rules[KINDS[name].alert])
    assert wrong == ""


@pytest.mark.parametrize("name", KINDS)
def test_the_courses_make_each_kind_fire_and_recover_and_stay_quiet(name, answers, grafana_rules):
    fired = [compared(name, title, answers, grafana_rules[KINDS[name].alert])[1] for title in courses(1)]
    seen = [[is_so for _, is_so in mine] for course in fired for mine in course.values()]
    assert [True, False] in seen and any(len(changes) >= 4 for changes in seen)
    assert not all(fired), "there is no course in which it stays quiet"


def test_there_are_ten_courses_and_more():
    assert len(courses(5)) >= 10


def another_hold(rule):
    rule["for"] = f"{seconds(rule['for']) + 60}s"


def no_hold(rule):
    rule["for"] = "0s"


def another_direction(rule):
    for node in rule["data"]:
        for condition in node["model"].get("conditions", ()):
            kind = condition["evaluator"]["type"]
            condition["evaluator"]["type"] = {"gt": "lt", "lt": "gt"}[kind]


def out_of_reach(rule):
    for node in rule["data"]:
        for condition in node["model"].get("conditions", ()):
            above = condition["evaluator"]["type"] == "gt"
            condition["evaluator"]["params"] = [1e9 if above else -1e9]


def keeps_firing(rule):
    rule["keepFiringFor"] = "2m"


BREAKS = (another_hold, no_hold, another_direction, out_of_reach, keeps_firing)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", KINDS)
def test_a_broken_rule_of_grafana_disagrees(name, broken, answers, grafana_rules):
    rule = deepcopy(grafana_rules[KINDS[name].alert])
    broken(rule)
    assert any(compared(name, title, answers, rule)[0] for title in courses(1))


def test_a_difference_of_more_than_an_interval_is_told():
    mine = {"a": [(100, True), (200, False)]}
    assert disagreement(mine, {"a": [(130, True), (170, False)]}) == ""
    assert disagreement(mine, {"a": [(131, True), (200, False)]}) == "a: fires at 100 s against 131 s"
    assert disagreement(mine, {"a": [(100, True), (231, False)]}, late=30) == ""
    assert disagreement(mine, {"a": [(100, True), (261, False)]}, late=30) == "a: recovers at 200 s against 261 s"
    assert disagreement(mine, {}) == "a: [(100, True), (200, False)] against []"
