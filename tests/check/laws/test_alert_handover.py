import pytest

CONFIG = "alertmanager/alertmanager.yml"
SIGNAL = 'signal =~ ".+"'
WARNING, CRITICAL = "QueueDepthHigh", "QueueDepthCritical"


def group(labels):
    return lambda rule: rule.update(expr=f"max by ({labels}) (dataflux_queue_size) > 500")


def test_a_warning_that_is_grouped_otherwise(bench):
    found = bench.prometheus(group("cluster, environment"), name=WARNING)
    found.says(f"it and {CRITICAL} do not carry the same labels (queue)")


def test_an_exception_of_the_warning_is_grouped_like_that_of_the_critical(bench):
    found = bench.prometheus(group("cluster, environment"), name=f"{WARNING}Reindex")
    found.says(f"it and {CRITICAL}Reindex do not carry the same labels (queue)")


def test_an_exception_that_only_one_side_makes(bench):
    product = bench.build.product
    rules = {**product.rules, CRITICAL: product.rules[CRITICAL][:1]}
    # Grafana's warning for the exception is then not bounded by the level that holds for it.
    found = bench.product(f"{WARNING}Reindex", rules=rules)
    found.says(f"Grafana's rule goes on where {CRITICAL} begins (above 1000)")


def test_a_critical_exception_that_the_warning_does_not_make(bench):
    product = bench.build.product
    found = bench.product(WARNING, rules={**product.rules, WARNING: product.rules[WARNING][:1]})
    found.says(f"Grafana's rule goes on where {CRITICAL}Reindex begins (above 50000)")


def test_an_inhibition_that_forgets_a_label(bench):
    found = bench.yaml(CONFIG, lambda one: one["inhibit_rules"][0]["equal"].remove("queue"))
    lacking = {one.subject for one in found.findings}
    assert lacking == {WARNING, f"{WARNING}Reindex"}
    assert all("the inhibition's equal lacks queue" in one.message for one in found.findings)


def test_an_inhibition_that_forgets_the_signal(bench):
    found = bench.yaml(CONFIG, lambda one: one["inhibit_rules"][0]["equal"].remove("signal"))
    assert found.findings and all("lacks signal" in one.message for one in found.findings)


def test_no_inhibition(bench):
    found = bench.yaml(CONFIG, lambda one: one.pop("inhibit_rules"), "inhibit_rules")
    found.says("no rule lets critical silence warning", at="alertmanager.yml")


@pytest.mark.parametrize("key", ["source_matchers", "target_matchers"])
def test_an_inhibition_of_other_severities(bench, key):
    change = {key: ['severity = "other"', SIGNAL]}
    found = bench.yaml(CONFIG, lambda one: one["inhibit_rules"][0].update(change), "inhibit_rules")
    found.says("no rule lets critical silence", at="alertmanager.yml")


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("instead", [None, 'signal =~ ".*"', 'signal != "x"', 'signal = ""'])
def test_an_inhibition_that_takes_the_alerts_of_others(bench, side, instead):
    def change(config):
        asked = config["inhibit_rules"][0][f"{side}_matchers"]
        asked.remove(SIGNAL)
        asked += [instead] if instead else []

    told = (
        f"its {side} takes alerts without the label signal, so that those of others silence each other; add signal =~"
    )
    bench.yaml(CONFIG, change, "inhibit_rules").says(told, at="alertmanager.yml")


@pytest.mark.parametrize("name", [WARNING, CRITICAL])
def test_a_rule_that_one_dialect_lacks_is_left_to_others(bench, name):
    bench.prometheus(lambda rule: rule.update(alert="Other"), name=name).is_silent()
    bench.grafana(lambda rule: rule.update(title="Other"), name=name).is_silent()


def test_grafanas_warning_ends_where_the_critical_one_begins(bench):
    def unbound(rule):
        rule["data"] = [node for node in rule["data"] if node["refId"] in "ABC"]
        rule["condition"] = "C"

    found = bench.grafana(unbound, name=WARNING)
    found.says(f"Grafana's rule goes on where {CRITICAL} begins (above 1000)")


def test_grafanas_warning_is_bounded_by_the_level_in_force(bench):
    def change(rule):
        for node in rule["data"]:
            if "expr" in node["model"]:
                node["model"]["expr"] = node["model"]["expr"].replace("50000", "1000")

    found = bench.grafana(change, name=f"{WARNING}Reindex")
    found.says(f"Grafana's rule goes on where {CRITICAL}Reindex begins (above 50000)")


def test_prometheus_warning_never_ends(bench):
    ends = "max by (cluster, environment, queue) (dataflux_queue_size)"
    for text in (f"({ends} > 500) <= 1000", f"{ends} > 500 and {ends} <= 1000", f"{ends} > 500 unless {ends} > 1000"):
        found = bench.prometheus(lambda rule, text=text: rule.update(expr=text), name=WARNING)
        found.says(f"Prometheus's rule ends where {CRITICAL} begins")


@pytest.mark.parametrize("name", [WARNING, CRITICAL])
def test_what_cannot_be_read_is_left_to_others(bench, name):
    bench.prometheus(lambda rule: rule.update(expr="sum(up"), name=name).is_silent()
