"""Every query of every panel, variable and annotation, and every rule, asked of the real Prometheus."""

import pytest

from kit.coverage.result import Outcome

# What nothing can fill here: it is asked of Loki.
NOT_ASKED = {Outcome.NOT_ASKED}


def words(results):
    return "\n".join(
        f"{one.subject} ({one.kind}, {one.run}): {one.outcome}: {one.words}; {one.query}" for one in results
    )


@pytest.mark.parametrize("kind", ["panel", "variable", "annotation", "recording rule", "alerting rule"])
def test_every_one_has_data(kind, results):
    asked = [one for one in results.results if one.kind == kind and one.outcome not in NOT_ASKED]
    assert asked
    wrong = [one for one in asked if one.outcome is not Outcome.OK]
    assert not wrong, words(wrong)


def test_nothing_that_is_compiled_was_left_out(results, compiled):
    product = compiled.product
    panels = {
        (board.page.title, panel.heading) for board in product.boards for panel in board.page.drawn if panel.views
    }
    asked = {(one.board, one.name) for one in results.results if one.kind == "panel"}
    assert panels <= asked
    rules = {rule.name for rules in product.rules.values() for rule in rules}
    assert {one.name for one in results.results if one.kind == "alerting rule"} == rules
    recorded = {one.name for one in product.site.recorded.values()}
    assert {one.name for one in results.results if one.kind == "recording rule"} == recorded
    assert {one.run for one in results.results if one.kind == "panel"} == {"defaults", "all"}


def test_what_is_not_asked_is_only_what_loki_answers(results, compiled):
    logs = {
        (board.page.title, panel.heading)
        for board in compiled.product.boards
        for panel in board.page.drawn
        if panel.views and panel.view.signal.logs
    }
    assert {(one.board, one.name) for one in results.of(Outcome.NOT_ASKED)} == logs


def test_no_metric_of_the_catalogue_is_missing(results):
    assert not results.missing
