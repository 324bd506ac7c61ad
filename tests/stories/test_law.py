"""No alert without its stories; and stories that would notice if an alert were broken."""

import re
from copy import deepcopy

import pytest
from attrs import evolve

from kit.model.words import number, seconds
from tests.alerts.pruned import shortened
from tests.stories.monitoring_missing import SETTLED
from tests.stories.telling import promtool
from tests.stories.telling.law import told_twice, untold


@pytest.fixture(scope="session")
def every(stories):
    return [one for area in stories.values() for one in area]


@pytest.fixture(scope="session")
def names(groups):
    return sorted(promtool.alerts(groups))


def test_every_alert_has_a_story_in_which_it_fires_and_one_in_which_it_does_not(names, every):
    assert untold(names, every) == []


def test_the_holds_and_severities_are_those_of_the_brief(groups):
    asked = {
        "ServiceDown": ("critical", "1m"),
        "ErrorRateHigh": ("critical", "2m"),
        "QueueDepthCritical": ("critical", "5m"),
        "DiskUsageHigh": ("critical", "15m"),
        "MemoryUsageHigh": ("critical", "5m"),
        "ContainerMemoryHigh": ("critical", "5m"),
        "ResponseTimeHigh": ("warning", "5m"),
        "CpuUsageHigh": ("warning", "15m"),
        "LowDiskSpace": ("warning", "5m"),
        "QueueDepthHigh": ("warning", "5m"),
    }
    rules = {name: promtool.alerts(groups)[name] for name in asked}
    assert {name: (rule["labels"]["severity"], rule["for"]) for name, rule in rules.items()} == asked


def test_every_story_has_a_sentence_of_its_own(every):
    assert told_twice(every) == []
    assert told_twice([*every, every[0]]) == [every[0].sentence]


def test_the_stories_of_an_area_are_in_modules_whose_names_begin_with_its_own(stories, groups):
    areas = {group["name"].replace("-", "_"): set(promtool.alerts([group])) for group in groups}
    told = {name: next(area for area in areas if module.startswith(area)) for module, mine in stories.items()
            for one in mine for name in one.alerts}  # fmt: skip
    assert told == {name: area for area, names in areas.items() for name in names}


def test_what_is_missing_is_settled_when_its_stories_end(groups):
    rule = promtool.alerts(groups)["MetricMissing"]
    back = max(seconds(found) for found in re.findall(r"(?:\[|offset )(\w+)", rule["expr"]))
    assert seconds(rule["for"]) + back <= seconds(SETTLED)


# --- the law itself


def test_an_alert_without_stories_is_found_whichever_it_is(names, every):
    for name in names:
        others = [one for one in every if name not in one.alerts]
        assert f"{name} has no story in which it fires" in untold(names, others)
        assert (f"{name} has no story in which it stays quiet" in untold(names, others)) == (name != "Watchdog")


def test_an_alert_that_only_stays_quiet_is_found_and_so_is_one_that_always_fires(names, every):
    for name in names:
        mute = [evolve(one, moments=(tuple(m for m in one.moments if not m.firing),)) for one in every]
        loud = [one for one in every if any(m.firing for m in one.moments if m.alert.name == name)]
        assert f"{name} has no story in which it fires" in untold(names, mute)
        assert (f"{name} has no story in which it stays quiet" in untold(names, loud)) == (name != "Watchdog")


def test_a_story_about_an_alert_that_is_no_more_is_found(names, every):
    gone = [name for name in names if name != "ServiceDown"]
    assert untold(gone, every) == ["there is no alert ServiceDown, but a story about it"]


# --- break a rule, and one of its stories must be untrue

LEVEL = re.compile(r"(?P<sign> [<>] )(?P<level>\d+(?:\.\d+)?)(?=$| or )")


def longer(rule):
    return {**rule, "for": f"{seconds(rule.get('for', '0s')) + 15}s"}


def shorter(rule):
    return {**rule, "for": f"{seconds(rule['for']) - 15}s"}


def of_level(change):
    """The level that ends the comparison, moved by a tenth; by one where it is a whole number of few."""

    def broken(rule):
        def moved(found):
            level = float(found["level"])
            return found["sign"] + number(round(level + change * (1 if level in (0, 1, 3) else level / 10), 6))

        return {**rule, "expr": LEVEL.sub(moved, rule["expr"], count=1)}

    return broken


def turned(rule):
    other = {" > ": " < ", " < ": " > "}
    return {**rule, "expr": LEVEL.sub(lambda m: other[m["sign"]] + m["level"], rule["expr"], count=1)}


def said_otherwise(part, name):
    return lambda rule: {**rule, part: {**rule[part], name: rule[part][name] + "!"}}


