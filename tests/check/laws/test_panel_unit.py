import pytest

from kit.check.rules.panel_unit import KNOWN


def defaults(panel):
    return panel["fieldConfig"]["defaults"]


@pytest.mark.parametrize("kind", ["timeseries", "stat", "gauge", "bargauge", "piechart", "state-timeline"])
def test_a_panel_without_a_unit(bench, kind):
    bench.panel(lambda panel: defaults(panel).pop("unit"), kind=kind).says("it has no unit")


def test_a_unit_that_grafana_does_not_know(bench):
    found = bench.panel(lambda panel: defaults(panel).update(unit="percentunits"))
    found.says("no unit 'percentunits'; did you mean 'percentunit'?")


@pytest.mark.parametrize("unit", ["suffix:items", "currency:€", "time:YYYY", "reqps", "sishort"])
def test_units_that_are_made_or_newer_pass(bench, unit):
    bench.panel(lambda panel: defaults(panel).update(unit=unit)).is_silent()


def test_a_column_without_a_unit(bench):
    def change(panel):
        override = panel["fieldConfig"]["overrides"][0]
        override["properties"] = [one for one in override["properties"] if one["id"] != "unit"]

    bench.panel(change, kind="table").says("has no unit")


def test_a_column_with_an_unknown_unit(bench):
    def change(panel):
        panel["fieldConfig"]["overrides"][0]["properties"] = [{"id": "unit", "value": "Sekunden"}]

    bench.panel(change, kind="table").says("no unit 'Sekunden'")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda panel: panel["options"]["yAxis"].pop("unit"), "y axis has no unit"),
        (lambda panel: panel["options"]["yAxis"].update(unit="zz"), "no unit 'zz'"),
        (lambda panel: panel["options"]["cellValues"].update(unit="yy"), "no unit 'yy'"),
    ],
)
def test_a_heatmap_has_its_unit_on_the_axis(bench, change, part):
    bench.panel(change, kind="heatmap").says(part)


def test_as_many_units_are_known_as_grafana_has():
    assert len(KNOWN) == 273
