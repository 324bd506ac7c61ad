"""Alerts: their texts, the rules that exceptions make, and the hand-over from a warning to its critical alert."""

import pytest

from kit.model import promql
from kit.model.alert import critical, placeholders, rules, warning
from kit.model.expr import Scope, share
from kit.model.fault import collecting
from kit.model.matcher import re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PERCENT, SECONDS

REQUESTS = Counter("requests_total", "service endpoint status")
DEPTH = Gauge("queue_size", "queue", same_on_replicas=True)
TIME = Histogram("duration_seconds", "service endpoint", buckets=(1, 30))
TEXTS = {"summary": "Too long.", "description": "{queue} has {value} (level {level})."}


def queue_signal(**changed):
    asked = {
        "lines": DEPTH.value(),
        "unit": COUNT,
        "per": "queue",
        "question": "How long?",
        "bad": "see who takes.",
        "warning": Level(500, above=True, hold="2m"),
        "critical": Level(1000, above=True, hold="5m"),
        **changed,
    }
    return Signal("queue_depth", "Queue depth", **asked)


def made(alert, **scope):
    return list(rules(alert, Scope(**scope)))


def faults_of(make):
    with collecting() as faults:
        make()
    return [fault.message for fault in faults]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (
            {"description": "{qeue} has {value}."},
            "alert text names {qeue}; did you mean 'queue'? (it has cluster, environment, level, queue, value)",
        ),
        ({"summary": "{queue} is too long."}, "a summary is fixed text, so that notifications group; put values into"),
        ({"description": "{queue} is too long."}, "the description says no {value}, so nobody knows how bad it is"),
        ({"description": "{value} of {queue"}, "alert text has a brace without its pair"),
        ({"description": "{value} of {}"}, "alert text has a brace without its pair, or something else than a name"),
        ({"description": "{value!} of {queue}"}, "alert text has a brace without its pair"),
        ({"description": "{value} of {.name}"}, "alert text has a brace without its pair"),
        ({"description": "{value:.2f} of {queue}"}, "alert text says {value:.2f}, but nothing beside a name stands"),
        ({"description": "{value} of {queue!r}"}, "alert text says {queue!r}, but nothing beside a name stands"),
        ({"description": "{value} of {queue!s:>9}"}, "alert text says {queue!s:>9}, but"),
        ({"description": "{value:{queue}}"}, "alert text says {value:{queue}}, but"),
        ({"description": "{value} of {queue.name}"}, "alert text says {queue.name}, but"),
        ({"description": "{value[0]} of {queue}"}, "alert text says {value[0]}, but"),
        ({"summary": "Too {{ if }} long."}, "a summary is fixed text"),
        ({"nothing": "No {{ if }} of any queue."}, "nothing= is fixed text, sent as it stands: 'No {{ if }} of any"),
        ({"nothing": "No item of {queue}."}, "nothing= is fixed text, sent as it stands"),
    ],
)
def test_a_mistake_in_a_text_is_one_fault(texts, sentence):
    found = faults_of(lambda: critical(queue_signal(), **{**TEXTS, **texts}))
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_each_thing_beside_a_name_is_told_with_what_to_write():
    told = "alert text says {}, but nothing beside a name stands in braces; write {}"
    texts = {**TEXTS, "description": "{queue!r} fails {value:.2f} of {queue}."}
    assert faults_of(lambda: critical(queue_signal(), **texts)) == [
        told.format("{queue!r}", "{queue}"),
        told.format("{value:.2f}", "{value}"),
    ]


def test_a_text_of_names_and_of_doubled_braces_is_none():
    texts = {**TEXTS, "description": "{queue} has {value} {{of}} {level:}.", "nothing": "No data: nobody exports it."}
    assert faults_of(lambda: critical(queue_signal(), **texts)) == []


def test_an_alert_of_a_level_that_is_not_there_is_a_fault():
    assert faults_of(lambda: critical(queue_signal(critical=None), **TEXTS)) == [
        "signal queue_depth has no critical level, so nothing could fire"
    ]


