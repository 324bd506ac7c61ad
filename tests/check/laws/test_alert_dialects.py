import pytest


def test_a_rule_that_only_prometheus_has(bench):
    found = bench.grafana(lambda rule: rule.update(title="Other"))
    name = bench.build.yaml["grafana/provisioning/alerting/rules.yml"]["groups"][0]["rules"][0]["title"]
    said = {one.subject: one.message.split(",")[0] for one in found.findings}
    assert said == {name: "Grafana has no such rule", "Other": "Prometheus has no such rule"}
    assert {one.rule for one in found.findings} == {"alert-dialects"}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda rule: rule["labels"].update(severity="other"), "its labels is {"),
        (lambda rule: rule.update({"for": "77m"}), "its hold is 4620 in Prometheus and"),
        (lambda rule: rule.update({"for": "soon"}), "its hold is soon in Prometheus and"),
        (lambda rule: rule["annotations"].update(summary="Other."), "its summary is Other. in Prometheus and"),
        (lambda rule: rule.update(expr="sum(up) < 123"), "its level is [('<', 123.0)] in Prometheus and"),
        (lambda rule: rule.update(expr="sum(up) > 1"), "its level is [('>', 1.0)] in Prometheus and"),
    ],
)
def test_it_says_what_differs(bench, change, part):
    bench.prometheus(change, where=lambda rule: rule["expr"].endswith("< 1")).says(part)


def test_what_alerts_as_well_is_compared_too(bench):
    also = bench.build.product.rules["LowDiskSpace"][0].also
    assert also

    def change(rule):
        conditions = [node["model"]["conditions"] for node in rule["data"] if "conditions" in node["model"]]
        conditions[-1][0]["evaluator"]["params"] = [5]

    bench.grafana(change, name="LowDiskSpace").says("its level is")


def test_what_cannot_be_read_is_left_to_others(bench):
    bench.prometheus(lambda rule: rule.update(expr="sum(up")).is_silent()
