import pytest

RECORDING = "prometheus/rules/recording.yml"


def plain(rule):
    return rule["expr"].endswith("< 1")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sum(rate(dataflux_requests_totl[5m])) > 1", "no job exports 'dataflux_requests_totl'"),
        ("sum(rate(dataflux_requests_total[$__rate_interval])) > 1", "its query uses $__rate_interval"),
        ('sum(up{job="$job"}) > 1', "its query uses $job"),
        ('sum(up{job="${job}"}) > 1', "its query uses $job"),
        ("sum(up", "PromQL cannot be read"),
        ("sum by (cluster) (up)", "compares with nothing"),
    ],
)
def test_it_says_what_is_wrong_with_a_condition(bench, text, part):
    bench.prometheus(lambda rule: rule.update(expr=text)).says(part)


@pytest.mark.parametrize("text", ["vector(1)", "absent(up)", 'sum(up{job=~"a|b$"}) > 1'])
def test_absence_the_watchdog_and_anchors_pass(bench, text):
    bench.prometheus(lambda rule: rule.update(expr=text)).is_silent()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sum(rate(dataflux_requests_total[$__rate_interval]))", "its query uses $__rate_interval"),
        ("sum(dataflux_requests_total)", "is read bare"),
        ("sum(up", "PromQL cannot be read"),
    ],
)
def test_grafanas_queries_are_read_too(bench, text, part):
    bench.grafana(lambda rule: rule["data"][0]["model"].update(expr=text)).says(part)


@pytest.mark.parametrize(
    "name",
    ["dataflux_requests:rate5m", "service:requests:Rate5m", ":requests:rate5m", "Service:requests:rate5m", "a:b:c:d"],
)
def test_a_recorded_series_says_level_metric_and_operations(bench, name):
    found = bench.prometheus(lambda rule: rule.update(record=name), key="record")
    found.findings = [one for one in found.findings if one.subject == name]
    found.says("is not level:metric:operations", at=".yml")


def test_two_rules_that_record_one_series(bench):
    rules = bench.build.yaml[RECORDING]["groups"][0]["rules"]
    found = bench.yaml(RECORDING, lambda one: one["groups"][0]["rules"].append(rules[0]), rules[0]["record"])
    found.says("two rules record it", at=".yml")


def test_a_series_that_is_read_and_not_recorded(bench):
    found = bench.prometheus(lambda rule: rule.update(expr="sum(service:nothing:rate5m) > 1"))
    found.says("no job exports 'service:nothing:rate5m'", "no rule records 'service:nothing:rate5m'")
