"""Grafana's and Prometheus's form of each alert carry the same labels, words and links."""

import re

import pytest


@pytest.fixture(scope="session")
def pairs(grafana_rules, prometheus_rules):
    assert set(grafana_rules) == set(prometheus_rules)
    return [(grafana_rules[name], prometheus_rules[name]) for name in sorted(grafana_rules)]


def test_they_carry_the_same_labels(pairs):
    for grafana, prometheus in pairs:
        assert grafana["labels"] == prometheus["labels"]
        assert set(grafana["labels"]) == {"severity", "signal"}


def test_they_say_the_same_but_for_how_the_value_is_called(pairs):
    for grafana, prometheus in pairs:
        said = {key: text for key, text in grafana["annotations"].items() if not key.startswith("__")}
        plain = re.sub(r"\{\{ if [^}]* \}\}", "{{ if … }}", str(said).replace("$values.B.Value", "$value"))
        assert plain == re.sub(r"\{\{ if [^}]* \}\}", "{{ if … }}", str(prometheus["annotations"]))


def test_each_says_summary_value_level_panel_and_runbook(pairs, compiled):
    for _, prometheus in pairs:
        told = prometheus["annotations"]
        assert set(told) == {"summary", "description", "runbook_url", "dashboard_url"}
        assert "{{" not in told["summary"], "a summary is fixed, so that notifications group"
        assert "$value" in told["description"]
        assert re.search(r"\(.*level .*\)|should be ", told["description"])
        assert told["runbook_url"].startswith(compiled.product.settings.runbook_url)
        assert re.match(r"http://localhost:3000/d/df-[\w-]+\?viewPanel=\d+\{\{ with .*&var-", told["dashboard_url"])


def test_the_link_leads_to_a_panel_that_is_there(pairs, compiled):
    shown = {board.page.uid: board.lines for board in compiled.product.boards}
    for grafana, _ in pairs:
        told = grafana["annotations"]
        uid, panel = re.match(r".*/d/([\w-]+)\?viewPanel=(\d+)", told["dashboard_url"]).groups()
        assert (told["__dashboardUid__"], told["__panelId__"]) == (uid, panel)
        assert int(panel) in shown[uid]


def test_no_rule_reads_the_interval_of_a_panel(pairs):
    assert not [grafana["title"] for grafana, prometheus in pairs if "$__" in str(grafana["data"]) + prometheus["expr"]]


def test_no_data_is_normal_except_for_being_up(grafana_rules):
    alerting = {name for name, rule in grafana_rules.items() if rule["noDataState"] == "Alerting"}
    assert alerting == {"ServiceDown", "MonitoringDown"}
    assert {rule["noDataState"] for name, rule in grafana_rules.items() if name not in alerting} == {"OK"}


def test_a_query_that_cannot_be_run_alerts_once(grafana_rules):
    alerting = [name for name, rule in grafana_rules.items() if rule["execErrState"] != "KeepLast"]
    assert alerting == ["MonitoringDown"]
