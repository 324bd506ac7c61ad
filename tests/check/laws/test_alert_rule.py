import pytest

RULES = "grafana/provisioning/alerting/rules.yml"


@pytest.mark.parametrize("interval", ["15s", "0s", "", "often"])
def test_an_interval_that_grafana_refuses(bench, interval):
    name = bench.build.yaml[RULES]["groups"][0]["name"]
    found = bench.yaml(RULES, lambda one: one["groups"][0].update(interval=interval), f"group {name}")
    found.says(f"its interval '{interval}' is no multiple of 10s", at="rules.yml")


def query(**values):
    return lambda rule: rule["data"][0].update(values)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda rule: rule.update(uid="x" * 41), "is not 1 to 40 letters"),
        (lambda rule: rule.update(uid="a b"), "is not 1 to 40 letters"),
        (lambda rule: rule.pop("uid"), "its uid ''"),
        (lambda rule: rule.update(noDataState="No Data"), "its noDataState is 'No Data'; did you mean 'NoData'?"),
        (lambda rule: rule.pop("noDataState"), "its noDataState is None"),
        (lambda rule: rule.update(execErrState="Err"), "its execErrState is 'Err'"),
        (lambda rule: rule.pop("execErrState"), "its execErrState is None"),
        (lambda rule: rule.update(isPaused=True), "this one never would"),
        (query(datasourceUid="promtheus"), "which is not provisioned; did you mean 'prometheus'?"),
        (query(datasourceUid="loki"), "names two data sources, 'loki' and 'prometheus'"),
        (query(relativeTimeRange={"from": 0, "to": 0}), "its query A looks at no time"),
        (lambda rule: rule["data"][0].pop("relativeTimeRange"), "its query A looks at no time"),
    ],
)
def test_it_says_what_is_wrong_with_a_rule(bench, change, part):
    bench.grafana(change).says(part)


def test_rules_are_paused_where_prometheus_notifies(bench):
    found = bench.settings(evaluator="prometheus")
    rules = [rule for group in bench.build.yaml[RULES]["groups"] for rule in group["rules"]]
    assert sorted(one.subject for one in found.findings) == sorted(rule["title"] for rule in rules)
    assert all("so two would" in one.message for one in found.findings)


def test_the_data_source_may_be_said_once(bench):
    bench.grafana(lambda rule: rule["data"][0]["model"].pop("datasource")).is_silent()
