"""The catalogue against evidence: other people's metrics stand in tests/exposition, our own follow our own rules."""

import importlib
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kit.load import settings as load_settings
from kit.model.alert import Alert
from kit.model.expr import Quantile
from kit.model.matcher import Match
from kit.model.metric import Counter, Gauge, Histogram, Metric
from kit.model.signal import Signal
from kit.model.unit import (
    BYTES,
    BYTES_PER_SECOND,
    CORES,
    COUNT,
    PER_MINUTE,
    PER_SECOND,
    PERCENT,
    REQUESTS_PER_SECOND,
    SECONDS,
)

ROOT = Path(__file__).resolve().parents[2]
EXPOSITION = ROOT / "tests/exposition"
MODULES = [importlib.import_module(f"signals.{path.stem}") for path in sorted((ROOT / "signals").glob("[!_]*.py"))]

TYPE = re.compile(r"# TYPE (\S+) (\S+)")
SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+(?: \d+)?")
LABEL = re.compile(r'([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"')
# What the format itself adds to a histogram or summary.
PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}

# Labels that no exporter writes; who does:
RELABELLED = {"service": "relabelling (prometheus.yml) sets it from the target's address or the container's name"}
FROM_RULES = {
    ("ALERTS", "signal"): "a label of every alert rule",
    ("ALERTS", "queue"): "the alert's series is grouped by it",
    ("ALERTS", "mountpoint"): "the alert's series is grouped by it",
}


def found(kind):
    """Every object of that kind in the modules of signals/, once, with its variable's name."""
    every = {id(value): (f"{m.__name__}.{n}", value) for m in MODULES for n, value in vars(m).items()}
    return [pytest.param(value, id=name) for name, value in every.values() if isinstance(value, kind)]


METRICS = found(Metric)
OTHERS = [param for param in METRICS if not param.values[0].name.startswith("dataflux_")]
OURS = [param for param in METRICS if param.values[0].name.startswith("dataflux_")]
SIGNALS = found(Signal)


def families():
    """Name → its types and its labels, in all recordings together, as their lines say it."""
    types, labels = defaultdict(set), defaultdict(set)
    for path in sorted(EXPOSITION.glob("*.txt")):
        owner, kind = "", ""
        for line in path.read_text().splitlines():
            if typed := TYPE.fullmatch(line):
                owner, kind = typed.groups()
                types[owner].add(kind)
            elif line and not line.startswith("#"):
                name, inside = SAMPLE.fullmatch(line).groups()
                allowed = {owner, *(owner + part for part in PARTS.get(kind, ()))}
                assert name in allowed, f"{path.name}: {name} stands below the type of {owner}"
                labels[owner] |= set(LABEL.findall(inside or ""))
    return types, labels


TYPES, LABELS = families()


def test_the_recordings_are_read():
    assert TYPES["node_cpu_seconds_total"] == {"counter"}
    assert TYPES["pg_stat_database_xact_commit"] == {"counter"}
    assert TYPES["up"] == {"untyped"}
    assert {"cpu", "mode"} <= LABELS["node_cpu_seconds_total"]
    assert {"method", "route", "status_code", "le"} <= LABELS["loki_request_duration_seconds"]
    assert len(OTHERS) > 50 and len(OURS) > 20


@pytest.mark.parametrize("metric", OTHERS)
def test_other_peoples_metrics_have_the_name_and_type_that_their_exporter_gives(metric):
    assert metric.name in TYPES, f"{metric.name} stands in no file of tests/exposition"
    said = TYPES[metric.name] - {"untyped"}
    if metric.typed:
        assert said == {metric.type}, (
            f"{metric.name} is a {metric.type} here, and its exporter says {TYPES[metric.name]}"
        )
    else:
        assert not said, f"{metric.name} has typed=False here, and its exporter says {said}"


