"""The states of both evaluators over time: they fire and recover alike, within one evaluation of Grafana's.

Grafana's are played by the small model in machine.py from what promtool answers to its queries; Prometheus's are what
promtool says of ALERTS. A change that lasts shorter than Grafana's interval may be seen by one of them only; no
course has any.

One difference is of the evaluators' own, and nothing else is let pass (docs/alerts.md tells of it):
- Where a series vanishes and others stay, Grafana resolves its alert at the second evaluation without it, an interval
  later than one that is in order: "Missing series evaluations to resolve", MISSING where a rule does not say.
Where no data alerts, an alert about nothing has other labels than one about an instance that is down, so that the hold
begins anew in both when one becomes the other.
"""

import fcntl
import json
import os
from copy import deepcopy

import pytest

from kit.emit.grafana_rules import INTERVAL
from kit.model.words import seconds
from tests.alerts.answers import ask
from tests.alerts.courses import KINDS, courses, series
from tests.alerts.machine import MISSING, played, settings_of
from tests.alerts.pruned import pruned, shortened
from tests.alerts.rule_graph import evaluated, queries
from tests.stories.telling.promtool import asked_for, only
from tests.stories.telling.series import STEP

GRAFANA = seconds(INTERVAL)
LATE = (MISSING - 1) * GRAFANA  # how much later than what is in order Grafana resolves what vanished
OFFSETS = (0, 10, 20)  # Grafana spreads its groups over the interval, on its ticks of 10 s


