"""The table of alerts as text."""

import pytest

from kit.alerting import table
from kit.alerting.table import wrapped

WIDTHS = (80, 100, 120, 200)


@pytest.fixture(scope="module")
def rows(rows_by):
    return tuple(rows_by().values())


def flat(text):
    return " ".join(text.split())


def test_without_a_terminal_each_rule_has_one_line_with_everything(rows):
    lines = table.text(rows, "grafana", None).splitlines()
    for row, line in zip(rows, lines[1 : len(rows) + 1], strict=True):
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        panel = f"{row.seen.page}: {row.seen.title}"
        told = ", ".join(one.receiver for one in row.told)
        assert cells == [row.name, row.severity, row.hold, row.condition, told, panel, row.runbook]


def test_without_a_terminal_the_columns_stand_below_their_headings(rows):
    head, *lines = table.text(rows, "grafana", None).splitlines()
    for heading in table.HEADINGS[1:]:
        column = head.index(heading)
        assert all(line[column - 2 : column] == "  " and line[column] != " " for line in lines[: len(rows)])


@pytest.mark.parametrize("width", WIDTHS)
def test_on_a_terminal_no_line_is_longer(rows, width):
    assert max(map(len, table.text(rows, "grafana", width).splitlines())) <= width


@pytest.mark.parametrize("width", [*WIDTHS, 40])
def test_on_a_terminal_nothing_is_cut(rows, width):
    parts = table.text(rows, "grafana", width).split("\n\n")[0].splitlines()
    starts = [number for number, line in enumerate(parts) if line.split("  ")[0] in {row.name for row in rows}]
    for row, begin, end in zip(rows, starts, [*starts[1:], len(parts)], strict=True):
        block = parts[begin:end]
        for whole in (row.name, row.severity, *(one.receiver for one in row.told), row.runbook):
            assert any(whole in line for line in block), whole
        assert row.condition in flat(" ".join(block)), row.condition
        assert f"panel {row.seen.page}: {row.seen.title}" in flat(" ".join(block))


def test_where_all_fits_it_has_one_line_each_on_a_terminal_too(rows):
    whole = table.text(rows, "grafana", None)
    widest = max(map(len, whole.split("\n\n")[0].splitlines()))
    fits, narrow = table.text(rows, "grafana", widest), table.text(rows, "grafana", widest - 1)
    assert fits == whole
    assert len(narrow.splitlines()) > len(whole.splitlines())


def test_no_line_ends_in_spaces_and_none_has_colours(rows):
    for width in (None, *WIDTHS):
        text = table.text(rows, "grafana", width)
        assert "\x1b" not in text
        assert all(line == line.rstrip() for line in text.splitlines())


def test_each_route_is_told_once_below_with_its_times(rows):
    notes = table.text(rows, "prometheus", None).split("\n\n")[1].splitlines()
    assert notes[0] == "Prometheus notifies, as settings.py says."
    assert notes[1:] == [
        "severity=critical: first message 40s after it fires, again after 1h to 1h5m,"
        " grouped by alertname, cluster, environment",
        "severity=warning: first message 40s after it fires, again after 4h to 4h5m,"
        " grouped by alertname, cluster, environment; silent in dataflux-maintenance (sunday 03:00–04:00 UTC)",
        "severity=none: first message 10s after it fires, again after 5m to 6m,"
        " grouped by alertname, cluster, environment",
    ]


def test_a_number_and_its_unit_stay_on_one_line():
    assert wrapped("it is above 5 % of all", 14) == ["it is above", "5 % of all"]
