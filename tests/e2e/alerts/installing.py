"""What is compiled, twenty times as fast, put where real programs read it."""

import time

import yaml
from attrs import evolve

from kit import write
from kit.compile import compiled as compile_all
from kit.emit.scaled import shorter
from kit.model.words import milliseconds
from signals import monitoring
from simulator import stage
from tests.e2e.alerts.asking import text_of, until

SCALE = 20
# How often Prometheus tells Alertmanager what still fires: 1m by default, in no configuration. After each reload it
# takes up to 5 s, which nothing scales, to find its Alertmanager again, and loses what it tells before. Of what always
# fires that is to be one message and no second one, or it would be lost for as long as AlertmanagerUnreachable holds.
RESEND = "--rules.alert.resend-delay=6s"
# So this is seen to begin at first, and must not come to fire.
AT_FIRST = frozenset({"AlertmanagerUnreachable"})


def settings_for(asked, mailbox, notifier, webhook):
    """The stage's settings, scaled, with the real programs' addresses."""
    # The maintenance silences warnings each week: it is put on a day on which this test does not run.
    day = time.strftime("%A", time.gmtime(time.time() + 3 * 86400)).lower()
    return evolve(
        stage.settings(asked),
        evaluator=notifier.evaluator,
        time_scale=SCALE,
        smtp=mailbox.address,
        prometheus_url=asked.prometheus,
        maintenance=(day, "03:00", "04:00"),
        **notifier.settings(asked.work, webhook),
    )


def only_monitoring(settings, alertmanager, gate):
    """The same with nothing to watch but DataFlux's services, Prometheus, and the real `alertmanager` (host:port).

    `gate`: where Prometheus reaches that to tell it of alerts.
    """
    kept = (monitoring.PROMETHEUS, monitoring.ALERTMANAGER)
    jobs = tuple(job if job.name in kept else evolve(job, addresses=()) for job in settings.jobs)
    known = {*settings.services, *(address for job in jobs for address in job.addresses)}
    [own] = next(job.addresses for job in jobs if job.name == monitoring.ALERTMANAGER)
    reached = {name: at for name, at in settings.reached_at.items() if name in known} | {own: alertmanager}
    return evolve(settings, jobs=jobs, reached_at=reached, alertmanager=gate)


def compile_into(work, settings, root):
    """Compile into the work folder; the rules wait beside it."""
    result, faults = compile_all(settings, root)
    assert not faults, faults
    out = work / "monitoring"
    write.write(out, result.files, write.compare(out, result.files))
    _rules(work).rename(work / "rules")
    return result


def _rules(work):
    return work / "monitoring" / "prometheus" / "rules"


def scraped(prometheus, targets):
    """Wait until Prometheus scrapes so many targets.

    To find them takes it 5 s, which nothing makes shorter: to rules that are there already, that would be, for longer
    than some holds, as if all were gone.
    """
    until("all targets are scraped", lambda: targets - len(prometheus.query("up == 1")))


def load_rules(work, prometheus):
    """Let Prometheus load its rules, and wait until they are evaluated."""
    (work / "rules").rename(_rules(work))
    reload(prometheus)
    until("the rules are evaluated", lambda: not prometheus.query("endpoint_service_status:dataflux_requests:rate5m"))


def be_quiet(prometheus, settings, targets, but):
    """Wait until nothing is wrong but the alerts `but`, and has not been for as long as a rule looks back."""
    window = milliseconds(shorter("5m", settings)) // 1000 + 1
    until("a window full of scrapes", lambda: targets - len(prometheus.query(f"up offset {window}s == 1")))
    until("a quiet time", lambda: (prometheus.alerts("pending") | prometheus.alerts()) - but)


def reload(prometheus):
    """Let Prometheus read its configuration anew; urllib.error.HTTPError where it does not accept that."""
    text_of(f"{prometheus.url}/-/reload", b"")


class Configuration:
    """Prometheus's configuration file: a service is left out of it, and who mends that makes a mistake at first.

    `gone`: how many targets were left out.
    """

    def __init__(self, work, service):
        self._path = work / "monitoring" / "prometheus" / "prometheus.yml"
        self._whole = self._path.read_text()
        config = yaml.safe_load(self._whole)
        [found] = [group for job in config["scrape_configs"] for group in job.get("static_configs", ())]
        gone = [target for target in found["targets"] if target.startswith(f"{service}:")]
        found["targets"] = [target for target in found["targets"] if target not in gone]
        assert gone and found["targets"], f"{service} is not among the targets of {self._path}, or alone there"
        self.gone = len(gone)
        self._path.write_text(yaml.safe_dump(config, sort_keys=False))

    def mistaken(self):
        """As it was compiled, with a mistake."""
        self._path.write_text(f"{self._whole}scrape_config: []\n")

    def whole(self):
        """As it was compiled."""
        self._path.write_text(self._whole)
