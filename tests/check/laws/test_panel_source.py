import pytest

PROMETHEUS = {"type": "prometheus", "uid": "prometheus"}


def both(**source):
    """The panel and its queries ask the same, wrongly."""

    def change(panel):
        panel["datasource"].update(source)
        for target in panel["targets"]:
            target["datasource"].update(source)

    return change


def one_query(panel):
    return len(panel["targets"]) == 1 and panel["targets"][0]["datasource"]["type"] == "prometheus"


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ({"uid": "prometheus"}, "which another Grafana does not have"),
        ({"uid": "${datasorce}"}, "no variable chooses that data source; did you mean 'datasource'?"),
        ({"type": "loki"}, "takes ${datasource} for loki, and it chooses prometheus"),
        ({"uid": ""}, "names no data source"),
    ],
)
def test_panel_and_query_ask_a_variable_of_their_type(bench, source, part):
    bench.panel(both(**source), where=one_query).says(part, part)


def test_a_query_without_a_source(bench):
    bench.panel(lambda panel: panel["targets"][0].pop("datasource"), where=one_query).says(
        "its query A names no data source", "and the panel '${datasource}'"
    )


def test_a_bare_name_is_no_source(bench):
    bench.panel(lambda panel: panel.update(datasource="Prometheus"), where=one_query).says("it names no data source")


def test_a_query_that_asks_another_than_its_panel(bench):
    logs = {"type": "loki", "uid": "${logs}"}
    bench.panel(
        lambda panel: panel.update(datasource={"type": "prometheus", "uid": "${datasource}"}),
        where=lambda panel: panel["datasource"] == logs and len(panel["targets"]) == 1,
        board=lambda board: board.path.endswith("/df-logs.json"),
    ).says("its query A asks '${logs}' and the panel '${datasource}'")


def test_a_mixed_panel_may_ask_several(bench):
    mixed = {"type": "datasource", "uid": "-- Mixed --"}
    bench.panel(lambda panel: panel.update(datasource=mixed), where=one_query).is_silent()


def test_an_annotation_asks_a_variable(bench):
    bench.board(lambda board: board["annotations"]["list"][1].update(datasource=PROMETHEUS)).says("annotation")


def variable(kind, **values):
    def change(board):
        next(one for one in board["templating"]["list"] if one["type"] == kind).update(values)

    return change


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (variable("query", datasource=PROMETHEUS), "which another Grafana does not have"),
        (variable("datasource", current={"text": "Prometheus", "value": "prometheus"}), "presets a data source"),
        (variable("datasource", options=[{"value": "x"}]), "presets a data source"),
        (variable("datasource", regex="/Prom/"), "presets a data source"),
        (variable("query", current={"text": "dataflux", "value": "dataflux"}), "presets dataflux"),
        (variable("query", current={"text": ["a"], "value": ["a", "b"]}), "presets a, b"),
        (variable("query", options=[{"value": "a"}]), "presets options"),
    ],
)
def test_variables_ask_a_variable_and_preset_nothing(bench, change, part):
    bench.board(change).says(part)
