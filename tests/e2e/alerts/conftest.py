"""What is compiled, twenty times as fast, on real programs, with DataFlux played to them; who is told is ourselves.

A real Prometheus and a real Alertmanager; where GRAFANA_URL names a Grafana to try it on (login as for `make e2e`),
that Grafana evaluates and notifies. It needs no more than ten seconds for what holds three: its tick stays.
"""

import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import evolve, field, frozen

from kit import write
from kit.compile import compiled as compile_all
from kit.emit.scaled import shorter
from kit.live.programs import free_port
from kit.model.words import milliseconds
from kit.publish.here import target_environment
from simulator import stage
from simulator.scrape import Configured
from tests.e2e.alerts import scenes
from tests.e2e.alerts.asking import text_of, until
from tests.e2e.alerts.evaluators import SMTP, Alertmanager, OfGrafana, Prometheus
from tests.e2e.alerts.playing import Script, played
from tests.e2e.alerts.receivers import EMAIL, SLACK, WEBHOOK, Hooks, Inbox, Mailbox
from tests.e2e.grafana.server import Grafana

ROOT = Path(__file__).resolve().parents[3]
SCALE = 20
# Prometheus's own default, which no configuration has: how often it tells Alertmanager what still fires.
RESEND = "1m"
# What always fires, so that its silence tells.
ALWAYS = frozenset({"Watchdog"})
WHILE_DOWN = ("ServiceDown", "ObjectStorageNodeDown")


@frozen(slots=False)
class Tale:
    """What happened: the messages, and what was looked at meanwhile. `notifier`: see evaluators.py."""

    inbox: Inbox
    settings: object
    strangers: list
    notifier: object
    early: list = field(factory=list)
    told_while_down: list = field(factory=list)
    silenced: list = field(factory=list)
    seconds: dict = field(factory=dict)

    def channels(self, told):
        """Where an alert is to be told."""
        return self.notifier.channels if told.severity == scenes.CRITICAL else (SLACK,)

    def untold(self, alerts, status="firing", only=None):
        """(alert, channel) of what has not arrived."""
        return [
            (told.alert, channel)
            for told in scenes.ALL
            for channel in self.channels(told)
            if told.alert in alerts
            if only is None or channel in only
            if not self.inbox.of(channel, told.alert, status)
        ]


@pytest.fixture(scope="session")
def tale(tool, tmp_path_factory):
    """All scenes, played once; the tests then look at what was told."""
    work = tmp_path_factory.mktemp("alerts") / "work"
    work.mkdir()
    first = free_port(stage.PORTS)
    asked = stage.Stage(
        root=ROOT, work=work, settings=ROOT / "settings.py", prometheus_port=free_port(), first_port=first
    )
    tool("prometheus")
    inbox, script = Inbox(), Script()
    slack, webhook = Hooks(inbox, SLACK, "/slack"), Hooks(inbox, WEBHOOK, "/alerts")
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(inbox, os.environ.get(SMTP)))
        stack.enter_context(slack)
        stack.enter_context(webhook)
        notifier = _notifier(tool)
        settings = settings_for(asked, mailbox, notifier, webhook)
        compiled = _compile(settings, work)
        configured = Configured(compiled.files)
        stack.enter_context(played(script, configured))
        resend = f"--rules.alert.resend-delay={shorter(RESEND, settings)}"
        stack.enter_context(stage.watching(asked, resend))
        prometheus = Prometheus(asked.prometheus, ALWAYS)
        stack.callback(notifier.end)
        # What always fires finds its Alertmanager there; Grafana's rules read what Prometheus's record.
        if notifier.evaluator == "prometheus":
            notifier.begin(work, compiled, slack, webhook)
        load_rules(work, prometheus, settings, len(configured.targets))
        if notifier.evaluator == "grafana":
            notifier.begin(work, compiled, slack, webhook)
        told = Tale(inbox, settings, [slack.strangers, webhook.strangers], notifier)
        tell(told, script, prometheus, webhook)
        yield told


def _notifier(tool):
    if os.environ.get("GRAFANA_URL"):
        return OfGrafana(Grafana(*target_environment.read(dict(os.environ))), dict(os.environ))
    return Alertmanager(tool("prometheus-alertmanager"))


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


def _compile(settings, work):
    """Compile into the work folder; the rules wait beside it."""
    result, faults = compile_all(settings, ROOT)
    assert not faults, faults
    out = work / "monitoring"
    write.write(out, result.files, write.compare(out, result.files))
    _rules(work).rename(work / "rules")
    return result


def _rules(work):
    return work / "monitoring" / "prometheus" / "rules"


def load_rules(work, prometheus, settings, targets):
    """Let Prometheus load its rules once it scrapes, and wait until all is quiet.

    To find its targets takes Prometheus 5 s, which nothing makes shorter: within a scaled hold, that would be an alert
    that everything is gone.
    """
    until("all targets are scraped", lambda: targets - len(prometheus.query("up == 1")))
    (work / "rules").rename(_rules(work))
    text_of(f"{prometheus.url}/-/reload", b"")
    window = milliseconds(shorter("5m", settings)) // 1000 + 1
    until("a window full of scrapes", lambda: targets - len(prometheus.query(f"up offset {window}s == 1")))
    until("the rules are evaluated", lambda: not prometheus.query("endpoint_service_status:dataflux_requests:rate5m"))
    until("a quiet time", lambda: prometheus.alerts("pending") | prometheus.alerts())


def tell(tale, script, prometheus, webhook):
    """The tale: a quiet time; a receiver that is down, and a restart; everything else; recovery."""
    began = time.monotonic()
    notifier, names = tale.notifier, {told.alert for told in scenes.ALL}

    def note(chapter):
        tale.seconds[chapter] = round(time.monotonic() - began, 1)

    until("its rules are quiet", notifier.quiet)
    tale.early.extend(one for one in tale.inbox.messages if one.alert not in ALWAYS)
    note("quiet")

    webhook.down()
    script.begin(*scenes.FIRST)
    until("the other channels are told", lambda: tale.untold(WHILE_DOWN, only=(SLACK, EMAIL)))
    until("it noticed that the webhook is down", lambda: not notifier.failed(WEBHOOK))
    script.begin(*scenes.LONG)
    notifier.restart(len(WHILE_DOWN))
    tale.told_while_down.extend(one for one in tale.inbox.messages if one.channel == WEBHOOK and one.alert in names)
    webhook.up()
    until("the webhook is told after all", lambda: tale.untold(WHILE_DOWN))
    note("a receiver was down, and Alertmanager started anew")

    webhook.refuse("MemoryUsageHigh", 2)
    script.begin(*scenes.THEN)
    until("all alerts are told", lambda: tale.untold(names))
    tale.silenced.extend(notifier.silenced())
    note("all scenes")

    script.end()
    until("recovery is told", lambda: tale.untold(names, "resolved"))
    until("nothing fires any more", prometheus.alerts)
    note("recovered")
    keep(tale, began)


def keep(tale, began):
    """What was told, in order, as an artifact to be read."""
    lines = [f"{chapter}: {at} s" for chapter, at in tale.seconds.items()]
    for one in tale.inbox.messages:
        lines.append(f"\n--- {one.at - began:.1f} s, {one.channel}\n{one.title}\n{one.text}")
    folder = ROOT / ".cache" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alerts-told.txt").write_text("\n".join(lines))
