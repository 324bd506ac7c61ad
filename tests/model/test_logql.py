"""LogQL: the stream selector, filters on what stands in the line, grouping, and unknown names."""

import re as regex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.model.expr import Scope
from kit.model.fault import collecting
from kit.model.logql import Stream
from kit.model.matcher import Match, no, no_re, re
from kit.model.signal import Signal
from kit.model.unit import LOG_LINES

LINES = Stream("services", "service cluster", "level message duration_ms", help="Lines")
SERVICE = Match("service", "=~", "$service")


def faults_of(make):
    with collecting() as faults:
        make()
    return [fault.message for fault in faults]


def log_signal(lines, **more):
    return Signal("logs", "Logs", lines=lines, unit=LOG_LINES, question="What?", bad="read.", **more)


@pytest.mark.parametrize(
    ("expr", "scope", "text"),
    [
        (LINES.lines(), Scope(), '{service=~".+"} | json'),
        (LINES.lines(service="a"), Scope(), '{service="a"} | json'),
        (LINES.lines(), Scope(where=(SERVICE,)), '{service=~"$service"} | json'),
        (
            LINES.lines(service="x", level=re("ERROR|WARN"), message=no("")),
            Scope(),
            '{service="x"} | json | level=~"ERROR|WARN" | message!=""',
        ),
        (
            LINES.count(level="ERROR"),
            Scope(by=("service",), where=(SERVICE, Match("unknown", "=", "x"))),
            'sum by (service) (count_over_time({service=~"$service"} | json | level="ERROR" [$__auto]))',
        ),
        (LINES.count(), Scope(), 'sum(count_over_time({service=~".+"} | json [$__auto]))'),
        (
            LINES.count(),
            Scope(by=("level",), where=(Match("level", "=", "WARN"),)),
            'sum by (level) (count_over_time({service=~".+"} | json | level="WARN" [$__auto]))',
        ),
        (
            LINES.quantile(0.95, "duration_ms"),
            Scope(by=("service",)),
            'quantile_over_time(0.95, {service=~".+"} | json | unwrap duration_ms | __error__=`` [$__auto])'
            " by (service)",
        ),
    ],
)
def test_what_is_rendered(expr, scope, text):
    assert expr.text(scope) == text


def test_quotes_in_what_is_looked_for_are_escaped():
    assert LINES.lines(message=re('say "\\w"')).text(Scope()).endswith(r' | message=~"say \"\\w\""')


asked = st.one_of(
    st.sampled_from(("", "a", "ingestion")), st.sampled_from((no("a"), no_re("a"), re(".*"), re("a|"), re(".+")))
)


def matches_empty(op, value):
    if op in ("=", "!="):
        return (value == "") is (op == "=")
    return bool(regex.fullmatch(value, "")) is (op == "=~")


@given(st.dictionaries(st.sampled_from(("service", "cluster", "level")), asked))
def test_loki_never_gets_a_selector_that_also_matches_what_has_no_label(matchers):
    selector = LINES.lines(**matchers).text(Scope()).split("}")[0]
    found = regex.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', selector)
    assert any(not matches_empty(op, value) for _, op, value in found)
    assert {label for label, _, _ in found} <= {"service", "cluster"}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: LINES.lines(levle="ERROR"),
            "log stream services has no label or field 'levle'; did you mean 'level'?",
        ),
        (lambda: LINES.count(x="y"), "log stream services has no label or field 'x'"),
        (
            lambda: LINES.quantile(0.5, "duration"),
            "log stream services has no field 'duration'; did you mean 'duration_",
        ),
        (lambda: LINES.quantile(0.5, "service"), "log stream services has no field 'service'"),
        (lambda: log_signal(LINES.count(), per="levle"), ""),
        (lambda: log_signal(LINES.count(), per="level").by("levle"), ""),
        (lambda: log_signal(LINES.count(), per="level").of(levle="x"), ""),
    ],
)
def test_an_unknown_name_is_a_fault(make, sentence):
    found = faults_of(make)
    assert len(found) == 1
    assert found[0].startswith(sentence)


def test_a_signal_of_logs_knows_that_it_is_one():
    signal = log_signal({"all": LINES.count()}, per="level")
    assert signal.logs
    assert signal.metrics == ()
    assert faults_of(lambda: signal.by("service").of(level="ERROR")) == []
