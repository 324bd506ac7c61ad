import pytest


def told(**values):
    return lambda rule: rule["annotations"].update(values)


def labelled(**values):
    return lambda rule: rule["labels"].update(values)


@pytest.mark.parametrize("name", ["serviceDown", "Service_Down", "Service down", "A" + "b" * 40, ""])
def test_a_name_in_other_words_than_camel_case(bench, name):
    found = bench.prometheus(lambda rule: rule.update(alert=name))
    found.says("CamelCase of at most 40 letters", at=".yml")


def test_two_rules_of_one_name(bench):
    groups = bench.build.yaml["grafana/provisioning/alerting/rules.yml"]["groups"]
    one, two = (group["rules"][0]["title"] for group in groups[:2])
    bench.grafana(lambda rule: rule.update(title=one), name=two).says("two rules have its name")


@pytest.mark.parametrize("dialect", ["grafana", "prometheus"])
@pytest.mark.parametrize(
    ("change", "part"),
    [
        (labelled(severity="urgent"), "its severity is 'urgent'; it is one of warning, critical, none"),
        (labelled(severity="criticl"), "did you mean 'critical'?"),
        (lambda rule: rule["labels"].pop("severity"), "its severity is None"),
        (labelled(signal="nothing"), "its label signal is 'nothing'"),
        (lambda rule: rule["labels"].pop("signal"), "its label signal is None"),
        (told(summary=""), "its summary is not fixed text"),
        (told(summary="{{ $labels.cluster }} is down."), "its summary is not fixed text"),
        (told(description="It is bad."), "its description has no value"),
        (lambda rule: rule["annotations"].pop("runbook_url"), "it has no runbook_url"),
        (lambda rule: rule["annotations"].pop("dashboard_url"), "it has no dashboard_url"),
        (lambda rule: rule.update({"for": "5 minutes"}), "its hold cannot be read: '5 minutes' is no duration"),
    ],
)
def test_it_says_what_an_alert_lacks(bench, dialect, change, part):
    getattr(bench, dialect)(change).says(part)


def test_a_value_of_the_other_dialect_is_none(bench):
    bench.grafana(told(description="It is {{ $value }}.")).says("no value ($values.)")


@pytest.mark.parametrize("key", ["description", "dashboard_url"])
def test_texts_name_labels_that_the_query_keeps(bench, key):
    text = "{{ $value }} of {{ $labels.instanc }}"
    found = bench.prometheus(
        told(**{key: text}), where=lambda rule: "instance" in rule["expr"] and " or " not in rule["expr"]
    )
    found.says(
        f"its {key} names the label 'instanc', which",
    )
    assert "did you mean 'instance'?" in found.findings[0].message


def test_grafanas_texts_name_labels_that_its_query_keeps(bench):
    found = bench.grafana(told(description="{{ $values.B.Value }} of {{ $labels.nobody }}"))
    found.says("its description names the label 'nobody', which")


def test_a_description_names_labels_that_each_side_keeps(bench):
    def change(rule):
        rule["expr"] = "sum by (cluster) (up) < 1 or sum by (job) (up) > 9"
        rule["annotations"] = {**rule["annotations"], "description": "{{ $value }} {{ $labels.cluster }}"}
        rule["annotations"]["dashboard_url"] = "http://localhost:3000/d/df-hosts?var-cluster={{ $labels.cluster }}"

    bench.prometheus(change).says("names the label 'cluster', which sum by (job) (up) > 9 drops")


@pytest.mark.parametrize("text", ["nothing_known > 1", "sum(up"])
def test_of_what_cannot_be_told_nothing_is_said(bench, text):
    bench.prometheus(lambda rule: rule.update(expr=text)).is_silent()
