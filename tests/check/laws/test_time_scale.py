import pytest
from attrs import evolve

from kit import compile as compiler
from kit import load
from kit.check.build import Build
from kit.check.rules import time_scale
from kit.emit import scaled

SERVICES, CONFIG = "prometheus/rules/services.yml", "alertmanager/alertmanager.yml"
GRAFANA = "grafana/provisioning/alerting/rules.yml"


def rule(document, name):
    return next(one for group in document["groups"] for one in group["rules"] if name in one.values())


@pytest.fixture(scope="module", params=["grafana", "prometheus"])
def fast(request):
    settings = evolve(load.settings(load.ROOT / "settings.py"), time_scale=20, evaluator=request.param)
    compiled, faults = compiler.compiled(settings)
    assert compiled, faults
    return Build(compiled.files, compiled.documents, compiled.product)


def test_a_scaled_build_keeps_it(fast):
    assert [finding.text() for finding in time_scale.check(fast)] == []


def test_a_scaled_build_is_faster(fast, build):
    real, short = rule(build.yaml[SERVICES], "ErrorRateHigh"), rule(fast.yaml[SERVICES], "ErrorRateHigh")
    assert (real["for"], short["for"]) == ("2m", "6s")
    assert short["annotations"] == real["annotations"] and short["labels"] == real["labels"]
    assert rule(fast.yaml[SERVICES], "endpoint_service_status:dataflux_requests:rate5m")["expr"].endswith("[15s]))")


def test_a_duration_that_is_not_scaled(bench):
    found = bench.yaml(SERVICES, lambda one: rule(one, "ServiceDown").update(patience="7m"))
    found.subject = "groups.0 services.rules.2 ServiceDown.patience"
    found.says("7m stays what it is", at="services.yml")


def test_a_window_that_would_hold_too_few_scrapes(bench):
    def narrow(document):
        rule(document, "ErrorRateHigh")["expr"] += " unless rate(dataflux_requests_total[1m]) > 0"

    bench.yaml(SERVICES, narrow, "time_scale").says("makes the window 1m 3s", at="prometheus.yml")


@pytest.mark.parametrize(
    ("path", "name", "key"), [(SERVICES, "ServiceDown", "expr"), (GRAFANA, "ServiceDown", "condition")]
)
def test_another_condition(fast, path, name, key):
    text = fast.files[path]
    there = rule(fast.yaml[path], name)[key]
    changed = Build(
        {**fast.files, path: text.replace(f"{key}: {there}", f"{key}: {there} or vector(2)")}, {}, fast.product
    )
    assert any("more than a duration" in one.message for one in time_scale.check(changed)), changed.files[path] == text


def test_another_text_even_where_only_a_duration_in_it_differs(fast):
    files = {**fast.files, SERVICES: fast.files[SERVICES].replace("summary: ", "summary: 5m ", 1)}
    assert any("more than a duration" in one.message for one in time_scale.check(Build(files, {}, fast.product)))


def test_another_dashboard(fast):
    path = next(path for path in fast.files if path.startswith("grafana/dashboards/"))
    files = {**fast.files, path: fast.files[path].replace('"title"', '"tilte"', 1)}
    [found] = time_scale.check(Build(files, {}, fast.product))
    assert found.subject == path


def test_a_scale_at_which_windows_would_be_empty_is_refused_when_compiling():
    settings = evolve(load.settings(load.ROOT / "settings.py"), time_scale=100)
    compiled, [fault] = compiler.compiled(settings)
    assert compiled is None
    assert fault.message == (
        "settings: time_scale 100 makes the window 5m 3s, which holds less than 4 scrapes (1s apart); "
        "75 is the most that it allows"
    )


@pytest.mark.parametrize(
    ("given", "short"),
    [
        ("rate(x[5m])", "rate(x[15s])"),
        ('x{le="[5m]"} offset 1h', 'x{le="[5m]"} offset 180s'),
        ("predict_linear(x[6h], 86400) / y", "predict_linear(x[1080s], 4320) / y"),
        (
            "min_over_time((a or b)[301s:10s]) * (count_over_time((a or b)[301s:10s]) >= bool 31) or (a) * 0",
            "min_over_time((a or b)[21s:10s]) * (count_over_time((a or b)[21s:10s]) >= bool 3) or (a) * 0",
        ),
    ],
)
def test_a_query_is_scaled_in_its_durations(given, short):
    settings = evolve(load.settings(load.ROOT / "settings.py"), time_scale=20)
    assert scaled.expression(given, settings) == short


def test_intervals_have_a_floor_and_grafanas_tick():
    settings = evolve(load.settings(load.ROOT / "settings.py"), time_scale=20)
    assert [scaled.interval(one, settings) for one in ("5s", "1m", "500ms")] == ["1s", "3s", "500ms"]
    assert [scaled.ticks(one, settings) for one in ("30s", "10m")] == ["10s", "30s"]
    assert [scaled.shorter(one, settings) for one in ("10s", "4h", "1m30s")] == ["500ms", "720s", "4s500ms"]
