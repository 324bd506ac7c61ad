"""Colours and thresholds follow the levels, and the same thing has the same colour everywhere."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.draw import style
from kit.draw.kinds import ref
from kit.draw.panel import bargauge, gauge, stat, states, timeseries
from kit.model.metric import Gauge
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PERCENT, UP_DOWN

LEVELS = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


def signal(unit=COUNT, **levels):
    lines = Gauge("warmth", "room").value()
    return Signal("warmth", "Warmth", lines=lines, unit=unit, per="room", question="?", bad="!", **levels)


def steps(made):
    found = style.thresholds(made.view())["steps"]
    assert "value" not in found[0]
    assert all(one["value"] < two["value"] for one, two in pairwise(found[1:]))
    return found


def colour_of(value, made):
    """The colour that Grafana gives to a value: that of the last step that it reaches."""
    first, *others = steps(made)
    return [first, *(step for step in others if value >= step["value"])][-1]["color"]


def severity_of(value, made):
    """What the rules would say to a value that lasts."""
    worst = style.GOOD
    for severity, level in made.levels:
        if value > level.value if level.above else value < level.value:
            worst = style.SEVERITY[severity]
    return worst


@given(st.booleans(), LEVELS, LEVELS, st.lists(LEVELS, max_size=5))
def test_a_value_has_the_colour_of_the_alert_that_it_sets_off(above, one, two, values):
    mild, bad = sorted((one, two), reverse=not above)
    if mild == bad:
        return
    made = signal(warning=Level(mild, above=above), critical=Level(bad, above=above))
    for value in {*values, mild - 0.001, mild + 0.001, bad - 0.001, bad + 0.001} - {one, two}:
        assert colour_of(value, made) == severity_of(value, made)


@given(st.sampled_from(("warning", "critical")), st.booleans(), LEVELS)
def test_one_level_alone_colours_its_side(severity, above, value):
    made = signal(**{severity: Level(value, above=above)})
    sides = [colour_of(value - 0.001, made), colour_of(value + 0.001, made)]
    assert sides == ([style.GOOD, style.SEVERITY[severity]] if above else [style.SEVERITY[severity], style.GOOD])


@pytest.mark.parametrize("unit", [COUNT, PERCENT])
def test_none_where_none_should_be_is_good_and_one_is_bad(unit):
    made = signal(unit, critical=Level(0, above=True))
    [mapping] = style.none(made.view())
    assert (mapping["options"]["0"]["color"], colour_of(1, made)) == (style.GOOD, style.BAD)
    assert style.none(signal(unit, critical=Level(5, above=True)).view()) == []


def test_up_is_good_and_down_is_bad():
    made = signal(UP_DOWN, critical=Level(1, above=False))
    assert (colour_of(1, made), colour_of(0, made)) == (style.GOOD, style.BAD)


def test_without_a_level_nothing_is_good_or_bad():
    assert steps(signal()) == [{"color": style.NEUTRAL}]


def test_a_panel_draws_the_line_of_its_level_and_none_where_there_is_none(drawn, panels, known):
    row = [timeseries(known.errors), timeseries(known.errors.only("4xx"), key="4xx"), timeseries(known.rate)]
    modes = [p["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"]["mode"] for p in panels(drawn(row))]
    assert modes == ["dashed", "off", "off"]
    drawn_steps = panels(drawn(row))[0]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert drawn_steps == [{"color": style.GOOD}, {"color": style.BAD, "value": 0.05}]


def fixed(panel):
    """Legend text → colour, as the panel's overrides give it."""
    found = {
        override["matcher"]["options"]: value["value"]["fixedColor"]
        for override in panel["fieldConfig"]["overrides"]
        for value in override["properties"]
        if value["id"] == "color"
    }
    assert all(pattern.startswith("/") and pattern.endswith("/") for pattern in found)
    return lambda legend: [colour for pattern, colour in found.items() if re.search(pattern[1:-1], legend)]


def test_quantiles_and_errors_have_fixed_colours_whatever_stands_before_them(drawn, panels, known):
    latency, errors = map(fixed, panels(drawn([timeseries(known.latency), timeseries(known.errors.by())])))
    for before in ("", "ingestion-service "):
        for name in ("P50", "P95", "P99"):
            assert latency(before + name) == [style.LINE_COLOURS[name]]
        for name in ("4xx", "5xx"):
            assert errors(before + name) == [style.LINE_COLOURS[name]]
    assert latency("P950") == latency("xP95") == []


def test_many_groups_of_one_line_keep_colours_of_their_own(drawn, panels, known):
    (panel,) = panels(drawn([timeseries(known.latency.only("P95").by("endpoint"))]))
    assert panel["fieldConfig"]["overrides"] == []
    (alone,) = panels(drawn([timeseries(known.latency.only("P95").by())]))
    assert fixed(alone)("P95") == [style.LINE_COLOURS["P95"]]


def test_what_is_excepted_has_the_colours_of_its_exception(drawn, panels):
    level = Level(10, above=True, except_={"room": {"oven": 200, "fridge": None}})
    for kind in (timeseries, stat, bargauge):
        (panel,) = panels(drawn([kind(signal(critical=level))]))
        found = {
            override["matcher"]["options"]: value["value"]["steps"]
            for override in panel["fieldConfig"]["overrides"]
            for value in override["properties"]
            if value["id"] == "thresholds"
        }
        by_room = {room: steps for room in ("oven", "fridge") for pattern, steps in found.items() if room in pattern}
        assert by_room["oven"] == [{"color": style.GOOD}, {"color": style.BAD, "value": 200}]
        assert style.BAD not in [step["color"] for step in by_room["fridge"]]


def test_states_have_names_and_colours(drawn, panels, known):
    for panel in panels(drawn([states(known.health), stat(known.health)])):
        named = panel["fieldConfig"]["defaults"]["mappings"][0]["options"]
        assert {value: (one["text"], one["color"]) for value, one in named.items()} == {
            "0": ("Down", style.BAD),
            "1": ("Up", style.GOOD),
        }


def test_a_dial_of_shares_goes_from_nothing_to_full_and_others_have_no_end(drawn, panels, known):
    share, count = (p["fieldConfig"]["defaults"] for p in panels(drawn([gauge(known.errors), bargauge(known.depth)])))
    assert (share["min"], share["max"], share["unit"]) == (0, 1, "percentunit")
    assert (count["min"], "max" in count, count["decimals"]) == (0, False, 0)


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_queries_are_named_beyond_z(index, name):
    assert ref(index) == name


def test_no_two_queries_have_one_name():
    assert len({ref(index) for index in range(2000)}) == 2000
