"""Grafana's and Prometheus's form of each alert say the same: query, level, direction, hold, labels and words."""

import re

import pytest

from kit.model.words import number

OPERATOR = {"gt": ">", "lt": "<"}

# What absence cannot know, and routes and groups need.
PLACE = {"cluster": "dataflux", "environment": "production"}


def model(rule, ref):
    return next(node["model"] for node in rule["data"] if node["refId"] == ref)


@pytest.fixture(scope="session")
def pairs(grafana_rules, prometheus_rules):
    assert set(grafana_rules) == set(prometheus_rules)
    return [(grafana_rules[name], prometheus_rules[name]) for name in sorted(grafana_rules)]


def compared(ref, graph):
    """`query > level` as the graph compares what `ref` has reduced."""
    [threshold] = [n["model"] for n in graph["data"] if n["model"].get("type") == "threshold" and
                   n["model"]["expression"] == ref]  # fmt: skip
    [condition] = threshold["conditions"]
    evaluator = condition["evaluator"]
    query = model(graph, model(graph, ref)["expression"])["expr"]
    return query, OPERATOR[evaluator["type"]], number(evaluator["params"][0])


def test_they_ask_the_same_and_compare_it_with_the_same_level(pairs):
    for grafana, prometheus in pairs:
        query, sign, level = compared("B", grafana)
        wholes = (f"{query} {sign} {level}", f"({query}) {sign} {level}")
        assert prometheus["expr"].startswith(wholes), grafana["title"]


def test_what_alerts_as_well_is_in_both(pairs):
    widened = [(grafana, prometheus) for grafana, prometheus in pairs if " or (" in prometheus["expr"]]
    widened = [pair for pair in widened if " and (" in pair[1]["expr"] and "24 h" in str(pair[1]["annotations"])]
    assert {grafana["title"] for grafana, _ in widened} == {"LowDiskSpace", "LowDiskSpaceBackup"}
    for grafana, prometheus in widened:
        query, sign, level = compared("G", grafana)
        own = query.split(") or (")[0].removeprefix("(")
        assert f"and ({own}) {sign} {level})" in prometheus["expr"]


def test_they_hold_as_long_and_carry_the_same_labels(pairs):
    for grafana, prometheus in pairs:
        assert grafana["for"] == prometheus.get("for", "0s")
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


# --- the words, as they arrive


@pytest.mark.parametrize(
    ("alert", "series", "at", "labels", "said"),
    [
        (
            "QueueDepthCritical",
            {'dataflux_queue_size{queue="analysis"}': "1234x60"},
            "5m",
            {"queue": "analysis"},
            "1.234k items wait in the queue analysis (level 1000).",
        ),
        (
            "MemoryUsageHigh",
            {
                'node_memory_MemAvailable_bytes{instance="h:9100"}': "5x60",
                'node_memory_MemTotal_bytes{instance="h:9100"}': "100x60",
            },
            "5m",
            {"instance": "h:9100"},
            "95% of the memory of h:9100 is used (level 90 %).",
        ),
        (
            "ServiceDown",
            {'up{job="dataflux-services",service="query-service",instance="q:8002"}': "0x60"},
            "1m",
            {"service": "query-service", "instance": "q:8002"},
            "query-service at q:8002 is down: up is 0, it should be 1.",
        ),
        (
            "QueueOldestHigh",
            {'dataflux_queue_oldest_age_seconds{queue="analysis"}': "930x60"},
            "5m",
            {"queue": "analysis"},
            "The oldest item in the queue analysis has waited 15m 30s (level 900 s).",
        ),
    ],
)
def test_the_description_arrives_with_value_unit_and_level(
    alert, series, at, labels, said, promtool_test, prometheus_rules, place
):
    rule = prometheus_rules[alert]
    who = {**place, **labels}
    told = {
        **rule["annotations"],
        "description": said,
        "dashboard_url": filled(rule["annotations"]["dashboard_url"], who),
    }
    expected = [{"exp_labels": {**rule["labels"], **who}, "exp_annotations": told}]
    code, out = promtool_test(series, [], alert, texts=[{"alertname": alert, "eval_time": at, "exp_alerts": expected}])
    assert code == 0, out


def test_where_nothing_is_there_the_description_says_so(promtool_test, prometheus_rules):
    rule = prometheus_rules["ServiceDown"]
    told = {
        **rule["annotations"],
        "description": "No instance of any service answers: Prometheus has no target of DataFlux's services.",
        "dashboard_url": filled(rule["annotations"]["dashboard_url"], PLACE),
    }
    expected = [{"exp_labels": {**rule["labels"], **PLACE, "job": "dataflux-services"}, "exp_annotations": told}]
    texts = [{"alertname": "ServiceDown", "eval_time": "1m", "exp_alerts": expected}]
    code, out = promtool_test({'up{job="node"}': "1x60"}, [], "ServiceDown", texts=texts)
    assert code == 0, out


def filled(url, labels):
    """The address as the template makes it: a parameter only where the alert has the label."""

    def written(found):
        value = labels.get(found[1], "").replace(":", "%3A").replace("/", "%2F")
        return found[2].replace("{{ . | urlquery }}", value) if value else ""

    return re.sub(r"\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ end \}\}", written, url)
