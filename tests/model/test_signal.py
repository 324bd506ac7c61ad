"""Signals, levels and views: every mistake is one sentence, and all of a module come in one run."""

import inspect
from dataclasses import replace

import pytest

from kit.model.expr import Scope
from kit.model.fault import DefinitionError, Where, collecting, report
from kit.model.matcher import Match, re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, COUNT, PERCENT, SECONDS, UP_DOWN, Unit

REQUESTS = Counter("requests_total", "service endpoint status")
ROOMS = Gauge("temperature", "room")
TIME = Histogram("duration_seconds", "service endpoint", buckets=(0.5, 1, 2.5))
TOLD = {"question": "How warm is it?", "bad": "open a window."}


def signal(**changed):
    asked = {"lines": ROOMS.value(), "unit": COUNT, "per": "room", **TOLD, **changed}
    return Signal("warmth", "Warmth", **asked)


def faults_of(make):
    with collecting() as faults:
        make()
    return [fault.message for fault in faults]


QUANTILES = {f"P{round(q * 100)}": TIME.quantile(q) for q in (0.5, 0.95)}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"unit": None}, "signal warmth: it has no unit; name one of kit/model/unit.py"),
        ({"unit": "percent"}, "signal warmth: unknown unit 'percent'; name one of kit/model/unit.py"),
        ({"question": ""}, "signal warmth: it has no description; say question= (what it answers) and bad= (what"),
        ({"bad": ""}, "signal warmth: it has no description; say question= (what it answers) and bad= (what"),
        ({"critical": Level(1)}, "signal warmth: its critical level has no direction; say above=True or above=False"),
        (
            {"warning": Level(1, above=True, line="P59"), "lines": QUANTILES, "per": "service"},
            "signal warmth: its warning level names the line 'P59', which it does not have; did you mean 'P95'?",
        ),
        (
            {"warning": Level(1, above=True, line="P95", also=("P9", 1)), "lines": QUANTILES, "per": "service"},
            "signal warmth: its warning level names the line 'P9', which it does not have; did you mean 'P95'?",
        ),
        (
            {"warning": Level(1, above=True), "lines": QUANTILES, "per": "service"},
            "signal warmth: its warning level names the line '', which it does not have",
        ),
        (
            {"critical": Level(1, above=True, hold="5 min")},
            "signal warmth: its critical level '5 min' is no duration like 30s, 5m, 1h30m or 1d",
        ),
        (
            {"critical": Level(1, above=True, window="")},
            "signal warmth: its critical level '' is no duration like 30s, 5m, 1h30m or 1d",
        ),
        (
            {"critical": Level(1, above=True, except_={"colour": {"red": 2}})},
            "signal warmth: its critical level excepts the label 'colour', which none of its metrics has",
        ),
        (
            {"critical": Level(2, above=True, line="P95"), "lines": QUANTILES, "per": "service"},
            "duration_seconds has no bucket at 2, so a level there would be a guess between its neighbours; add 2",
        ),
        (
            {
                "critical": Level(1, above=True, line="P95", except_={"endpoint": {"/slow": 30, "/never": None}}),
                "lines": QUANTILES,
                "per": "service",
            },
            "duration_seconds has no bucket at 30, so a level there would be a guess between its neighbours; add 30",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(changed, sentence):
    found = faults_of(lambda: signal(**changed))
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_a_group_that_a_metric_does_not_have_is_told_with_the_nearest():
    found = faults_of(lambda: signal(per="rom"))
    assert found[0] == "signal warmth: per 'rom', which temperature does not have; did you mean 'room'?"


def test_a_signal_without_mistakes_is_silent():
    assert (
        faults_of(lambda: signal(warning=Level(20, above=True, hold="1h30m", except_={"room": {"oven": None}}))) == []
    )


def test_a_query_that_means_nothing_is_told_as_the_signals_fault():
    def nonsense(leaf):
        return faults_of(lambda: signal(lines=leaf, per=""))

    assert nonsense(replace(REQUESTS.rate(), function="")) == [
        "signal warmth: the counter requests_total is read bare, which says nothing; put it under rate(), increase() "
        "or irate()"
    ]
    assert nonsense(replace(ROOMS.over("avg"), function="rate")) == [
        "signal warmth: rate() of the gauge temperature means nothing: use delta() or deriv()"
    ]
    assert nonsense(replace(TIME.quantile(0.5), buckets=TIME.rate())) == [
        "signal warmth: histogram_quantile() needs the label 'le', which the aggregation inside it drops"
    ]


def test_a_fault_stands_where_the_signal_stands_and_a_levels_where_the_level_stands():
    with collecting() as faults:
        first = inspect.currentframe().f_lineno + 1
        signal_here = Signal("warmth", "Warmth", lines=ROOMS.value(), unit=None, **TOLD)
        Signal(
            "other",
            "Other",
            lines=ROOMS.value(),
            unit=COUNT,
            critical=Level(1),
            **TOLD,
        )
    assert [(fault.where.file, fault.where.line - first) for fault in faults] == [(__file__, 0), (__file__, 6)]
    assert signal_here.where == faults[0].where


def test_all_faults_of_a_module_are_told_in_one_run():
    def module():
        REQUESTS.rate(staus="500")
        signal(unit=None, question="", per="romm", critical=Level(1, hold="x", line="no"))
        signal().by("rooms")
        signal().only("P50")

    assert len(faults_of(module)) >= 8


def test_the_same_fault_is_told_once_and_outside_of_a_collection_it_is_raised():
    with collecting() as faults:
        report("a", Where("f", 1))
        report("a", Where("f", 1))
        report("a", Where("f", 2))
        with collecting() as inner:
            report("b", Where("f", 1))
    assert ([fault.message for fault in faults], [fault.message for fault in inner]) == (["a", "a"], ["b"])
    with pytest.raises(DefinitionError, match="^f:3: c$"):
        report("c", Where("f", 3))


# --- views


def queries(view, **scope):
    return dict(view.view().queries(Scope(window="5m", **scope)))


def test_a_view_regroups_chooses_lines_filters_and_limits():
    times = signal(lines=QUANTILES, unit=SECONDS, per="service")
    assert list(queries(times)) == ["P50", "P95"]
    assert queries(times.by("endpoint").only("P95")) == {
        "P95": "histogram_quantile(0.95, sum by (endpoint, le) (rate(duration_seconds_bucket[5m])))"
    }
    assert queries(times.by().only("P50").of(service=re("a|b"))) == {
        "P50": 'histogram_quantile(0.5, sum by (le) (rate(duration_seconds_bucket{service=~"a|b"}[5m])))'
    }
    assert queries(signal().top(3)) == {"": "topk(3, sum by (room) (temperature))"}


def test_a_views_own_matcher_takes_the_place_of_the_pages():
    page = (Match("room", "=~", "$room"), Match("cluster", "=~", "$cluster"))
    assert queries(signal().of(room="hall"), where=page) == {
        "": 'sum by (room) (temperature{cluster=~"$cluster",room="hall"})'
    }


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: signal().by("roon"), "temperature has no label 'roon'; did you mean 'room'?"),
        (lambda: signal(lines=QUANTILES, per="").only("P59"), "signal warmth has no line 'P59'; did you mean 'P95'?"),
        (lambda: signal().of(rome="x"), "no metric of signal warmth has a label 'rome'"),
    ],
)
def test_a_view_of_what_is_not_there_is_a_fault(make, sentence):
    found = faults_of(make)
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_a_views_title_says_what_differs_from_the_signals_own():
    times = signal(lines=QUANTILES, unit=SECONDS, per="service")
    assert [view.title for view in (times.view(), times.by("endpoint"), times.by(), times.only("P95"))] == [
        "Warmth",
        "Warmth by endpoint",
        "Warmth, overall",
        "Warmth (P95)",
    ]


