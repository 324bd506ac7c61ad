"""A real Prometheus and a real Alertmanager on what is compiled, twenty times as fast, and DataFlux played to them."""

import json
import threading
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from attrs import evolve, field, frozen

from kit import write
from kit.compile import compiled as compile_all
from kit.emit.scaled import shorter
from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.model.words import milliseconds
from simulator import history, live, stage
from simulator.day import HOUR
from simulator.incident import Incident
from simulator.logs import Scribe
from simulator.scrape import Configured
from simulator.world import World
from tests.e2e.alerts import scenes
from tests.e2e.alerts.receivers import CHANNELS, EMAIL, SLACK, TOKEN, WEBHOOK, Hooks, Inbox, Mailbox

ROOT = Path(__file__).resolve().parents[3]
SCALE = 20
STEP = 1.0
# Seconds that anything may take on a busy machine; what is waited for normally takes a fraction.
PATIENCE = 240
# Prometheus's own default, which no configuration has: how often it tells Alertmanager what still fires.
RESEND = "1m"
# Alertmanager's counters of attempts: those that failed, and those that ended.
FAILED = "alertmanager_notification_requests_failed_total"
DONE = "alertmanager_notification_latency_seconds_count"
# What always fires, so that its silence tells.
ALWAYS = frozenset({"Watchdog"})


def until(what, missing, patience=PATIENCE, every=0.2):
    """Wait until `missing()` is empty; fails with what is still missing."""
    end = time.monotonic() + patience
    while left := missing():
        assert time.monotonic() < end, f"{what}: after {patience} s this is missing: {left}"
        time.sleep(every)


