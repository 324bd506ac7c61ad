"""Where a tale is told."""

from functools import partial

from kit.live.programs import free_port
from simulator import stage
from simulator.scrape import Configured
from tests.e2e.alerts import installing
from tests.e2e.alerts.evaluators import Prometheus
from tests.e2e.alerts.playing import played
from tests.e2e.alerts.receivers import SLACK, WEBHOOK, Hooks, Inbox, Mailbox
from tests.e2e.alerts.tale import ALWAYS, ROOT, Stage, Tale


class Place:
    """Where one tale is told: a work folder, ports, receivers, a Prometheus on what is compiled."""

    def __init__(self, work, stack, smtp=None):
        work.mkdir(parents=True)
        self.stack, self.work, self.inbox = stack, work, Inbox()
        self.slack, self.webhook = Hooks(self.inbox, SLACK, "/slack"), Hooks(self.inbox, WEBHOOK, "/alerts")
        self.mailbox = Mailbox(self.inbox, smtp)
        for receiver in (self.mailbox, self.slack, self.webhook):
            stack.enter_context(receiver)
        self.asked = stage.Stage(
            root=ROOT,
            work=work,
            settings=ROOT / "settings.py",
            prometheus_port=free_port(),
            first_port=free_port(stage.PORTS),
        )

    def settings(self, notifier):
        return installing.settings_for(self.asked, self.mailbox, notifier, self.webhook)

    def watch(self, settings, script, real=()):
        """Compile, play, and start Prometheus; what was compiled, and the stage to tell a tale on."""
        compiled = installing.compile_into(self.work, settings, ROOT)
        configured = Configured(compiled.files)
        self.stack.enter_context(played(script, configured, real))
        return compiled, partial(self._watched, len(configured.targets))

    def _watched(self, targets):
        self.stack.enter_context(stage.watching(self.asked, installing.RESEND))
        prometheus = Prometheus(self.asked.prometheus, ALWAYS)
        return Stage(self.work, prometheus, targets, self.webhook)

    def tale(self, tells, compiled, notifier, begun):
        strangers = [self.slack.strangers, self.webhook.strangers]
        return Tale(tells, self.inbox, compiled, notifier, strangers, begun)