def test_levels_hold_for_the_lines_that_are_shown_and_not_for_sums_of_groups():
    level = Level(1, above=True, line="P95")
    times = signal(lines=QUANTILES, unit=SECONDS, per="service", warning=level)
    assert times.view().levels == (("warning", level),)
    assert times.by("service", "endpoint").levels == (("warning", level),)
    assert times.only("P50").levels == times.by().levels == times.by("endpoint").levels == ()


def test_where_a_warning_and_a_critical_level_point_in_opposite_directions_one_is_shown():
    free, used = Level(0.2, above=False, line="free"), Level(0.8, above=True, line="used")
    disk = signal(lines={"used": ROOMS.value(), "free": ROOMS.value()}, warning=free, critical=used)
    assert disk.view().levels == (("critical", used),)
    assert disk.only("free").levels == (("warning", free),)


def test_a_signal_is_frozen():
    with pytest.raises(AttributeError):
        signal().title = "x"


# --- words


@pytest.mark.parametrize(
    ("unit", "value", "read"),
    [
        (PERCENT, 0.05, "5 %"),
        (PERCENT, 0.29, "29 %"),
        (SECONDS, 1, "1 s"),
        (BYTES, 3 * 2**30, "3 GiB"),
        (BYTES, 12, "12 B"),
        (COUNT, 1000, "1000"),
        (UP_DOWN, 1, "1"),
        (Unit("short"), 0.1, "0.1"),
    ],
)
def test_numbers_are_read_as_people_write_them(unit, value, read):
    assert unit.words(value) == read


def test_a_level_is_said_in_words():
    assert Level(0.05, above=True, hold="2m").words(PERCENT) == "above 5 % for 2m"
    assert Level(1, above=False).words(UP_DOWN) == "below 1"
