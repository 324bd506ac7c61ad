"""For every alert, Grafana's form and Prometheus's ask the same and judge it alike; parsed, not as text.

In what they differ on purpose is written here, and in docs/alerts.md for people.
"""

import re
from copy import deepcopy

import pytest

from kit.load import ROOT
from tests.alerts.machine import MISSING
from tests.alerts.verdict import canonical, differences, of_grafana, of_prometheus

# Field → (Grafana's, Prometheus's). Of every alert: what vanished while others stay is over an evaluation later.
ALWAYS = {"missing": (MISSING, 1)}
# Prometheus cannot tell that Prometheus does not answer, so only Grafana's form says so.
OF_ITS_OWN = {"MonitoringDown": {"error": ("alerting", "keep")}}


@pytest.fixture(scope="session")
def names(grafana_rules, prometheus_rules):
    assert set(grafana_rules) == set(prometheus_rules)
    return sorted(grafana_rules)


def differ(names, grafana, prometheus):
    """Who is judged otherwise by one than by the other, but for what is so on purpose."""
    return [
        name
        for name in names
        if differences(of_grafana(grafana[name]), of_prometheus(prometheus[name])) != ALWAYS | OF_ITS_OWN.get(name, {})
    ]


def test_both_forms_of_every_alert_name_the_same_query_level_direction_hold_and_states(
    names, grafana_rules, prometheus_rules
):
    assert differ(names, grafana_rules, prometheus_rules) == []


def test_the_differences_on_purpose_are_told(compiled, names):
    told = (ROOT / "docs/alerts.md").read_text().split("## Two evaluators")[1].split("\n## ")[0]
    for name in OF_ITS_OWN:
        assert name in names and f"`{name}`" in told
    # NobodyNotifies asks by who is to notify, and so the same in both forms.
    also = {"RulesFailing", "Watchdog", "NobodyNotifies"}
    assert {name for name in names if f"`{name}`" in told} == {*OF_ITS_OWN, *also}
    assert f"at the {['', 'first', 'second', 'third'][MISSING]} evaluation" in told


def test_what_alerts_as_well_is_in_both(names, prometheus_rules):
    also = {name for name in names if of_prometheus(prometheus_rules[name]).also}
    assert also == {"LowDiskSpace", "LowDiskSpaceBackup"}


def test_a_query_is_the_same_however_it_is_written():
    assert canonical('sum by (a,b)(x{c="d"} )') == canonical('sum(x{c="d"}) by (a, b)')
    assert canonical("a > 1") != canonical("a < 1")


def models(rule, **found):
    """The models of the rule whose parts are these."""
    return [n["model"] for n in rule["data"] if all(n["model"].get(k) == v for k, v in found.items())]


def another_level(rule):
    [level] = models(rule, refId="C")
    level["conditions"][0]["evaluator"]["params"][0] += 0.001


def another_direction(rule):
    evaluator = models(rule, refId="C")[0]["conditions"][0]["evaluator"]
    evaluator["type"] = {"gt": "lt", "lt": "gt"}[evaluator["type"]]


def another_query(rule):
    asked = models(rule, refId="A")[0]
    asked["expr"] = re.sub(r"\b(by \([^)]*)", r"\1, more", asked["expr"], count=1) + " + 0"


def another_hold(rule):
    rule["for"] = {"1m": "2m"}.get(rule["for"], "1m")


def keeps_firing(rule):
    rule["keepFiringFor"] = "1m"


def other_no_data(rule):
    rule["noDataState"] = {"OK": "Alerting", "Alerting": "OK"}[rule["noDataState"]]


def other_on_error(rule):
    rule["execErrState"] = {"KeepLast": "Alerting", "Alerting": "KeepLast"}[rule["execErrState"]]


def resolves_late(rule):
    rule["missing_series_evals_to_resolve"] = MISSING + 1


BREAKS = (
    *(another_level, another_direction, another_query, another_hold, keeps_firing),
    *(other_no_data, other_on_error, resolves_late),
)


@pytest.mark.parametrize("broken", BREAKS, ids=lambda change: change.__name__)
def test_a_rule_of_grafana_that_is_broken_is_found_whichever_it_is(broken, names, grafana_rules, prometheus_rules):
    rules = deepcopy(grafana_rules)
    for rule in rules.values():
        broken(rule)
    assert differ(names, rules, prometheus_rules) == names


def test_what_alerts_as_well_is_compared_too(grafana_rules, prometheus_rules):
    rules = deepcopy(grafana_rules)
    [level] = models(rules["LowDiskSpace"], refId="H")
    level["conditions"][0]["evaluator"]["params"][0] += 1
    assert of_grafana(rules["LowDiskSpace"]) != of_prometheus(prometheus_rules["LowDiskSpace"])
