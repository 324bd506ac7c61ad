"""Who watches the watchers: what must be there for any alert to fire and to arrive.

What the settings, or the alerts themselves, say must be there is a function of them; see alerts/monitoring.py.
"""

from collections.abc import Iterator, Mapping

from attrs import evolve

from kit.model.expr import LATEST, Always, Beside, Binary, Expr, Labelled, Leaf, Number, either
from kit.model.matcher import re
from kit.model.metric import Metric
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PER_SECOND
from signals import business, cache, database, queue, service
from signals.jobs import EXPORTER, SERVICES
from signals.monitoring import GRAFANA, alertmanagers, collector_ok, grafana_active, notifications_dropped
from signals.service import up

# What an exporter says of what it asks, by job: below 1 it has little else to say, and an alert of its own tells why.
REACHED: Mapping[str, Metric] = {
    one.job: one for one in (database.pg_up, cache.redis_up, queue.brokers_known, collector_ok)
}
# Jobs whose targets export what each of them is for; the targets of another job are alike.
UNLIKE = (SERVICES, EXPORTER)
# What one event counts, so that none may be missing where another has grown: a service may do nothing for days.
# Whoever does something has asked for it; an analysis that failed has taken its time.
COUNTED_TOGETHER: tuple[tuple[tuple[Metric, str], ...], ...] = (
    ((service.requests, ""), (service.duration, "_count"), (business.actions, "")),
    ((business.analysis_time, "_count"), (business.analysis_failures, "")),
)

# A Prometheus without an Alertmanager counts every alert as dropped, so it is asked whether it has one.
unreachable = Signal(
    "alertmanager_unreachable",
    "Notifications that no Alertmanager takes",
    question="Does Prometheus lose notifications although it has an Alertmanager to send them to?",
    bad="Alertmanager is down, unreachable or too slow: Prometheus's log has the answer that it got.",
    unit=PER_SECOND,
    lines=notifications_dropped.rate() * Binary("> bool", alertmanagers.value("max"), Number(0)),
    per="instance",
    critical=Level(0, above=True, hold="5m"),
)
# A Prometheus tells its own Alertmanagers what it sees itself. A Grafana evaluates what all of them stored, so that it
# counts for each of them, wherever it is.
_TOGETHER = Beside(alertmanagers.value(), grafana_active.value(rule_group=re("DataFlux Alerts;.*"), state="active"))
notifiers = Signal(
    "notifiers",
    "Who notifies",
    question="How many Alertmanagers does Prometheus have, and active rules of ours Grafana, together?",
    bad="nobody notifies, unless Grafana does and is not scraped: see evaluator= in settings.py, and what is deployed.",
    unit=COUNT,
    lines=either(_TOGETHER, alertmanagers.value()),
    critical=Level(1, above=False, hold="10m"),
)


def notifiers_by(evaluator: str) -> Signal:
    """Who notifies, as the alert asks where `evaluator` is to: a Grafana that is not scraped cannot be told from none.

    So where Grafana is to notify, there is an answer without its rules only while it answers its scrape.
    """
    if evaluator != GRAFANA:
        return notifiers
    answers = Binary("==", up.value("max", job=GRAFANA), Number(1))
    return evolve(notifiers, lines=either(_TOGETHER, Beside(alertmanagers.value(), answers * 0)))


def watchdog_in(**place: str) -> Signal:
    """What is always 1, in the cluster and environment `place`: it asks nothing, so that only the chain can fail."""
    return Signal(
        "watchdog",
        "Watchdog",
        question="Do rules, evaluator, routes and the webhook work, all the way out?",
        bad="it is bad when it is not heard: whoever listens on the webhook must call somebody then.",
        unit=COUNT,
        lines=Labelled(Always(), tuple(place.items())),
    )


def exporter_missing_of(jobs: Mapping[str, int], **place: str) -> Signal:
    """How many of the targets that each job must have it lacks, in the cluster and environment `place`."""
    return Signal(
        "exporter_missing",
        "Missing targets of exporters",
        question="Which exporters have fewer targets in Prometheus than they must have, whether they answer or not?",
        bad="they left the scrape configuration, or a file of targets; see Status, Targets in Prometheus.",
        unit=COUNT,
        lines=either(*(service.lacking(many, job=name, **place) for name, many in jobs.items())),
        per="job",
        warning=Level(0, above=True, hold="5m"),
    )


def is_told(leaf: Leaf) -> bool:
    """Whether it can be told that a series is missing: a sparse one by what is counted together with it."""
    return not leaf.metric.sparse or bool(_together(leaf.metric))


def _together(metric: Metric) -> tuple[tuple[Metric, str], ...]:
    """What it is counted together with, itself too; empty where nothing is."""
    return next((group for group in COUNTED_TOGETHER if any(metric is one for one, _ in group)), ())


def metric_missing_of(needed: tuple[Leaf, ...]) -> Signal:
    """Which of the series that must be there are not exported, although whoever should export them answers."""
    return Signal(
        "metric_missing",
        "Metrics that are not exported",
        question="Which metrics that alerts need are not exported, although whoever should export them answers?",
        bad="the alerts that read it cannot fire: it was renamed, or its exporter no longer collects it.",
        unit=COUNT,
        lines=either(*map(_missing, needed)),
        per="job instance service metric",
        warning=Level(0, above=True, hold="30m"),
    )


def _missing(leaf: Leaf) -> Expr:
    """1 for whoever answers, has no excuse and does not export it: of a sparse one, a service that counted others."""
    job = leaf.metric.job
    answers = Binary("==", up.value("min", job=job), Number(1))
    if leaf.metric.sparse:
        return _by_service(answers, leaf)
    missing = Binary("unless", answers, either(*_excuses(leaf.metric), leaf))
    if job in UNLIKE:
        # Nobody exports it, while all targets answer, any of which could.
        return Labelled(missing, (("metric", leaf.series), ("job", job)), without=("instance", "service"))
    return Labelled(missing, (("metric", leaf.series),), without=("service",))


def _by_service(answers: Expr, leaf: Leaf) -> Expr:
    """A service of which each instance answers does not export it, and has counted what it is counted together with."""
    grown = (Leaf(one, suffix, function=LATEST, window="5m", how="max") for one, suffix in _together(leaf.metric))
    counted = Binary("and", answers, either(*(Binary(">", one, Number(0)) for one in grown)))
    return Labelled(Binary("unless", counted, leaf), (("metric", leaf.series),), without=("instance",))


def _excuses(metric: Metric) -> Iterator[Expr]:
    """What explains that nobody exports it, and is told by another alert: what is asked, or who else may export it."""
    for job in filter(None, (metric.job, metric.elsewhere)):
        if job == metric.elsewhere:
            yield Binary("<", up.value("min", job=job), Number(1))
        if job in REACHED and REACHED[job] is not metric:
            yield Binary("<", Leaf(REACHED[job], how="min"), Number(1))


def label_missing_of(needed: tuple[tuple[Leaf, str], ...]) -> Signal:
    """Which targets export a series without a label that an alert needs on it."""
    without = (Labelled(leaf, (("metric", leaf.series), ("label", label))) for leaf, label in needed)
    return Signal(
        "label_missing",
        "Series without a label",
        question="Which targets export a metric without a label that an alert needs?",
        bad="the alert takes all such series for one thing, or none of them: add the label where they are counted.",
        unit=COUNT,
        lines=either(*without),
        per="instance metric label",
        warning=Level(0, above=True, hold="15m"),
    )
