"""Who watches the watchers."""

from collections.abc import Mapping

from attrs import evolve

from alerts import data_stores, hosts, queues, services
from kit.model import needs
from kit.model.alert import Alert, critical, heartbeat, warning
from kit.model.setting import BadSetting
from kit.model.words import nearest
from kit.settings import EVALUATORS, Settings
from signals import monitoring, service, watchers
from signals.jobs import SERVICES

MonitoringDown = critical(
    monitoring.prometheus_up,
    summary="The monitoring is down: nothing else can wake anybody now.",
    description="{value} of the Prometheus servers answer, it should be {level} or more.",
    no_data="alerting",
    nothing="Prometheus does not answer, or does not watch itself any more.",
    on_error="alerting",
    unheard={"prometheus": "a Prometheus that is down evaluates nothing, and so not this rule"},
)
CollectorFailing = warning(
    monitoring.collectors,
    summary="A collector of the dataflux-exporter finds nothing.",
    description="The collector {collector} is {value}, it should be {level}: what it collects goes stale.",
)
RulesFailing = warning(
    monitoring.rules,
    summary="Some rules of Prometheus fail.",
    description="{value} of the rule evaluations fail (level {level}).",
)
ConfigurationRejected = warning(
    monitoring.reload,
    summary="Prometheus or Alertmanager runs with an old configuration.",
    description="{job} at {instance} did not accept its configuration: {value}, it should be {level}.",
)
GrafanaRulesFailing = warning(
    monitoring.grafana_alerting,
    summary="Some alert rules of Grafana fail.",
    description="{value} of Grafana's rule evaluations fail (level {level}).",
)
NotificationsFailing = critical(
    monitoring.failed,
    summary="Notifications do not arrive.",
    description="{value} of the notifications that {job} sends by {integration} fail (level {level}).",
    unheard=dict.fromkeys(EVALUATORS, "it goes out by the same channels, and those that fail do not tell it"),
)
AlertmanagerUnreachable = critical(
    watchers.unreachable,
    summary="Prometheus cannot reach Alertmanager: its alerts are lost.",
    description="{instance} loses notifications: {value} (level {level}).",
    shown_as=monitoring.dropped,
    unheard={"prometheus": "it is one of the alerts that Prometheus loses"},
)


def from_settings(settings: Settings) -> dict[str, Alert]:
    """What must be there follows from what is run and from what alerts read; absence is asked for by name."""
    place = {"cluster": settings.cluster, "environment": settings.environment}
    run = {job.name: len(job.addresses) for job in settings.jobs if job.addresses}
    alone = run.get(monitoring.PROMETHEUS, 0) < 2
    exporters = {name: many for name, many in run.items() if not alone or name != monitoring.PROMETHEUS}
    known = tuple(_alerts())
    names = [leaf.series for leaf in needs.series(known)]
    needed = tuple(
        leaf
        for leaf in needs.series(known)
        if leaf.metric.job in (*run, SERVICES) and leaf.series not in settings.not_exported and watchers.is_told(leaf)
    )
    if unknown := [name for name in settings.not_exported if name not in names]:
        raise BadSetting("not_exported", "; ".join(f"no alert needs '{one}'{nearest(one, names)}" for one in unknown))
    return {
        "ExporterDown": _exporter_down(alone),
        "Watchdog": heartbeat(
            watchers.watchdog_in(**place),
            summary="The monitoring can wake people: this always fires, and silence is the alarm.",
            description="Rules, routes and webhook work in {cluster} {environment}: {value} (level {level}).",
            shown_as=monitoring.sent,
        ),
        **({"ExporterMissing": _exporter_missing(exporters, place)} if exporters else {}),
        "NobodyNotifies": _nobody_notifies(settings.evaluator),
        "MetricMissing": warning(
            watchers.metric_missing_of(needed),
            summary="A metric that an alert needs is not exported.",
            description="{job} answers and does not export {metric} ({value}, level {level}).",
            shown_as=monitoring.scraped,
        ),
        "LabelMissing": warning(
            watchers.label_missing_of(
                tuple(pair for pair in needs.labels(known) if pair[0].metric.name.startswith("dataflux_"))
            ),
            summary="A metric lacks a label that an alert needs.",
            description="{instance} exports {value} series of {metric} without the label {label} (level {level}).",
            shown_as=monitoring.scraped,
        ),
    }


def _exporter_down(alone: bool) -> Alert:
    """A Prometheus that is down and the only one is what MonitoringDown tells; of several, one is told here."""
    signal, level = service.exporters, service.exporters.warning
    if alone and level:
        signal = evolve(signal, warning=evolve(level, except_={"job": {monitoring.PROMETHEUS: None}}))
    return warning(
        signal,
        summary="An exporter does not answer, so what it watches is unseen.",
        description="{job} at {instance} is down: up is {value}, it should be {level}.",
        shown_as=service.exporters,
    )


def _nobody_notifies(evaluator: str) -> Alert:
    return critical(
        watchers.notifiers_by(evaluator),
        summary="Neither Prometheus nor Grafana notifies anybody.",
        description="Alertmanagers of Prometheus, or active rules of Grafana: {value}, it should be {level} or more.",
        shown_as=watchers.notifiers,
        unheard={
            "grafana": "no rule of Grafana's is active then, and so not this one",
            "prometheus": "Prometheus has no Alertmanager then to send it to",
        },
    )


def _exporter_missing(exporters: Mapping[str, int], place: Mapping[str, str]) -> Alert:
    return warning(
        watchers.exporter_missing_of(exporters, **place),
        summary="An exporter is no target of Prometheus any more.",
        description="{job} lacks targets: {value} of those that it must have are not there (level {level}).",
        shown_as=service.exporters,
    )


def _alerts() -> list[Alert]:
    """Every alert that no setting makes; those of `up` need no metric of their own."""
    modules = (vars(data_stores), vars(hosts), vars(queues), vars(services), globals())
    return [value for names in modules for value in names.values() if isinstance(value, Alert)]
