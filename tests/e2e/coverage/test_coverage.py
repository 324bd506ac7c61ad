"""What `coverage` says of a real Prometheus: each kind of outcome, and why."""

import re

import orjson
import pytest
from click.testing import CliRunner

import build as commands
from kit.coverage import table, told
from kit.coverage.ask import NoSuchVariable, coverage
from kit.coverage.result import Outcome
from kit.live.prometheus import Prometheus


def place(where):
    return f"{where.file.rsplit('/', 1)[-1]}:{where.line}"


def said(results):
    """The outcomes, what is wrong in words, and the causes, of all runs together."""
    outcomes = {one.outcome for one in results}
    causes = dict.fromkeys(cause.sentence for one in results for cause in one.causes)
    return outcomes, {one.words for one in results} - {""}, list(causes)


@pytest.mark.parametrize("name", ["Errors", "Latency", "Health", "Full", "Course", "Raw", "$service", "Deployments",
                                  "ErrorsBad", "HealthBad", "FullBad"])  # fmt: skip
def test_what_has_data_is_ok(of, name):
    assert said(of(name)) == ({Outcome.OK}, set(), [])


def test_every_query_is_there_in_both_runs(found):
    runs = [{one.run for one in found.results if one.kind == kind} for kind in ("panel", "variable", "annotation")]
    assert runs == [{"defaults", "all"}] * 3
    assert {one.run for one in found.results if one.board == "rules"} == {""}


def test_variables_and_intervals_are_filled_in(of):
    assert {one.query for one in of("Rate")} == {
        'sum by (service, status) (rate(shop_requests_total{service=~".*"}[1m]))'
    }
    assert {one.query for one in of("Raw")} == {'sum(shop_requests_total{service=~".*"})'}


def test_a_sample_and_the_number_of_series_are_told(of):
    [one, _] = of("Broken")
    assert (one.series, one.sample) == (1, 1.3)


def test_what_is_hidden_or_empty_is_not_asked(of):
    assert {one.ref for one in of("Raw")} == {"A"}


def test_a_metric_that_nobody_exports_though_the_target_is_up(of):
    cause = "no target exports 'disk_gone_bytes'; job disks has 1 target, up"
    assert said(of("Gone")) == ({Outcome.EMPTY}, set(), [cause])


def test_a_target_that_is_down_is_named(of):
    causes = [
        "no target exports 'shop_queue_size'; job shop has 3 targets: 2 up, 127.0.0.1:1 down (connection refused)"
    ]
    assert said(of("Depth")) == ({Outcome.EMPTY}, set(), causes)
    assert said(of("DepthBad")) == ({Outcome.EMPTY}, set(), causes)
    assert said(of("DepthBadSlow")) == ({Outcome.EMPTY}, set(), causes)


def test_a_job_that_prometheus_does_not_have(of):
    [cause] = said(of("Lost"))[2]
    assert cause == "no target exports 'lost_bytes'; job lost is not in Prometheus' configuration"


def test_a_job_that_is_not_run(of):
    outcomes, _, [cause] = said(of("Waiting"))
    assert outcomes == {Outcome.NOT_RUN}
    assert cause.endswith("job pods is not in Prometheus' configuration, and the settings give it none")


def test_a_label_that_one_instance_lacks(of):
    assert said(of("Rate")) == (
        {Outcome.LABEL_MISSING},
        {"1 of 3 series have no label 'status', which the legend names"},
        ["'shop_requests_total' of shop-2:80 has no label 'status'"],
    )


def test_a_variable_of_a_label_that_nobody_has(of):
    assert said(of("$names")) == ({Outcome.EMPTY}, set(), ["'disk_full_ratio' of disks:1 has no label 'disc'"])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Broken", 'a share is 1.3, above its whole (disk="sda")'),
        ("Balance", 'a value is -5, below zero (disk="sda")'),
        ("Flag", 'a state is 7, which has no name (there are names for 0, 1) (disk="sda")'),
    ],
)
def test_a_value_that_contradicts_its_unit(of, name, words):
    assert said(of(name)) == ({Outcome.CONTRADICTS}, {words}, [])


def test_a_query_that_fails_fails_with_prometheus_words(of):
    outcomes, [words], _ = said(of("No PromQL"))
    assert outcomes == {Outcome.FAILED}
    assert words.startswith("found duplicate series for the match group")


def test_data_that_ended_within_the_range_has_its_time(of):
    outcomes, words, _ = said(of("Old"))
    assert (outcomes, words) == ({Outcome.EMPTY}, {"no data now, but until 11:45 UTC"})


