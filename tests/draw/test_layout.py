"""Where panels stand: never on each other, inside the grid, each line as wide as the page."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.draw.layout import Item, landing_heights, place
from kit.draw.panel import stat, timeseries
from kit.draw.style import SCREEN, SIZES, WIDTH

items = st.builds(
    Item,
    st.sampled_from((*SIZES, "stock")),
    st.none() | st.integers(1, WIDTH),
    st.none() | st.integers(1, 20),
)
rows = st.lists(items, max_size=12)
tops = st.integers(0, 100)


def cells(box):
    return {(x, y) for x in range(box.x, box.x + box.w) for y in range(box.y, box.y + box.h)}


def lines(boxes):
    found = defaultdict(list)
    for box in boxes:
        found[box.y].append(box)
    return found


@given(rows, tops)
def test_no_two_panels_share_a_cell_and_all_are_inside(row, top):
    boxes = place(row, top)
    assert len(boxes) == len(row)
    assert len(set().union(*map(cells, boxes))) == sum(box.w * box.h for box in boxes)
    assert all(box.x >= 0 and box.x + box.w <= WIDTH and box.y >= top and box.w > 0 and box.h > 0 for box in boxes)


@given(rows, tops)
def test_every_line_fills_the_width_and_has_one_height(row, top):
    bottom = top
    for y, line in lines(place(row, top)).items():
        assert y == bottom
        assert sum(box.w for box in line) == WIDTH
        assert len({box.h for box in line}) == 1
        bottom = y + line[0].h


@given(rows, tops)
def test_panels_stand_in_the_order_in_which_they_are_written(row, top):
    places = [(box.y, box.x) for box in place(row, top)]
    assert places == sorted(set(places))


@given(rows)
def test_a_width_that_was_asked_for_is_kept_where_another_can_give(row):
    pairs = list(zip(row, place(row, 0), strict=True))
    for y in {box.y for _, box in pairs}:
        line = [(item, box) for item, box in pairs if box.y == y]
        if any(item.width is None for item, _ in line):
            assert all(box.w == item.width for item, box in line if item.width)


@given(rows)
def test_a_line_is_as_high_as_its_highest_panel(row):
    pairs = list(zip(row, place(row, 0), strict=True))
    for y in {box.y for _, box in pairs}:
        line = [(item, box.h) for item, box in pairs if box.y == y]
        assert {h for _, h in line} == {max(item.height or SIZES.get(item.kind, (12, 8))[1] for item, _ in line)}


quarters = st.lists(st.just(Item("timeseries", 6)), min_size=1, max_size=8)


@given(st.lists(quarters, min_size=1, max_size=6), st.integers(0, 3))
def test_the_open_rows_of_a_landing_page_fill_one_screen(opened, closed):
    headers = len(opened) + closed
    heights = landing_heights(opened, headers)
    boxes = [place(row, 0, height) for row, height in zip(opened, heights, strict=True)]
    assert headers + sum(len(lines(row)) * row[0].h for row in boxes) <= SCREEN
    assert min(heights) >= 1


def test_a_page_is_laid_out_row_below_row(drawn, known):
    wide = [timeseries(known.rate, height=9), timeseries(known.errors, height=5), timeseries(known.latency, width=8)]
    board = drawn({"A": wide, "B (collapsed)": [timeseries(known.depth)], "C": [stat(known.rate, height=4)]})
    assert [(p["title"], *(p["gridPos"][k] for k in "xywh")) for p in board.json["panels"]] == [
        ("A", 0, 0, 24, 1),
        ("Rate", 0, 1, 8, 9),
        ("Errors", 8, 1, 8, 9),
        ("Latency", 16, 1, 8, 9),
        ("B", 0, 10, 24, 1),
        ("C", 0, 11, 24, 1),
        ("Rate", 0, 12, 24, 4),
    ]
    closed = board.json["panels"][4]
    assert (closed["collapsed"], [p["title"] for p in closed["panels"]]) == (True, ["Depth"])


def test_a_landing_page_ends_at_the_bottom_of_the_screen(drawn, known):
    rows = {
        "A": [timeseries(known.rate), timeseries(known.errors), timeseries(known.latency), stat(known.depth)],
        "B": [timeseries(known.depth)],
        "C (collapsed)": [timeseries(known.health)],
    }
    opened = [p["gridPos"] for p in drawn(rows, landing=True).json["panels"] if p["type"] != "row"]
    assert max(place["y"] + place["h"] for place in opened) <= SCREEN


@pytest.mark.parametrize("asked", [{"width": 25}, {"width": 0}, {"width": -1}, {"height": 0}, {"height": -3}])
def test_a_size_that_does_not_fit_the_grid_is_a_fault(asked, faults, known):
    found = faults(lambda: [timeseries(known.rate, **asked)])
    assert [fault.where.file for fault in found] == [__file__]
