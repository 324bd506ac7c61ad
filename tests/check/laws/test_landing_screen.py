import pytest
from attrs import evolve


def landing(board):
    return board.landing


def rows(board):
    return [panel for panel in board["panels"] if panel["type"] == "row"]


def test_what_does_not_fit_the_screen(bench):
    def change(board):
        last = max(
            (panel for panel in board["panels"] if not panel.get("collapsed")), key=lambda one: one["gridPos"]["y"]
        )
        last["gridPos"]["h"] = 25 - last["gridPos"]["y"]

    bench.board(change, where=landing).says("it ends at line 25, and a screen has 24")


def test_a_closed_row_may_lie_below_the_screen(bench):
    def change(board):
        board["panels"].append(
            {"type": "row", "title": "More", "collapsed": True, "gridPos": {"x": 0, "y": 40, "w": 24, "h": 1}}
        )

    bench.board(change, where=landing).is_silent()


def test_a_drill_down_may_be_longer(bench):
    def change(board):
        board["panels"][-1]["gridPos"]["y"] = 90

    bench.board(change).is_silent()


def test_a_row_that_the_set_must_show(bench):
    def change(board):
        rows(board)[1]["title"] += "s"

    found = bench.board(change, where=landing)
    title = rows(next(board for board in bench.build.dashboards if board.landing).json)[1]["title"]
    found.says(f"it has no row '{title}'; did you mean '{title}s'?")


def test_a_row_that_is_closed(bench):
    bench.board(lambda board: rows(board)[1].update(collapsed=True), where=landing).says(
        "is closed, and its set must show it"
    )


def test_health_comes_first(bench):
    def change(board):
        found = rows(board)
        first, last = board["panels"].index(found[0]), board["panels"].index(found[1])
        board["panels"][first], board["panels"][last] = found[1], found[0]

    found = bench.board(change, where=landing)
    found.says("and health comes first; begin with")


def test_health_by_another_name_comes_first_as_well(bench):
    def change(board):
        place = {"x": 0, "y": 0, "w": 24, "h": 1}
        board["panels"].insert(0, {"type": "row", "title": "Health of all", "gridPos": place, "collapsed": False})

    bench.board(change, where=landing).is_silent()


@pytest.mark.parametrize("times", [0, 2])
def test_a_set_has_one_landing_page(bench, times):
    folder = next(iter(bench.build.product.brief.rows))
    # The dashboards of the set that are landing pages: none of them, or two of them.
    chosen = [board for board in bench.build.product.boards if board.page.folder == folder][:times]
    boards = tuple(
        evolve_page(board, landing=board in chosen) if board.page.folder == folder else board
        for board in bench.build.product.boards
    )
    found = bench.product(boards=boards)
    about = [one for one in found.findings if one.subject == folder]
    assert len(about) == 1 and f"it has {times} landing pages" in about[0].message
    assert about[0].where.file == f"dashboards/{folder}/__init__.py"


def evolve_page(board, **values):
    return type(board)(evolve(board.page, **values), board.json, board.lines)