def _json(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


class Script:
    """What is played: an incident that never ends, whose scenes come and go."""

    def __init__(self):
        self.on, self._ended = [], []
        self._lock = threading.Lock()

    def begin(self, *found):
        with self._lock:
            self.on += found

    def end(self):
        with self._lock:
            self._ended += self.on
            self.on = []

    def play(self, world, age):
        with self._lock:
            scenes.ordinary(world)
            for scene in self._ended:
                scene.end(world)
            self._ended = []
            for scene in self.on:
                scene.play(world)

    def incident(self):
        return Incident("scenes", "What the test plays.", 1e9, (), (), self.play)


class Prometheus:
    """What the tests ask of it."""

    def __init__(self, url):
        self.url = url

    def query(self, text):
        """The label sets of an instant query's series."""
        found = _json(f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': text})}")
        return [one["metric"] for one in found["data"]["result"]]

    def alerts(self, state="firing"):
        """The names of what fires, without what always does."""
        found = self.query(f'ALERTS{{alertstate="{state}"}}')
        return {one["alertname"] for one in found} - ALWAYS


class Alertmanager:
    """A real one, on its folder: it can be stopped, and started again with what it wrote down."""

    def __init__(self, program, folder, port):
        self.url = f"http://{LOOPBACK}:{port}"
        self._folder, self._program, self._port = folder, program, port
        self._stack = ExitStack()

    def start(self):
        config = self._folder / "monitoring" / "alertmanager" / "alertmanager.yml"
        argv = [self._program, f"--config.file={config}", f"--storage.path={self._folder / 'alertmanager'}"]
        argv += [f"--web.listen-address={LOOPBACK}:{self._port}", "--cluster.listen-address="]
        log = self._folder / "alertmanager.log"
        self._stack.enter_context(
            running(argv, log=log, until=lambda: answers(f"{self.url}/-/ready"), timeout=PATIENCE)
        )
        return self

    def stop(self):
        self._stack.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def counted(self, name, channel):
        """One of its own counters of notifications."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        series = f'{name}{{integration="{channel}"}} '
        return next((float(line.removeprefix(series)) for line in lines if line.startswith(series)), 0.0)

    def silenced(self):
        """The labels of alerts that another one silences, and those of the ones that silence them."""
        found = _json(f"{self.url}/api/v2/alerts")
        by = {one["fingerprint"]: one["labels"] for one in found}
        return [
            (one["labels"], [by[other] for other in one["status"]["inhibitedBy"] if other in by])
            for one in found
            if one["status"]["inhibitedBy"]
        ]


@frozen(slots=False)
class Tale:
    """What happened: the messages, and what was looked at meanwhile."""

    inbox: Inbox
    settings: object
    strangers: list
    quiet: set = field(factory=set)
    early: list = field(factory=list)
    told_while_down: list = field(factory=list)
    silenced: list = field(factory=list)
    seconds: dict = field(factory=dict)


def settings_for(asked, ports, mailbox, slack, webhook):
    """The stage's settings, scaled, with the real programs' addresses."""
    # The night's maintenance silences warnings: it is put where this test never runs.
    day = time.strftime("%A", time.gmtime(time.time() + 3 * 86400)).lower()
    return evolve(
        stage.settings(asked),
        evaluator="prometheus",
        time_scale=SCALE,
        alertmanager=f"{LOOPBACK}:{ports['alertmanager']}",
        smtp=mailbox.address,
        alertmanager_webhook_url=webhook.url,
        secrets_dir=str(asked.work / "secrets"),
        maintenance=(day, "03:00", "04:00"),
    )


def _compile(settings, work, slack):
    """Compile into the work folder, with the secrets that it names; the rules wait beside it."""
    result, faults = compile_all(settings, ROOT)
    assert not faults, faults
    out = work / "monitoring"
    write.write(out, result.files, write.compare(out, result.files))
    _rules(work).rename(work / "rules")
    (work / "secrets").mkdir()
    (work / "secrets" / "slack_url").write_text(slack.url)
    (work / "secrets" / "webhook_token").write_text(TOKEN)
    return Configured(result.files)


def _rules(work):
    return work / "monitoring" / "prometheus" / "rules"


def load_rules(work, prometheus, targets):
    """Let Prometheus load its rules once it scrapes: to find its targets takes it 5 s, which nothing makes shorter.

    Within a scaled hold, that would be an alert that everything is gone.
    """
    until("all targets are scraped", lambda: targets - len(prometheus.query("up == 1")))
    (work / "rules").rename(_rules(work))
    with urllib.request.urlopen(f"{prometheus.url}/-/reload", b"", timeout=60) as answer:
        assert answer.status == 200


@contextmanager
def _played(script, configured):
    """DataFlux answers its scrapes, and goes on."""
    now, totals = time.time(), {}
    world = World(1, now - 2 * HOUR)
    history.skip(world, totals, now - 60, 60)
    world.begin(script.incident())
    present, done, broken = live.Live(world, totals, Scribe(1), STEP), threading.Event(), []

    def go_on():
        try:
            while not done.wait(STEP - time.time() % STEP):
                present.catch_up(time.time())
        except Exception as error:
            broken.append(error)

    present.catch_up(now)
    with ExitStack() as stack:
        for address, targets in stage.by_address(configured).items():
            stack.enter_context(live.serving(present, address, targets))
        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        yield
        done.set()
        thread.join(60)
    assert not broken, broken


@pytest.fixture(scope="session")
def tale(tool, tmp_path_factory):
    """All scenes, played once; the tests then look at what was told."""
    work = tmp_path_factory.mktemp("alerts") / "work"
    work.mkdir()
    ports = {"alertmanager": free_port(), "prometheus": free_port()}
    asked = stage.Stage(
        root=ROOT,
        work=work,
        settings=ROOT / "settings.py",
        prometheus_port=ports["prometheus"],
        first_port=free_port(stage.PORTS),
    )
    tool("prometheus")
    inbox = Inbox()
    slack, webhook = Hooks(inbox, SLACK, "/slack"), Hooks(inbox, WEBHOOK, "/alerts")
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(inbox))
        stack.enter_context(slack)
        stack.enter_context(webhook)
        settings = settings_for(asked, ports, mailbox, slack, webhook)
        configured = _compile(settings, work, slack)
        script = Script()
        stack.enter_context(_played(script, configured))
        manager = Alertmanager(tool("prometheus-alertmanager"), work, ports["alertmanager"])
        stack.enter_context(manager)
        stack.enter_context(stage.watching(asked, f"--rules.alert.resend-delay={shorter(RESEND, settings)}"))
        told = Tale(inbox, settings, [slack.strangers, webhook.strangers])
        prometheus, targets = Prometheus(asked.prometheus), len(configured.targets)
        load_rules(work, prometheus, targets)
        tell(told, script, prometheus, manager, webhook, targets)
        yield told


def tell(tale, script, prometheus, manager, webhook, targets):
    """The tale: a quiet time; a receiver that is down, and a restart; everything else; recovery."""
    began = time.monotonic()

    def note(chapter):
        tale.seconds[chapter] = round(time.monotonic() - began, 1)

    window = milliseconds(shorter("5m", tale.settings)) // 1000 + 1
    until("a window full of scrapes", lambda: targets - len(prometheus.query(f"up offset {window}s == 1")))
    until("a quiet time", lambda: prometheus.alerts("pending") | prometheus.alerts())
    tale.quiet.update(prometheus.alerts())
    tale.early.extend(one for one in tale.inbox.messages if one.alert not in ALWAYS)
    note("quiet")

    webhook.down()
    script.begin(*scenes.FIRST)
    lost = ("ServiceDown", "ObjectStorageNodeDown")
    until("the other channels are told", lambda: _untold(tale.inbox, lost, (SLACK, EMAIL)))
    until("the webhook could not be told", lambda: manager.counted(FAILED, WEBHOOK) < 2)
    for channel in (SLACK, EMAIL):
        # Who is stopped between telling somebody and writing that down tells it again.
        until("what was told is written down", lambda channel=channel: manager.counted(DONE, channel) < len(lost))
    script.begin(*scenes.LONG)
    manager.stop()
    manager.start()
    tale.told_while_down.extend(one for one in tale.inbox.messages if one.channel == WEBHOOK and one.alert in lost)
    webhook.up()
    until("the webhook is told after all", lambda: _untold(tale.inbox, lost, (WEBHOOK,)))
    note("a receiver was down, and Alertmanager started anew")

    webhook.refuse("MemoryUsageHigh", 2)
    script.begin(*scenes.THEN)
    critical = [told.alert for told in scenes.ALL if told.severity == scenes.CRITICAL]
    warnings = [told.alert for told in scenes.ALL if told.severity == scenes.WARNING]
    until("critical alerts are told", lambda: _untold(tale.inbox, critical, CHANNELS))
    until("warnings are told", lambda: _untold(tale.inbox, warnings, (SLACK,)))
    tale.silenced.extend(manager.silenced())
    note("all scenes")

    script.end()
    until("recovery is told", lambda: _untold(tale.inbox, critical, CHANNELS, "resolved"))
    until("recovery from warnings is told", lambda: _untold(tale.inbox, warnings, (SLACK,), "resolved"))
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


def _untold(inbox, alerts, channels, status="firing"):
    return [(alert, channel) for alert in alerts for channel in channels if not inbox.of(channel, alert, status)]
