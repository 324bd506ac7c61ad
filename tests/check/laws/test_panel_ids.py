import pytest


@pytest.mark.parametrize("number", [0, -1, 2**31, "7", None, True])
def test_an_id_that_grafana_cannot_keep(bench, number):
    # Its id is how the panel's line is known, so that the dashboard's is told.
    bench.panel(lambda panel: panel.update(id=number)).says(f"its id is {number!r}")


def test_a_panel_without_an_id(bench):
    bench.panel(lambda panel: panel.pop("id")).says("its id is None")


@pytest.mark.parametrize("nested", [False, True])
def test_two_panels_of_one_id(bench, nested):
    def holds(board):
        rows = [row.get("panels", ()) for row in board.json["panels"]] if nested else [board.json["panels"]]
        return any(panel["type"] == "timeseries" for row in rows for panel in row)

    board = next(board for board in bench.build.dashboards if holds(board))
    taken = board.json["panels"][0]["id"]
    found = bench.panel(lambda panel: panel.update(id=taken), nested=nested, board=lambda one: one.path == board.path)
    found.says(f"its id {taken} is that of '{board.json['panels'][0]['title']}' as well")


def test_a_query_without_a_ref_id(bench):
    bench.panel(lambda panel: panel["targets"][0].pop("refId")).says("its query 1 has no refId")


def test_two_queries_of_one_ref_id(bench):
    found = bench.panel(lambda panel: panel["targets"][1].update(refId="A"), where=lambda one: len(one["targets"]) > 1)
    found.says("refId A")
