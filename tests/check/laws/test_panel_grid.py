import pytest


def move(**place):
    return lambda panel: panel["gridPos"].update(place)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda panel: panel.pop("gridPos"), "lacks a whole number"),
        (move(x="0"), "lacks a whole number"),
        (move(h=4.5), "lacks a whole number"),
        (move(w=0), "cannot be drawn"),
        (move(h=0), "cannot be drawn"),
        (move(h=10**9), "cannot be drawn"),
        (move(y=-1), "cannot be drawn"),
        (move(x=20, w=8, y=900), "it reaches from column 20 to 28"),
        (move(x=-1, w=4, y=900), "it reaches from column -1 to 3"),
    ],
)
def test_a_panel_stands_inside_the_grid(bench, change, part):
    bench.panel(change).says(part)


def test_two_panels_on_one_place(bench):
    board = next(
        one for one in bench.build.dashboards if sum(p["type"] == "timeseries" for p in one.json["panels"]) > 1
    )
    graphs = [panel for panel in board.json["panels"] if panel["type"] == "timeseries"]
    last = graphs[-1]
    found = bench.panel(
        move(**graphs[0]["gridPos"]),
        where=lambda one: one["id"] == last["id"],
        board=lambda one: one.path == board.path,
    )
    found.says(f"it lies on '{graphs[0]['title']}'")


def test_two_panels_on_one_place_in_a_closed_row(bench):
    def second(panel):
        return panel["gridPos"]["x"] > 0

    bench.panel(move(x=0), nested=True, where=second, kind="timeseries").says("it lies on")


def test_a_closed_row_may_lie_where_others_do(bench):
    # When it opens, Grafana moves what is below it.
    def change(board):
        for row in board["panels"]:
            for panel in row.get("panels", ()):
                panel["gridPos"]["y"] = panel["gridPos"]["y"] - board["panels"][1]["gridPos"]["y"]

    def closed(board):
        return any(row.get("panels") for row in board.json["panels"])

    bench.board(change, where=closed).is_silent()


@pytest.mark.parametrize("place", [{"w": 12}, {"x": 1, "w": 23}])
def test_a_rows_header_takes_the_whole_width(bench, place):
    bench.panel(move(**place), kind="row").says("a row is 24×1 at column 0")


def test_an_open_row_owns_no_panels(bench):
    def change(row):
        row["panels"] = [{"id": 7, "type": "text", "gridPos": {"x": 0, "y": 900, "w": 4, "h": 4}}]

    bench.panel(change, kind="row", where=lambda row: not row["collapsed"]).says("open and owns panels")