def test_at_least_needs_the_share_of_a_counter():
    level = Level(1, above=True, at_least=20)
    assert faults_of(lambda: made(critical(queue_signal(critical=level), **TEXTS))) == [
        "at_least= counts the whole of a share, and this line is no share of a counter"
    ]


def test_placeholders_are_the_names_in_braces():
    assert placeholders("{service} fails {value} of {{it}} (level {level})") == ("service", "value", "level")


def test_an_alert_is_told_apart_by_place_and_group():
    assert critical(queue_signal(), **TEXTS).labels == ("cluster", "environment", "queue")


EXCEPT = {"queue": {"reindex": 50_000, "trash": None}}


def test_an_exception_makes_a_rule_of_its_own_and_none_spares():
    level = Level(1000, above=True, hold="5m", except_=EXCEPT)
    main, reindex = made(critical(queue_signal(critical=level), **TEXTS))
    assert (main.value, reindex.value, reindex.alert.level.value) == (1000, 50_000, 50_000)
    assert main.query == ('max by (cluster, environment, queue) (queue_size{queue!="reindex",queue!="trash"})')
    assert reindex.query == 'max by (cluster, environment, queue) (queue_size{queue="reindex"})'
    assert reindex.name.endswith("Reindex")


def test_an_exception_on_a_finer_label_groups_by_it():
    latency = Signal(
        "latency",
        "Latency",
        lines={"P95": TIME.quantile(0.95)},
        unit=SECONDS,
        per="service",
        question="How long?",
        bad="see the database.",
        warning=Level(1, above=True, line="P95", hold="5m", except_={"endpoint": {"/upload/video": 30}}),
    )
    main, upload = made(warning(latency, summary="Slow.", description="{service} takes {value}."))
    assert main.labels == ("cluster", "environment", "service")
    assert 'endpoint!="/upload/video"' in main.query
    assert upload.labels == ("cluster", "environment", "service", "endpoint")
    assert 'endpoint="/upload/video"' in upload.query
    assert upload.name.endswith("UploadVideo")
    assert (main.held, upload.held) == (None, None)


def test_at_least_judges_a_share_only_where_its_whole_is_big_enough(promtool):
    errors = Signal(
        "errors",
        "Errors",
        lines=share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate()),
        unit=PERCENT,
        per="service",
        question="Which share?",
        bad="read the logs.",
        critical=Level(0.05, above=True, window="5m", at_least=20),
    )
    (rule,) = made(critical(errors, summary="Errors.", description="{service} {value}"))
    assert list(promql.problems(rule.query, {"requests_total": REQUESTS})) == []
    series = {
        'requests_total{service="busy",status="500"}': "0+10x40",
        'requests_total{service="quiet",status="500"}': "0+1x40",
        'requests_total{service="enough",status="500"}': "0+2x40",
    }
    promtool.check(series, {(rule.query, 10): {'{service="busy"}': 1, '{service="enough"}': 1}})


def test_rules_are_made_with_the_levels_window_and_never_grafanas():
    errors = queue_signal(lines=REQUESTS.rate(), per="service", critical=Level(1, above=True, window="10m"))
    for rule in made(critical(errors, summary="x", description="{value}")):
        assert "[10m]" in rule.query
        assert "$" not in rule.query


# --- the hand-over: `held` is 1 exactly while the critical alert fires


COURSES = {
    "rises and stays": "0x3 600x3 2000x40",
    "dips for a moment": "2000x4 600 2000x40",
    "comes back down": "600x4 2000x18 600x30",
    "flaps": "2000x3 600x3 2000x3 600x3 2000x20",
    "only warns": "600x50",
    "exactly at the level": "1000x50",
    "new and bad at once": "_x4 2000x40",
    "gone for a while and back": "2000x12 stale _x6 2000x30",
    "new and fine": "_x4 600x40",
}
EVALUATIONS = [half / 2 for half in range(2, 44)]