@pytest.fixture(scope="session")
def answers(groups, grafana_rules, tool, tmp_path_factory):
    """`answers(kind)`: course → (what Prometheus answers, the last second of the course); asked once, whoever of
    xdist asks."""
    promtool, done, run = tool(asked_for()), {}, tmp_path_factory.getbasetemp()
    shared = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run

    def told_of(kind):
        for number, (title, course) in enumerate(courses(kind.hold, kind.window).items()):
            scraped, until = series(kind, course)
            asked = [(alerting(kind), time) for time in range(0, until, STEP)]
            times = range(OFFSETS[number % 3], until, GRAFANA)
            short = {pruned(query, scraped): query for query in queries(grafana_rules[kind.alert])}
            asked += [(query, time) for query in short for time in times]
            rules = shortened(only([kind.alert], groups), scraped)
            yield title, (rules, scraped, asked), until, short

    def found(kind):
        folder, told = shared / f"courses-{kind.alert}", list(told_of(kind))
        with (shared / f"courses-{kind.alert}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "found.json").exists():
                folder.mkdir(exist_ok=True)
                got = ask(promtool, {title: one for title, one, *_ in told}, folder)
                plain = {title: [[*key, values] for key, values in mine.items()] for title, mine in got.items()}
                (folder / "found.json").write_text(json.dumps(plain))
        got = json.loads((folder / "found.json").read_text())
        return {
            title: ({(short.get(query, query), at): values for query, at, values in got[title]}, until)
            for title, _, until, short in told
        }

    def of(name):
        if name not in done:
            done[name] = found(KINDS[name])
        return done[name]

    return of


def alerting(kind):
    return f'ALERTS{{alertname="{kind.alert}",alertstate="firing"}}'


def fires_in_prometheus(kind, found, until):
    """Time → who fires."""
    return {time: frozenset(found.get((alerting(kind), time), ())) for time in range(0, until, STEP)}


def results_of(rule, found, until, offset):
    """Time → the condition's value for each instance, as Grafana's evaluation finds it."""
    results = {}
    for time in range(offset, until, GRAFANA):
        values = evaluated(rule, {query: found.get((query, time), {}) for query in queries(rule)})
        results[time] = {who: bool(value) for who, value in values.items()}
    return results


def vanished(fires, results):
    """Who ends to fire at which time because no series of it is left while others have one; "" for anybody."""
    found, before = set(), frozenset()
    for time, firing in fires.items():
        if results[time]:
            found |= {(who, time) for who in before - firing - set(results[time])}
        before = firing
    return found | {("", time) for _, time in found}


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


def disagreement(one, other, late=()):
    """In a sentence how the changes of two evaluators differ by more than an interval; "" if they do not.

    `late`: who may be told by the other to have recovered at which time though it is LATE.
    """
    for who in sorted(set(one) | set(other)):
        mine, theirs = one.get(who, []), other.get(who, [])
        if [is_so for _, is_so in mine] != [is_so for _, is_so in theirs]:
            return f"{who}: {mine} against {theirs}"
        for (at, is_so), (then, _) in zip(mine, theirs, strict=True):
            if not -GRAFANA <= then - at <= GRAFANA + (LATE if (who, then) in late and not is_so else 0):
                return f"{who}: {'fires' if is_so else 'recovers'} at {at} s against {then} s"
    return ""


def compared(name, title, answers, rule):
    """How the evaluators disagree about a course, and how Prometheus changes."""
    kind = KINDS[name]
    offset = OFFSETS[list(courses(kind.hold)).index(title) % 3]
    found, until = answers(name)[title]
    results = results_of(rule, found, until, offset)
    fires = played(settings_of(rule), results)
    prometheus = changes(fires_in_prometheus(kind, found, until), kind.whole)
    grafana = changes(fires, kind.whole)
    if kind.whole:
        prometheus, grafana = (
            {who: bridged(mine, 2 * 60 * kind.hold) for who, mine in one.items()} for one in (prometheus, grafana)
        )
    return disagreement(prometheus, grafana, late=vanished(fires, results)), prometheus


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
    kind = KINDS[name]
    fired = [compared(name, title, answers, grafana_rules[kind.alert])[1] for title in courses(1)]
    seen = [[is_so for _, is_so in mine] for course in fired for mine in course.values()]
    if kind.always:
        assert seen == [[True]] * len(courses(1))
        return
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


def resolves_late(rule):
    rule["missing_series_evals_to_resolve"] = 2 * MISSING


BREAKS = (another_hold, no_hold, another_direction, out_of_reach, keeps_firing, resolves_late)
# What no course could tell: of what never ends; of instances none of which vanishes while another stays.
UNSEEN = {
    no_hold: {"what always fires"},
    keeps_firing: {"what always fires"},
    resolves_late: {
        *("what always fires", "whatever all others need", "a share of rates"),
        *(
            "a choice, the second while somebody answers",
            "an increase over long",
            "a number, or how many do not answer",
        ),
    },
}


@pytest.mark.parametrize("broken", BREAKS, ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", KINDS)
def test_a_broken_rule_of_grafana_disagrees(name, broken, answers, grafana_rules):
    rule = deepcopy(grafana_rules[KINDS[name].alert])
    broken(rule)
    told = any(compared(name, title, answers, rule)[0] for title in courses(1))
    assert told != (name in UNSEEN.get(broken, ()))


def test_a_difference_of_more_than_an_interval_is_told():
    mine = {"a": [(100, True), (200, False)]}
    assert disagreement(mine, {"a": [(130, True), (170, False)]}) == ""
    assert disagreement(mine, {"a": [(131, True), (200, False)]}) == "a: fires at 100 s against 131 s"
    assert disagreement(mine, {"a": [(100, True), (231, False)]}) == "a: recovers at 200 s against 231 s"
    assert disagreement(mine, {"a": [(100, True), (260, False)]}, late={("a", 260)}) == ""
    assert disagreement(mine, {"a": [(100, True), (261, False)]}, late={("a", 261)}) != ""
    assert disagreement(mine, {"a": [(160, True), (200, False)]}, late={("a", 160)}) != ""
    assert disagreement(mine, {}) == "a: [(100, True), (200, False)] against []"


def test_only_what_has_no_series_while_others_have_one_may_resolve_later():
    fires = {0: frozenset("ab"), 30: frozenset("b"), 60: frozenset()}
    assert vanished(fires, {0: {"a": True, "b": True}, 30: {"b": True}, 60: {"b": False}}) == {("a", 30), ("", 30)}
    assert vanished(fires, {0: {"a": True, "b": True}, 30: {"a": False, "b": True}, 60: {}}) == set()