@pytest.mark.parametrize("metric", OTHERS)
def test_other_peoples_metrics_have_the_labels_that_their_exporter_gives(metric):
    asked = {*metric.labels, *(match.label for match in metric.only)} - set(RELABELLED)
    asked -= {label for name, label in FROM_RULES if name == metric.name}
    unknown = asked - LABELS[metric.name]
    assert not unknown, f"{metric.name} is exported with {sorted(LABELS[metric.name])}, not with {sorted(unknown)}"


def test_every_reason_is_still_needed():
    named = {param.values[0].name: param.values[0] for param in OTHERS}
    for name, label in FROM_RULES:
        assert label in named[name].labels
        assert label not in LABELS[name]


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_says_what_it_is_and_which_job_exports_it(metric):
    jobs = {job.name for job in load_settings(ROOT / "settings.py").jobs} | {"dataflux-services", "*"}
    assert metric.help, f"{metric.name} has no help="
    assert metric.job in jobs, f"{metric.name}: job '{metric.job}' is not in settings.py"


def test_one_name_is_one_definition():
    names = [param.values[0].name for param in METRICS]
    assert sorted(names) == sorted(set(names))


# --- ours


@pytest.mark.parametrize("metric", OURS)
def test_our_counters_end_in_total_and_nothing_else_does(metric):
    assert metric.name.endswith("_total") == isinstance(metric, Counter)
    assert metric.typed
    assert re.fullmatch(r"dataflux_[a-z]+(_[a-z]+)*", metric.name)


DERIVED = r"_(ms|millis\w*|micros\w*|minutes?|hours?|days?|kb|mb|gb|kib|mib|gib|kilo\w*|mega\w*|percent\w*|pct)(_|$)"


@pytest.mark.parametrize("metric", OURS)
def test_our_metrics_use_base_units(metric):
    assert not re.search(DERIVED, metric.name), f"{metric.name}: use seconds, bytes, or a ratio from 0 to 1"
    assert not re.search(r"_(second|byte)(_|$)", metric.name), f"{metric.name}: units are plural"
    if isinstance(metric, Histogram):
        assert re.search(r"_(seconds|bytes)$", metric.name), f"{metric.name}: a histogram ends in its unit"


@pytest.mark.parametrize("metric", [param for param in OURS if isinstance(param.values[0], Histogram)])
def test_our_histograms_declare_rising_buckets(metric):
    assert metric.buckets
    assert list(metric.buckets) == sorted(set(metric.buckets))


def judged_quantiles():
    """(signal, histogram, number) for each level on a quantile, exceptions included."""
    for param in SIGNALS:
        signal = param.values[0]
        for _, level in signal.levels:
            for line in map(signal.lines.get, level.lines):
                if isinstance(line, Quantile):
                    numbers = [level.value, *(n for values in level.except_.values() for n in values.values())]
                    yield from ((signal.name, line.buckets.metric, n) for n in numbers if n is not None)


def test_the_buckets_include_every_level():
    judged = list(judged_quantiles())
    assert ("service_latency", 1) in {(name, number) for name, _, number in judged}
    for name, histogram, number in judged:
        assert number in histogram.buckets, f"{name}: {histogram.name} has no bucket at {number}"


@pytest.mark.parametrize(
    ("name", "kind", "labels"),
    [
        ("dataflux_requests_total", Counter, {"service", "endpoint", "status"}),
        ("dataflux_request_duration_seconds", Histogram, {"service", "endpoint"}),
        ("dataflux_queue_size", Gauge, {"queue"}),
        ("dataflux_build_info", Gauge, {"service", "version"}),
    ],
)
def test_the_names_that_are_fixed(name, kind, labels):
    metric = next(param.values[0] for param in OURS if param.values[0].name == name)
    assert type(metric) is kind
    assert set(metric.labels) == labels


def test_the_objective_of_one_second_is_a_bucket_and_a_queues_replicas_are_a_maximum():
    named = {param.values[0].name: param.values[0] for param in OURS}
    assert 1 in named["dataflux_request_duration_seconds"].buckets
    assert named["dataflux_queue_size"].same_on_replicas
    assert not named["dataflux_requests_total"].same_on_replicas


