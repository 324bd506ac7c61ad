"""What differs between one installation and another; `settings.py` at the top fills it in and says why."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from attrs import field, frozen
from attrs.validators import ge, in_

from kit.model.words import nearest, seconds

Evaluator = Literal["grafana", "prometheus"]


@frozen
class Job:
    """A scrape job: its addresses (`host:port`, found through a file in targets/), and the path of its metrics.

    `containers`: its label for the container becomes `service`.
    """

    name: str
    addresses: tuple[str, ...]
    path: str = "/metrics"
    containers: bool = False


def _duration(settings: Any, attribute: Any, value: str) -> None:
    try:
        seconds(value)
    except ValueError as error:
        raise ValueError(f"{attribute.name}: {error}") from None


@frozen(kw_only=True)
class Settings:
    """See settings.py for what each is and when to change it."""

    grafana_version: str
    grafana_url: str
    runbook_url: str
    evaluator: Evaluator = field(validator=in_(get_args(Evaluator)))
    cluster: str
    environment: str
    services: tuple[str, ...]
    short_names: Mapping[str, str]
    repairs: tuple[Mapping[str, Any], ...]
    jobs: tuple[Job, ...]
    not_exported: tuple[str, ...] = ()
    reached_at: Mapping[str, str]
    prometheus_url: str
    loki_url: str
    alertmanager: str
    scrape_interval: str = field(validator=_duration)
    service_scrape_interval: str = field(validator=_duration)
    rule_interval: str = field(validator=_duration)
    slack_channel: str
    slack_url: str
    email: str
    email_from: str
    smtp: str
    webhook_url: str
    webhook_token: str
    alertmanager_webhook_url: str
    secrets_dir: str
    maintenance: tuple[str, str, str]
    timezone: str
    plugins: tuple[str, ...]
    time_scale: float = field(default=1, validator=ge(1))

    def __attrs_post_init__(self) -> None:
        known = (*self.services, *(address for job in self.jobs for address in job.addresses))
        for address in self.reached_at:
            if address not in known:
                raise ValueError(f"reached_at: no target is named '{address}'{nearest(address, known)}")

    @property
    def service_hosts(self) -> tuple[str, ...]:
        """The values of the label `service` of DataFlux's own services."""
        return tuple(address.rsplit(":", 1)[0] for address in self.services)
