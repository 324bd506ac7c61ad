"""Who watches the watchers: what must be there for any alert to fire and to arrive.

What the settings, or the alerts themselves, say must be there is a function of them; see alerts/monitoring.py.
"""

from kit.model.expr import Always, Binary, Labelled, Leaf, Number, either, re
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PER_SECOND
from signals.monitoring import alertmanagers, grafana_active, notifications_dropped
from signals.service import up

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
notifiers = Signal(
    "notifiers",
    "Who notifies",
    question="How many Alertmanagers does Prometheus have, or, where it has none, active rules of ours Grafana?",
    bad="nobody notifies: see evaluator= in settings.py, and what is deployed of it.",
    unit=COUNT,
    lines=either(
        Binary(">", alertmanagers.value(), Number(0)),
        grafana_active.value(rule_group=re("DataFlux Alerts;.*"), state="active"),
        alertmanagers.value(),
    ),
    critical=Level(1, above=False, hold="10m"),
)


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


def exporter_missing_of(jobs: tuple[str, ...], **place: str) -> Signal:
    """Which of the jobs that must be there have no target at all, in the cluster and environment `place`."""
    return Signal(
        "exporter_missing",
        "Jobs without a target",
        question="Which exporters that must be there are no target of Prometheus at all?",
        bad="the job left the scrape configuration, or its file of targets; see Status, Targets in Prometheus.",
        unit=COUNT,
        lines=Labelled(either(*(up.absent(job=name) for name in jobs)), tuple(place.items())),
        per="job",
        warning=Level(0, above=True, hold="5m"),
    )


def metric_missing_of(needed: tuple[Leaf, ...]) -> Signal:
    """Which of the series that must be there no target of their job exports, while one of them answers."""
    there = (
        Labelled(
            Binary("unless", Binary("==", up.value("max", job=leaf.metric.job), Number(1)), leaf),
            (("metric", leaf.series),),
        )
        for leaf in needed
    )
    return Signal(
        "metric_missing",
        "Metrics that nobody exports",
        question="Which metrics that alerts need does no target export, although one that should answers?",
        bad="the alerts that read it cannot fire: it was renamed, or its exporter no longer collects it.",
        unit=COUNT,
        lines=either(*there),
        per="job metric",
        warning=Level(0, above=True, hold="30m"),
    )


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
