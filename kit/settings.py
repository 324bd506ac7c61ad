"""What differs between one installation and another; `settings.py` at the top fills it in and says why."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from attrs import field, frozen

from kit.model import setting_kinds as kinds
from kit.model.setting import BadSetting, each, mapping, must, one_of, scale, text, yes_or_no
from kit.model.words import nearest

Evaluator = Literal["grafana", "prometheus"]
EVALUATORS: tuple[Evaluator, ...] = get_args(Evaluator)
# The scrape job of DataFlux's own services.
SERVICES_JOB = "dataflux-services"


@frozen
class Job:
    """A scrape job: its addresses (`host:port`, found through a file in targets/), and the path of its metrics.

    `containers`: its label for the container becomes `service`.
    """

    name: str = field(validator=must(kinds.file_name))
    addresses: tuple[str, ...] = field(validator=must(each(kinds.address)))
    path: str = field(default="/metrics", validator=must(kinds.path))
    containers: bool = field(default=False, validator=must(yes_or_no))


def _job(value: Any) -> str:
    return "" if isinstance(value, Job) else f"{value!r} is no job; write Job('NAME', ('HOST:PORT',))"


@frozen(kw_only=True)
class Settings:
    """See settings.py for what each is and when to change it."""

    grafana_version: str = field(validator=must(kinds.version))
    grafana_url: str = field(validator=must(kinds.base))
    runbook_url: str = field(validator=must(kinds.base))
    evaluator: Evaluator = field(validator=must(one_of(*EVALUATORS)))
    cluster: str = field(validator=must(kinds.name))
    environment: str = field(validator=must(kinds.name))
    services: tuple[str, ...] = field(validator=must(each(kinds.address, least=1)))
    short_names: Mapping[str, str] = field(validator=must(mapping(kinds.name, kinds.name)))
    repairs: tuple[Mapping[str, Any], ...] = field(validator=must(each(kinds.relabelling)))
    jobs: tuple[Job, ...] = field(validator=must(each(_job)))
    not_exported: tuple[str, ...] = field(default=(), validator=must(each(kinds.metric)))
    namespaces: tuple[str, ...] = field(default=("dataflux",), validator=must(each(kinds.namespace, least=1)))
    reached_at: Mapping[str, str] = field(validator=must(mapping(text, kinds.address)))
    prometheus_url: str = field(validator=must(kinds.base))
    loki_url: str = field(validator=must(kinds.base))
    alertmanager: str = field(validator=must(kinds.address))
    scrape_interval: str = field(validator=must(kinds.duration))
    service_scrape_interval: str = field(validator=must(kinds.duration))
    rule_interval: str = field(validator=must(kinds.duration))
    slack_channel: str = field(validator=must(kinds.word))
    slack_url: str = field(validator=must(kinds.reference_or_url))
    email: str = field(validator=must(kinds.mails))
    email_from: str = field(validator=must(kinds.sender))
    smtp: str = field(validator=must(kinds.address))
    webhook_url: str = field(validator=must(kinds.reference_or_url))
    webhook_token: str = field(validator=must(kinds.reference))
    alertmanager_webhook_url: str = field(validator=must(kinds.url))
    secrets_dir: str = field(validator=must(kinds.folder))
    maintenance: tuple[str, str, str] = field(validator=must(kinds.weekly))
    timezone: str = field(validator=must(kinds.zone))
    plugins: tuple[str, ...] = field(validator=must(each(kinds.file_name)))
    time_scale: float = field(default=1, validator=must(scale))

    def __attrs_post_init__(self) -> None:
        """What holds between settings."""
        names = [job.name for job in self.jobs]
        for name in names:
            if names.count(name) > 1:
                raise BadSetting("jobs", f"two of them are named '{name}'; rename one")
            if name == SERVICES_JOB:
                raise BadSetting("jobs", f"'{name}' is the job of services=; rename it, or add to that one")
        known = (*self.services, *(address for job in self.jobs for address in job.addresses))
        for address in self.reached_at:
            if address not in known:
                raise BadSetting("reached_at", f"no target is named '{address}'{nearest(address, known)}")

    @property
    def service_hosts(self) -> tuple[str, ...]:
        """The value of the label `service` of each target of DataFlux's own services: of each replica that is named."""
        return tuple(address.rsplit(":", 1)[0] for address in self.services)
