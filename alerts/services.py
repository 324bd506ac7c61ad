"""What wakes people about the services."""

from kit.model.alert import Alert, critical, warning
from kit.settings import Settings
from signals import service

ServiceDown = critical(
    service.health,
    summary="A service's instance does not answer.",
    description="{service} at {instance} is down: up is {value}, it should be {level}.",
    no_data="alerting",
    nothing="No instance of any service answers: Prometheus has no target of DataFlux's services.",
    answers="service down",
)
ErrorRateHigh = critical(
    service.errors,
    summary="More requests fail than we promise.",
    description="{service} fails {value} of its requests (level {level}).",
    answers="error rate",
)
ResponseTimeHigh = warning(
    service.latency,
    summary="People wait too long for an answer.",
    description="{service} takes {value} for the slowest 5 % of its requests (level {level}).",
    answers="response time",
)
StatusLabelMissing = warning(
    service.without_status,
    summary="A service's errors cannot be seen.",
    description="{service} exports {value} series of requests without the label status (level {level}).",
    shown_as=service.by_status,
)


def from_settings(settings: Settings) -> dict[str, Alert]:
    """Absence is asked for by name, so the services that must be there come from the settings."""
    place = {"cluster": settings.cluster, "environment": settings.environment}
    return {
        "ServiceMissing": critical(
            service.missing_of(settings.service_hosts, **place),
            summary="A service is no target of Prometheus any more.",
            description="{service} lacks targets: {value} of those that it must have are not there (level {level}).",
            shown_as=service.health,
        )
    }
