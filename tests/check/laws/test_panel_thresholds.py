import pytest

from kit.draw.site import id_of


def steps(panel):
    return panel["fieldConfig"]["defaults"]["thresholds"]["steps"]


def shown(bench, wanted):
    """Ids of the panels whose definition `wanted` takes."""
    pages = bench.build.product.site.pages
    return {id_of(page, panel) for page in pages for panel in page.drawn if panel.views and wanted(panel.view)}


def above(view):
    return bool(view.levels) and all(level.above for _, level in view.levels)


def one(view):
    return above(view) and len(view.levels) == 1


def below(view):
    return bool(view.levels) and not view.levels[0][1].above


@pytest.fixture
def levelled(bench):
    def broken(change, wanted=above, kind="timeseries"):
        ids = shown(bench, wanted)
        return bench.panel(change, kind=kind, where=lambda panel: panel["id"] in ids)

    return broken


def test_a_step_that_is_no_level(levelled):
    levelled(lambda panel: steps(panel)[1].update(value=123456), wanted=one).says("has the threshold steps 123456")


def test_a_level_that_is_no_step(levelled):
    levelled(lambda panel: steps(panel).pop()).says("make them one")


def test_no_thresholds_at_all(levelled):
    levelled(lambda panel: panel["fieldConfig"]["defaults"].pop("thresholds")).says("has the threshold steps none")


def test_a_step_where_there_is_no_level(levelled):
    def change(panel):
        steps(panel).append({"color": "red", "value": 80})

    levelled(change, wanted=lambda view: not view.levels).says("has the threshold steps 80, and the levels of")


def test_colours_that_turn_the_wrong_way_round(levelled):
    def change(panel):
        colours = [step["color"] for step in steps(panel)][::-1]
        for step, colour in zip(steps(panel), colours, strict=True):
            step["color"] = colour

    levelled(change).says("upwards, and above is bad")
    levelled(change, wanted=below, kind="stat").says("upwards, and below is bad")


def test_percentages_of_what(levelled):
    levelled(lambda panel: panel["fieldConfig"]["defaults"]["thresholds"].update(mode="percentage")).says(
        "mode: absolute"
    )


def test_a_base_with_a_value(bench):
    bench.panel(lambda panel: steps(panel)[0].update(value=0)).says("first threshold step")


def test_no_base(levelled):
    levelled(lambda panel: steps(panel).clear(), wanted=lambda view: not view.levels).says("first threshold step")


def test_values_that_do_not_ascend(levelled):
    def change(panel):
        steps(panel).append({"color": "red", "value": steps(panel)[-1]["value"]})

    levelled(change).says("must ascend", "has the threshold steps")


def test_lines_are_drawn_exactly_where_there_are_levels(levelled):
    def style(mode):
        return lambda panel: panel["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"].update(mode=mode)

    levelled(style("off")).says("so the levels of its signal are not seen")
    levelled(style("line"), wanted=lambda view: not view.levels).says("and its signal has no level")


def column(panel):
    """The first column with thresholds of its own."""
    for override in panel["fieldConfig"]["overrides"]:
        for item in override["properties"]:
            if item["id"] == "thresholds" and len(item["value"]["steps"]) > 1:
                return item["value"]["steps"]
    return None


def test_a_columns_steps_are_the_levels_of_its_line(bench):
    found = bench.panel(lambda panel: column(panel)[1].update(value=123456), kind="table", where=column)
    found.says("has the threshold steps 123456")


def test_a_columns_base_has_no_value(bench):
    found = bench.panel(lambda panel: column(panel)[0].update(value=-1), kind="table", where=column)
    found.says("first threshold step")


def test_states_have_names_with_colours(bench):
    def change(panel):
        panel["fieldConfig"]["defaults"]["mappings"][0]["options"]["0"]["color"] = "green"

    bench.panel(change, kind="state-timeline").says("its state 0 is Down in green; it must be Down in red")
    found = bench.panel(lambda panel: panel["fieldConfig"]["defaults"]["mappings"].clear(), kind="state-timeline")
    found.says("its state 0 is None", "its state 1 is None")


def test_a_step_without_a_value_is_none(levelled):
    found = levelled(lambda panel: steps(panel).append({"color": "red"}))
    found.says("must ascend", "has the threshold steps")


def states_with_levels(view):
    return bool(view.signal.unit.names and view.levels)


def test_only_states_may_go_without_thresholds(bench):
    empty = {"mode": "absolute", "steps": []}

    def clear(panel):
        panel["fieldConfig"]["defaults"]["thresholds"] = empty

    ids = shown(bench, states_with_levels)
    found = bench.panel(clear, kind="stat", where=lambda panel: panel["id"] in ids)
    found.says("first threshold step", "has the threshold steps none")


def test_states_with_thresholds_have_the_right_ones(bench):
    def change(panel):
        panel["fieldConfig"]["defaults"]["thresholds"] = {"mode": "absolute", "steps": [{"color": "green", "value": 0}]}

    found = bench.panel(change, kind="state-timeline")
    found.says("first threshold step")
