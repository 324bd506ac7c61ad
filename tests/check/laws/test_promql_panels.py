import pytest


def ask(text, **more):
    return lambda panel: panel["targets"][0].update({"expr": text, "legendFormat": "", **more})


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "sum(rate(dataflux_requests_totl[$__rate_interval]))",
            "no job exports 'dataflux_requests_totl'; did you mean",
        ),
        (
            'sum(rate(dataflux_requests_total{stauts="500"}[$__rate_interval]))',
            "has no label 'stauts'; did you mean 'status'?",
        ),
        ("sum(dataflux_requests_total)", "is read bare"),
        ("sum(rate(up[$__rate_interval]))", "rate() of the gauge"),
        ("sum by (nobody) (up)", "grouped by 'nobody'"),
        ("sum(up", "PromQL cannot be read"),
        (
            "histogram_quantile(0.9, sum(rate(dataflux_request_duration_seconds_bucket[$__rate_interval])))",
            "needs the label 'le'",
        ),
        ("sum(rate(dataflux_requests_total[5m]))", "rate() over [5m]"),
        ('sum(irate(dataflux_requests_total{status=~"[45].."}[1m]))', "irate() over [1m]"),
        ("sum(rate(dataflux_requests_total[$__interval]))", "rate() over [$__interval]"),
        ("sum(increase(dataflux_requests_total[${__interval}]))", "increase() over [${__interval}]"),
    ],
)
def test_it_says_what_is_wrong_with_a_query(bench, text, part):
    bench.panel(ask(text)).says(part)


@pytest.mark.parametrize(
    "text",
    [
        "sum(rate(dataflux_requests_total[$__rate_interval]))",
        "sum(rate(dataflux_requests_total[${__rate_interval}]))",
        "sum(rate(dataflux_requests_total[$__range]))",
        "sum(increase(dataflux_requests_total[1h]))",
        "deriv(dataflux_queue_size[1h])",
        "avg_over_time(dataflux_queue_size[$__interval])",
    ],
)
def test_a_window_that_follows_the_panel_or_looks_back_on_purpose(bench, text):
    bench.panel(ask(text)).is_silent()


def test_a_legend_shows_labels_that_the_query_keeps(bench):
    found = bench.panel(ask("sum by (service) (up)", legendFormat="{{ servic }} at {{service}}"))
    found.says("shows {{servic}}, a label that its query drops; did you mean 'service'?")


@pytest.mark.parametrize("key", ["titleFormat", "textFormat"])
def test_an_annotation_shows_labels_that_its_query_keeps(bench, key):
    def change(board):
        board["annotations"]["list"][1].update({key: "{{nobody}}"})

    name = bench.build.dashboards[0].json["annotations"]["list"][1]["name"]
    bench.board(change, suffix=f" / annotation '{name}'").says("shows {{nobody}}")


def test_an_annotation_is_tagged_by_labels_that_its_query_keeps(bench):
    name = bench.build.dashboards[0].json["annotations"]["list"][1]["name"]
    found = bench.board(
        lambda board: board["annotations"]["list"][1].update(tagKeys="nobody"), suffix=f" / annotation '{name}'"
    )
    found.says("shows {{nobody}}")


def test_a_recorded_series_that_no_rule_records(bench):
    found = bench.panel(ask("sum(service:nothing:rate5m)"), board=lambda board: board.landing)
    found.says("no job exports 'service:nothing:rate5m'", "no rule records 'service:nothing:rate5m'")


def test_a_rule_that_is_gone(bench):
    name = next(iter(bench.build.product.site.recorded.values())).name
    found = bench.yaml("prometheus/rules/recording.yml", lambda one: one.update(groups=[]))
    assert found.findings and all("no rule records" in one.message for one in found.findings)
    assert name not in {one.subject for one in found.findings}


def test_a_drill_down_rates_the_metric_itself(bench):
    name = next(iter(bench.build.product.site.recorded.values())).name
    bench.panel(ask(f"sum({name})"), board=lambda board: not board.landing).says("a drill-down rates the metric itself")