def assert_held_is_firing(signal, series, promtool):
    """Prometheus evaluates the critical rules beside each warning's `held`: they must say the same at every turn."""
    sign = ">" if signal.critical.above else "<"
    alerts = [
        {"alert": f"C{n}", "expr": f"{rule.query} {sign} {rule.value}", "for": signal.critical.hold}
        for n, rule in enumerate(made(critical(signal, **TEXTS)))
    ]
    for rule in made(warning(signal, **TEXTS)):
        fires = f'sum by (queue) (ALERTS{{alertstate="firing"}}) or sum by (queue) ({rule.query}) * 0'
        # A warning that no critical level takes over from has no `held`: it is 0 throughout.
        held = rule.held or f"({rule.query}) * 0"
        records = [{"record": "held", "expr": held}, {"record": "fires", "expr": fires}]
        wrong = {
            (query, minute): {}
            for minute in EVALUATIONS
            for query in ("held != on (queue) fires", f"({rule.query}) unless held")
        }
        promtool.check(series, wrong, rules=[*alerts, *records])


@pytest.mark.parametrize("course", COURSES)
def test_held_is_1_exactly_while_the_critical_alert_fires(course, promtool):
    assert_held_is_firing(queue_signal(), {'queue_size{queue="q"}': COURSES[course]}, promtool)


@pytest.mark.parametrize("seconds", [0, 10, 20])
def test_held_does_not_depend_on_when_grafana_asks(seconds, promtool):
    """Grafana spreads its rules over their interval, in steps of 10 s; Prometheus' subqueries stay on their grid."""
    (rule,) = made(warning(queue_signal(), **TEXTS))
    asked = {minute: minute + seconds / 60 for minute in (3, 6, 8, 15)}
    expected = {3: 0, 6: 0, 8: 1, 15: 1}
    promtool.check(
        {'queue_size{queue="q"}': "600x3 2000x40"},
        {(rule.held, minute): {'{queue="q"}': expected[whole]} for whole, minute in asked.items()},
    )


def test_held_of_a_level_below(promtool):
    levels = {"warning": Level(500, above=False, hold="2m"), "critical": Level(100, above=False, hold="5m")}
    assert_held_is_firing(queue_signal(**levels), {'queue_size{queue="q"}': "900x4 300x4 50x20 300x20"}, promtool)


@pytest.mark.parametrize(
    ("on_warning", "on_critical"),
    [
        ({}, {"reindex": 50_000}),
        ({"reindex": 25_000}, {"reindex": 50_000}),
        ({"reindex": 25_000}, {}),
        ({"reindex": 25_000}, {"reindex": None}),
        ({"reindex": 25_000}, {"trash": 3000, "reindex": 50_000}),
        ({"reindex": None}, {"trash": 3000}),
    ],
)
def test_held_follows_the_exceptions_of_both_levels(on_warning, on_critical, promtool):
    signal = queue_signal(
        warning=Level(500, above=True, hold="2m", except_={"queue": on_warning} if on_warning else {}),
        critical=Level(1000, above=True, hold="5m", except_={"queue": on_critical} if on_critical else {}),
    )
    courses = {"q": "600x4 2000x40", "reindex": "600x4 30000x12 60000x30", "trash": "600x4 2000x12 4000x40"}
    assert_held_is_firing(
        signal, {f'queue_size{{queue="{name}"}}': course for name, course in courses.items()}, promtool
    )


def test_a_critical_level_without_a_hold_takes_over_at_once(promtool):
    signal = queue_signal(critical=Level(1000, above=True))
    assert_held_is_firing(signal, {'queue_size{queue="q"}': "600x4 2000x8 600x30"}, promtool)


def test_held_is_promql_without_fault_and_only_warnings_have_it():
    signal = queue_signal(critical=Level(1000, above=True, hold="5m", except_=EXCEPT))
    assert {rule.held for rule in made(critical(signal, **TEXTS))} == {None}
    assert {rule.held for rule in made(warning(queue_signal(critical=None), **TEXTS))} == {None}
    for rule in made(warning(signal, **TEXTS)):
        assert list(promql.problems(rule.held, {"queue_size": DEPTH})) == []
