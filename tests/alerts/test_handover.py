"""Grafana's rules over time: where a critical alert takes over from a warning there is neither a gap nor a double.

A small model of Grafana (rule_graph.py, machine.py) is given what Prometheus answers to the compiled queries.
"""

import re

import pytest

from kit.model.words import seconds
from tests.alerts.machine import played, settings_of
from tests.alerts.rule_graph import evaluated, queries

INTERVAL = 30  # of Grafana's rule groups
SCRAPE = 5  # of the services
HOUR = 3600


def states(rule, answers, times):
    """Whether the rule fires at each evaluation, for the one series there is."""
    results = {}
    for time in times:
        values = evaluated(rule, {query: answers[query, time] for query in queries(rule)})
        assert len(values) < 2
        results[time] = {who: bool(value) for who, value in values.items()}
    return [bool(firing) for firing in played(settings_of(rule), results).values()]


# --- what Prometheus answers


def as_prometheus_3(query):
    """Prometheus 3 leaves out what lies exactly at the beginning of a range; Prometheus 2 does not."""
    return re.sub(r"\[(\w+):(\w+)\]", lambda m: f"[{seconds(m[1]) * 1000 - 1}ms:{m[2]}]", query)


def watched(pair, series, values, rules, *, prometheus, offset, step, until):
    """The times of evaluation, and for each rule of the pair whether it fires."""
    weak, strong = (rules[name] for name in pair)
    times = list(range(offset, until, INTERVAL))
    asked = {query: as_prometheus_3(query) if prometheus == 3 else query for query in queries(weak) + queries(strong)}
    told = values(series, list(dict.fromkeys(asked.values())), times, step=step)
    answers = {(query, time): told[asked[query], time] for query in asked for time in times}
    return times, states(weak, answers, times), states(strong, answers, times)


def course(at, until, step):
    return " ".join(str(at(time)) for time in range(0, until, step))


QUEUE = 'dataflux_queue_size{queue="analysis"}'
PAIR = ("QueueDepthHigh", "QueueDepthCritical")
UNTIL = 45 * 60

# What a queue does: a depth for each second.
QUEUES = {
    "a slow ramp": lambda t: t,
    "a quick ramp": lambda t: 5 * t,
    "a jump over both levels": lambda t: 10 if t < 610 else 1500,
    "a jump over one level, then over the other": lambda t: 10 if t < 305 else 800 if t < 1215 else 1500,
    "a jump between two evaluations": lambda t: 800 if t < 995 else 1500,
    "a dip below critical before it fires": lambda t: 1500 if t < 500 or t > 545 else 800,
    "a dip below both levels": lambda t: 1500 if t < 700 or t > 760 else 10,
    "a dip below critical while it fires": lambda t: 1500 if t < 700 or t > 1400 else 800,
    "up and down again": lambda t: max(0, 1800 - abs(t - 1300) * 1.5),
    "never above critical": lambda t: 1000,
    "never above warning": lambda t: 500,
    "long before the queue was exported": lambda t: "_" if t < 600 else 1500,
}


