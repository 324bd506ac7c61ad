"""Panel ids stay, because alerts link to panels by them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.draw.ids import panel_id
from kit.draw.panel import gauge, stat, timeseries


def ids(board):
    every = [inner for panel in board.json["panels"] for inner in (panel, *panel.get("panels", ()))]
    return {(p["type"], p["title"]): p["id"] for p in every}


@given(st.lists(st.text(), max_size=4))
def test_an_id_is_a_positive_number_of_31_bits(parts):
    assert 1 <= panel_id(*parts) < 2**31


def test_ids_are_those_that_dashboards_already_have():
    assert panel_id("overview", "service_errors", "stat", "") == 1203789129
    assert panel_id("ab", "c") != panel_id("a", "bc")


def test_adding_or_moving_a_panel_renumbers_no_other(drawn, known):
    before = ids(drawn({"A": [timeseries(known.rate), stat(known.rate)], "B": [timeseries(known.errors)]}))
    after = ids(
        drawn({
            "New": [gauge(known.errors)],
            "B (collapsed)": [stat(known.rate), timeseries(known.latency)],
            "A": [timeseries(known.errors), timeseries(known.rate)],
        })
    )  # fmt: skip
    assert before.items() <= after.items()


def test_regrouping_a_panel_or_giving_it_another_title_keeps_its_id(drawn, known):
    variants = [
        timeseries(known.rate),
        timeseries(known.rate.by("endpoint")),
        timeseries(known.rate, title="T", width=9),
    ]
    assert len({next(iter(drawn([one]).lines.keys() - ids_of_rows(drawn([one])))) for one in variants}) == 1


def ids_of_rows(board):
    return {panel["id"] for panel in board.json["panels"] if panel["type"] == "row"}


def test_the_same_panel_on_two_pages_has_two_ids(drawn, known):
    row = [timeseries(known.rate)]
    assert not drawn(row, stem="a").lines.keys() & drawn(row, stem="b").lines.keys()


@pytest.mark.parametrize("rows", [("A", "A"), ("A", "B"), ("A", "B (collapsed)"), ("A (collapsed)", "B (collapsed)")])
def test_a_second_panel_of_one_kind_and_signal_needs_a_key(rows, faults, known):
    first, second = rows

    def twice(**more):
        made = {first: [timeseries(known.rate)]}
        return made | {second: [*made.get(second, ()), timeseries(known.rate.by("endpoint"), **more)]}

    (fault,) = faults(twice)
    assert fault.message == (
        "two panels of page Page have one id ('Rate by endpoint' is the second); give it key='…' to tell them apart"
    )
    written = Path(__file__).read_text().splitlines()[fault.where.line - 1]
    assert (fault.where.file, "**more)]}" in written) == (__file__, True)
    assert faults(lambda: twice(key="by endpoint")) == []


def test_every_panel_knows_the_line_that_it_was_written_on(drawn, known):
    board = drawn({
        "A": [timeseries(known.rate),
              stat(known.rate)],
        "B (collapsed)": [gauge(known.errors)],
    })  # fmt: skip
    lines = {(p.where.file, p.where.line) for p in board.page.drawn}
    assert lines == {(w.file, w.line) for i, w in board.lines.items() if i not in ids_of_rows(board)}
    assert len(lines) == 3
