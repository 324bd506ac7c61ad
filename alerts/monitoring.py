"""Who watches the watchers."""

from kit.model.alert import critical, warning
from signals import monitoring, service

MonitoringDown = critical(
    monitoring.prometheus_up,
    summary="The monitoring is down: nothing else can wake anybody now.",
    description="{value} of the Prometheus servers answer, it should be {level} or more.",
    no_data="alerting",
    nothing="Prometheus does not answer, or does not watch itself any more.",
    on_error="alerting",
)
ExporterDown = warning(
    service.exporters,
    summary="An exporter does not answer, so what it watches is unseen.",
    description="{job} at {instance} is down: up is {value}, it should be {level}.",
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
    summary="Prometheus runs with an old configuration.",
    description="{instance} did not accept its configuration: {value}, it should be {level}.",
)