@pytest.mark.parametrize(
    ("offset", "prometheus"),
    [(0, 2), (0, 3), (10, 2), (20, 3)],
    ids=["Prometheus 2", "Prometheus 3", "10 s later, Prometheus 2", "20 s later, Prometheus 3"],
)
@pytest.mark.parametrize("depth", QUEUES.values(), ids=QUEUES)
def test_the_queue_is_handed_over_without_gap_or_double(depth, offset, prometheus, values, grafana_rules):
    """Grafana spreads its groups over the interval, so that they are evaluated up to 20 s beside the half minute."""
    series = {QUEUE: course(depth, UNTIL, SCRAPE)}
    how = {"prometheus": prometheus, "offset": offset, "step": SCRAPE, "until": UNTIL}
    times, warning, critical = watched(PAIR, series, values, grafana_rules, **how)
    levels = (seconds(grafana_rules[name]["for"]) for name in PAIR)
    expected = expectation([depth(time // SCRAPE * SCRAPE) for time in times], times, *levels)
    assert list(zip(times, warning, critical, strict=True)) == list(zip(times, *expected, strict=True))


def expectation(depths, times, warning_hold, critical_hold):
    """Critical: above 1000 at each evaluation of its hold. Warning: above 500 for its hold without critical's firing,
    and it goes at the very evaluation at which critical comes."""
    critical = lasting([above(depth, 1000) for depth in depths], times, critical_hold)
    bounded = [above(depth, 500) and not fires for depth, fires in zip(depths, critical, strict=True)]
    return lasting(bounded, times, warning_hold), critical


def above(depth, level):
    return depth != "_" and depth > level


def lasting(conditions, times, hold):
    firing, since = [], None
    for time, holds in zip(times, conditions, strict=True):
        since = None if not holds else time if since is None else since
        firing.append(since is not None and time - since >= hold)
    return firing


def test_the_expectation_itself_is_what_the_brief_asks():
    times = list(range(0, UNTIL, INTERVAL))
    warning, critical = expectation(times, times, 300, 300)  # a second, an item
    assert times[warning.index(True)] == 510 + 300
    assert times[critical.index(True)] == 1020 + 300
    assert [a or b for a, b in zip(warning, critical, strict=True)] == [time >= 810 for time in times]
    assert not any(a and b for a, b in zip(warning, critical, strict=True))


# --- disks: two lines, two holds (5 and 15 minutes), and a course that alerts as well

DISK = 'device="/dev/sda1",fstype="ext4",mountpoint="/",instance="h:9100"'
DISKS = {
    "fills up slowly": lambda t: max(0, 1000 - t / 3),
    "is full at once": lambda t: 500 if t < 1210 else 100,
    "was full before it was seen": lambda t: "_" if t < 600 else 100,
    "has never been seen otherwise": lambda t: 100,
}


@pytest.mark.parametrize("offset", [0, 10], ids=["on the half minute", "10 s later"])
@pytest.mark.parametrize("free", DISKS.values(), ids=DISKS)
def test_the_disk_is_handed_over_without_gap_or_double(free, offset, values, grafana_rules):
    until, pair = 90 * 60, ("LowDiskSpace", "DiskUsageHigh")
    series = {f"node_filesystem_{what}_bytes{{{DISK}}}": course(free, until, 15) for what in ("avail", "free")}
    series[f"node_filesystem_size_bytes{{{DISK}}}"] = course(lambda t: 1000 if free(t) != "_" else "_", until, 15)
    how = {"prometheus": 3, "offset": offset, "step": 15, "until": until}
    times, warning, critical = watched(pair, series, values, grafana_rules, **how)
    assert any(warning) and any(critical)
    assert not any(a and b for a, b in zip(warning, critical, strict=True)), "both at once"
    either = [a or b for a, b in zip(warning, critical, strict=True)]
    assert all(either[either.index(True) :]), "a gap"
    assert any(a for a, b in zip(warning, critical, strict=True) if not b), "the warning comes first"


def test_a_long_reindex_queue_is_handed_over_by_its_own_levels(values, grafana_rules):
    series = {'dataflux_queue_size{queue="reindex"}': course(lambda t: 10 if t < 300 else 60_000, UNTIL, SCRAPE)}
    pair = ("QueueDepthHighReindex", "QueueDepthCriticalReindex")
    times, warning, critical = watched(
        pair, series, values, grafana_rules, prometheus=3, offset=0, step=SCRAPE, until=UNTIL
    )
    assert times[critical.index(True)] == 600
    assert not any(warning)


@pytest.mark.parametrize("pair", [PAIR, ("LowDiskSpace", "DiskUsageHigh")], ids=lambda pair: pair[0])
def test_prometheus_is_not_bounded_because_alertmanager_inhibits(pair, prometheus_rules, compiled, parsed):
    weak, strong = (prometheus_rules[name] for name in pair)
    assert "_over_time" not in weak["expr"]
    [inhibition] = parsed(compiled, "alertmanager/alertmanager.yml")["inhibit_rules"]
    assert inhibition["source_matchers"] == ['severity = "critical"', 'signal =~ ".+"']
    assert inhibition["target_matchers"] == ['severity = "warning"', 'signal =~ ".+"']
    assert weak["labels"]["signal"] == strong["labels"]["signal"]
    grouped = [set(re.findall(r"\w+", re.search(r"by \(([^)]*)\)", rule["expr"])[1])) for rule in (weak, strong)]
    assert grouped[0] == grouped[1]
    assert {"signal", *grouped[0]} <= set(inhibition["equal"])
    assert not {"alertname", "severity"} & set(inhibition["equal"])