def test_nothing_that_is_normal_is_quiet(of, found):
    outcomes, words, _ = said(of("Calm"))
    assert (outcomes, words) == ({Outcome.QUIET}, {"nothing is calm"})
    assert not {"Calm", "Waiting"} & {one.name for one in found.wrong()}
    assert {"Calm", "Waiting"} <= {one.name for one in found.wrong(strict=True)}


def test_no_alert_is_normal_for_an_annotation_of_alerts(of):
    assert said(of("Alerts"))[0] == {Outcome.QUIET}


def test_a_rule_that_is_not_loaded(of):
    outcomes, _, causes = said(of("GoneBad"))
    assert outcomes == {Outcome.NOT_LOADED}
    assert causes[0] == "Prometheus has not loaded the rule 'GoneBad', though it has others; reload it"


def test_absence_is_judged_by_being_evaluated(of):
    assert [(one.outcome, one.series) for one in of("MissingBad")] == [(Outcome.OK, 0)]


def test_metrics_that_nothing_exports(found):
    assert set(found.missing) == {"disk_gone_bytes", "disk_old_bytes", "lost_bytes", "pod_waiting", "shop_queue_size"}
    assert found.missing["disk_gone_bytes"] == "job disks has 1 target, up"


def test_a_value_that_is_given_is_taken(made, prometheus, shop):
    found = coverage(made, Prometheus(prometheus), at=shop.now, span=shop.past, fixed={"service": ["b", "x.y"]})
    [one, _] = [one for one in found.results if one.name == "Rate"]
    assert one.query == r'sum by (service, status) (rate(shop_requests_total{service=~"(b|x\\.y)"}[1m]))'
    assert {one.outcome for one in found.results if one.name == "Latency"} == {Outcome.EMPTY}
    [cause] = said([one for one in found.results if one.name == "Latency"])[2]
    assert "service is 'a' (of job shop, shop-2:80 exports none of it)" in cause


def test_a_variable_that_no_dashboard_has(made, prometheus):
    with pytest.raises(NoSuchVariable, match="no dashboard has a variable 'servce'; did you mean 'service'?"):
        coverage(made, Prometheus(prometheus), fixed={"servce": ["x"]})


def test_no_query_is_asked_twice(made, prometheus, shop, monkeypatch):
    asked = []
    ask = Prometheus._ask

    def noted(self, method, path, form):
        asked.append((path, tuple(form.items())))
        return ask(self, method, path, form)

    monkeypatch.setattr(Prometheus, "_ask", noted)
    found = coverage(made, Prometheus(prometheus), at=shop.now, span=shop.past)
    assert len(asked) == len(set(asked)) == found.asked


def test_the_report_says_each_reason_once_with_its_panels(found):
    text = told.text(found, place)
    assert text.startswith("Asked http://127.0.0.1:")
    down = "127.0.0.1:1 down (connection refused)"
    assert text.count(down) == 3  # once as a reason, once among the metrics, once among the targets
    assert f"\nTargets that are not up: {down}\n" in text
    block = text.split("No target exports 'shop_queue_size'")[1].split("\n\n")[0]
    assert re.findall(r"^    (\S+)  conftest.py:\d+", block, re.M) == ["Depth", "DepthBad", "DepthBadSlow"]
    assert "Old  conftest.py" in text
    assert "no data now, but until 11:45 UTC" in text
    assert "nothing is calm: Shop: Calm" in text
    assert text.rstrip().splitlines()[-1] == "Not as it should be: 9 panels, 1 variable, 3 alerting rules."


def test_the_tables_hold_every_result(found):
    whole = orjson.loads(table.json(found, place))
    assert len(whole["results"]) == len(found.results)
    assert sum(whole["counts"].values()) == len(found.results)
    [gone, _] = [one for one in whole["results"] if one["name"] == "Gone"]
    assert (gone["outcome"], gone["causes"][0]["subject"]) == ("empty", "disk_gone_bytes")
    rows = [line for line in table.markdown(found, place).splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in rows[-len(found.results) :]}) == 1


def test_the_command_asks_the_real_definitions(prometheus, shop, tmp_path):
    tables = ["--json", str(tmp_path / "a" / "all.json"), "--markdown", str(tmp_path / "all.md")]
    arguments = ["coverage", "--prometheus", prometheus, "--at", str(shop.now), *tables]
    ran = CliRunner().invoke(commands.main, arguments)
    assert ran.exit_code == 1, ran.output
    assert "dashboards/system_overview/overview.py:" in ran.stdout
    assert ran.stdout.splitlines()[-1].startswith("Not as it should be: ")
    assert len(orjson.loads((tmp_path / "a" / "all.json").read_bytes())["results"]) > 500
    assert (tmp_path / "all.md").read_text().startswith("# What has data in http://127.0.0.1:")