# --- the brief

BRIEF = importlib.import_module("signals.brief").brief


def test_every_metric_of_the_brief_is_answered_and_nothing_else_is():
    answered = {row for param in SIGNALS for row in param.values[0].answers}
    assert answered == set(BRIEF.metrics)
    assert len(BRIEF.metrics) == 12


def answering(row):
    return [param.values[0] for param in SIGNALS if row in param.values[0].answers]


@pytest.mark.parametrize(
    ("row", "unit", "lines", "per"),
    [
        ("request rate", REQUESTS_PER_SECOND, {""}, "service"),
        ("response time", SECONDS, {"P50", "P95", "P99"}, "service"),
        ("error rate", PERCENT, {"4xx", "5xx"}, "service"),
        ("active connections", COUNT, {""}, "service"),
        ("assets processed", PER_MINUTE, {""}, "media_type"),
        ("search queries", PER_SECOND, {""}, "modality"),
        ("analysis queue", SECONDS, {"P50", "P95", "P99"}, "queue"),
        ("analysis queue", COUNT, {""}, "queue"),
        ("storage usage", BYTES, {""}, "service"),
        ("CPU", PERCENT, {""}, "instance"),
        ("CPU", CORES, {""}, "service"),
        ("memory", BYTES, {""}, "service"),
        ("memory", PERCENT, {""}, "instance"),
        ("disk I/O", BYTES_PER_SECOND, {"read", "write"}, "instance"),
        ("network I/O", BYTES_PER_SECOND, {"in", "out"}, "service"),
    ],
)
def test_a_row_of_the_brief_is_measured_and_shown_as_it_says(row, unit, lines, per):
    assert any(signal.unit == unit and set(signal.lines) == lines and per in signal.per for signal in answering(row))


def alerts():
    modules = [importlib.import_module(f"alerts.{path.stem}") for path in sorted((ROOT / "alerts").glob("[!_]*.py"))]
    for module in modules:
        yield from ((name, value) for name, value in vars(module).items() if isinstance(value, Alert))


@pytest.mark.parametrize(
    ("row", "severity", "value", "above", "hold", "more"),
    [
        ("service down", "critical", 1, False, "1m", {}),
        ("error rate", "critical", 0.05, True, "2m", {"window": "5m", "at_least": 20, "line": "5xx"}),
        ("queue depth", "critical", 1000, True, "5m", {}),
        ("disk usage", "critical", 0.8, True, "15m", {"line": "used"}),
        ("memory usage", "critical", 0.9, True, "5m", {}),
        ("response time", "warning", 1, True, "5m", {"window": "5m", "line": "P95"}),
        ("CPU usage", "warning", 0.7, True, "15m", {}),
        ("low disk space", "warning", 0.2, False, "5m", {"line": "free"}),
        ("high queue depth", "warning", 500, True, "5m", {}),
    ],
)
def test_an_alert_of_the_brief_has_its_number_direction_and_hold(row, severity, value, above, hold, more):
    answers = [alert for _, alert in alerts() if alert.answers == row]
    assert answers
    for alert in answers:
        level = alert.level
        assert (alert.severity, level.value, level.above, level.hold) == (severity, value, above, hold)
        assert {name: getattr(level, name) for name in more} == more


def test_every_alert_of_the_brief_is_answered():
    assert {alert.answers for _, alert in alerts()} - {""} == set(BRIEF.alerts)


def test_what_all_databases_share_is_recorded_without_a_name_and_left_out():
    shared = [name for name in LABELS if name.startswith("pg_stat_database_") and nameless(name)]
    ours = {param.values[0].name: param.values[0] for param in OTHERS}
    read = [ours[name] for name in shared if name in ours]
    assert len(read) >= 5
    assert all(Match("datname", "!=", "") in metric.only for metric in read)


def nameless(name):
    text = (EXPOSITION / "postgres_exporter-0.11.1.txt").read_text()
    return re.search(rf'^{name}{{.*datname="".*}}', text, re.M)
