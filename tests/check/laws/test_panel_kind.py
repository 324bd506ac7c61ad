import pytest


@pytest.mark.parametrize(
    ("kind", "use"),
    [("graph", "timeseries"), ("singlestat", "stat"), ("table-old", "table"), ("grafana-piechart-panel", "piechart")],
)
def test_a_kind_that_is_gone(bench, kind, use):
    bench.panel(lambda panel: panel.update(type=kind)).says(f"no longer has the kind {kind}; use {use}")


@pytest.mark.parametrize("change", [lambda panel: panel.pop("targets"), lambda panel: panel.update(targets=[])])
def test_a_kind_that_shows_queries_has_one(bench, change):
    bench.panel(change, kind="stat").says("a stat without a query")


def test_a_query_that_asks_nothing(bench):
    bench.panel(lambda panel: panel["targets"][0].update(expr=" ")).says("its query A is empty")


def test_words_and_library_panels_need_no_query(bench):
    def become(kind, **more):
        return lambda panel: [panel.pop("targets"), panel.update(type=kind, **more)]

    bench.panel(become("text")).is_silent()
    bench.panel(become("timeseries", libraryPanel={"uid": "x"})).is_silent()