BROKEN = {
    "holds an evaluation longer": longer,
    "holds an evaluation less": shorter,
    "has a higher level": of_level(+1),
    "has a lower level": of_level(-1),
    "looks the other way": turned,
    "has another severity": said_otherwise("labels", "severity"),
    "has another signal": said_otherwise("labels", "signal"),
    "has another summary": said_otherwise("annotations", "summary"),
    "has another description": said_otherwise("annotations", "description"),
    "has another runbook": said_otherwise("annotations", "runbook_url"),
    "has another panel": said_otherwise("annotations", "dashboard_url"),
    "says more than it should": lambda rule: {**rule, "annotations": {**rule["annotations"], "more": "!"}},
    "says less than it should": lambda rule: {
        **rule, "annotations": {k: v for k, v in rule["annotations"].items() if k != "summary"}
    },
}  # fmt: skip
# How many stories in which it fires, and in which it is quiet, are asked; one that fires is enough for the others.
NOTICED_BY = {
    "holds an evaluation longer": (3, 0),
    "holds an evaluation less": (3, 0),
    "has a higher level": (2, 2),
    "has a lower level": (2, 2),
    # What stands for nothing has no level, and fires as it did.
    "looks the other way": (2, 0),
}


# No other rule: of counts of series there is none of 0, so that any level below 1 is the same; nothing holds less than
# not at all.
NO_OTHER = {
    "has a lower level": {
        *("ServiceMissing", "StatusLabelMissing", "ExporterMissing", "MetricMissing", "LabelMissing", "Watchdog")
    },
    "holds an evaluation less": {"Watchdog"},
}


@pytest.mark.thorough
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_rule_makes_one_of_its_stories_untrue(how, names, every, groups, panels, tool, tmp_path):
    told = {}
    for name in (name for name in names if name not in NO_OTHER.get(how, ())):
        broken = deepcopy(promtool.only([name], groups))
        for group in broken:
            group["rules"] = [BROKEN[how](rule) if "alert" in rule else rule for rule in group["rules"]]
        assert broken != promtool.only([name], groups), f"{name} is not broken: {how}"
        for one in shortest(name, every, *NOTICED_BY.get(how, (1, 0))):
            test = one.told(panels)
            told[name, one.sentence] = (shortened(broken, one.scraped), test)
    found = promtool.failures(told, tool(promtool.asked_for()), tmp_path)
    noticed = {name for (name, _), wrong in found.items() if wrong}
    assert {name for name, _ in told} - noticed == set()


# A matcher for each of the many things that they ask for: too many to leave out each in turn. That they ask for all of
# them, where they should be, is held by tests/alerts/test_watchers.py.
UNASKED = {"MetricMissing", "ExporterMissing", "LabelMissing", "ServiceMissing"}
SELECTOR = re.compile(r"(?<=\w)\{([^}]*)\}")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"')


def matchers(rule):
    """Every matcher of its selectors, as it is written: `image!=""`."""
    return sorted({found[0] for selector in SELECTOR.findall(rule["expr"]) for found in MATCHER.finditer(selector)})


def without(rule, matcher):
    """The rule, none of whose selectors has the matcher."""

    def shorter(selector):
        return "{" + ",".join(one[0] for one in MATCHER.finditer(selector[1]) if one[0] != matcher) + "}"

    return {**rule, "expr": SELECTOR.sub(shorter, rule["expr"])}


def left_out(story, matcher):
    """Whether something is scraped that the matcher leaves out: only then can a story tell that it is gone."""
    label, op, value = MATCHER.fullmatch(matcher).groups()
    told = [dict(LABEL.findall(series)).get(label) for series in story.scraped]
    same = re.compile(value if "~" in op else re.escape(value))
    return any((same.fullmatch(one or "") is None) != op.startswith("!") for one in told)


@pytest.mark.thorough
def test_a_rule_without_one_of_its_matchers_makes_one_of_its_stories_untrue(
    names, every, groups, panels, tool, tmp_path
):
    rules, told = promtool.alerts(groups), {}
    asked = [(name, matcher) for name in names if name not in UNASKED for matcher in matchers(rules[name])]
    for name, matcher in asked:
        broken = deepcopy(promtool.only([name], groups))
        for group in broken:
            group["rules"] = [without(rule, matcher) if "alert" in rule else rule for rule in group["rules"]]
        for one in shortest(name, [one for one in every if left_out(one, matcher)], 99, 99):
            told[name, matcher, one.sentence] = (shortened(broken, one.scraped), one.told(panels))
    found = promtool.failures(told, tool(promtool.asked_for()), tmp_path)
    noticed = {(name, matcher) for (name, matcher, _), wrong in found.items() if wrong}
    assert set(asked) - noticed == set()


def shortest(name, every, loud, quiet):
    """So many of the stories in which it fires, and in which it does not, up to their third moment: it costs time."""
    about = [evolve(one, moments=([m for m in one.moments if m.alert.name == name],)) for one in every]
    short = [evolve(one, moments=(sorted(one.moments, key=when)[:3],)) for one in about if one.moments]
    short.sort(key=lambda one: when(one.moments[-1]))
    fires = [one for one in short if any(moment.firing for moment in one.moments)]
    return [*fires[:loud], *[one for one in short if one not in fires][:quiet]]


def when(moment):
    return seconds(moment.at)
