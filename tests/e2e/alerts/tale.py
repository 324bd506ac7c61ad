"""A tale: what was to be told, where, and what arrived."""

import time
from pathlib import Path

from attrs import field, frozen

from tests.e2e.alerts import scenes
from tests.e2e.alerts.promised import Promised
from tests.e2e.alerts.receivers import SLACK, Inbox

ROOT = Path(__file__).resolve().parents[3]
# What always fires, so that its silence tells.
ALWAYS = frozenset({"Watchdog"})


@frozen(slots=False)
class Tale:
    """What happened: the messages, and what was looked at meanwhile.

    `tells`: the alerts that are to be told; `begun`: alert → when what it tells of began (Unix seconds); `compiled`:
    what was; `notifier`: see evaluators.py. `unscraped`: targets that were not down, and once did not answer in time.
    """

    tells: tuple
    inbox: Inbox
    compiled: object
    notifier: object
    strangers: list
    begun: dict
    early: list = field(factory=list)
    told_while_down: list = field(factory=list)
    silenced: list = field(factory=list)
    unscraped: list = field(factory=list)
    seconds: dict = field(factory=dict)

    @property
    def settings(self):
        return self.compiled.product.settings

    def promised(self, told):
        """What the definitions say of an alert."""
        return Promised(self.compiled.product, told.alert, self.notifier.page)

    def channels(self, told):
        """Where an alert is to be told."""
        return self.notifier.channels if told.severity == scenes.CRITICAL else (SLACK,)

    def untold(self, alerts, status="firing", only=None):
        """(alert, channel) of what has not arrived."""
        return [
            (told.alert, channel)
            for told in self.tells
            for channel in self.channels(told)
            if told.alert in alerts
            if only is None or channel in only
            if not self.inbox.of(channel, told.alert, status)
        ]

    def notes(self, began):
        """Notes how long each chapter took since `began` (monotonic seconds)."""

        def note(chapter):
            self.seconds[chapter] = round(time.monotonic() - began, 1)

        return note

    def keep(self, name, began):
        """What was told, in order, as an artifact to be read."""
        lines = [f"{chapter}: {at} s" for chapter, at in self.seconds.items()]
        for one in self.inbox.messages:
            lines.append(f"\n--- {one.at - began:.1f} s, {one.channel}\n{one.title}\n{one.text}")
        folder = ROOT / ".cache" / "e2e"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines))

    def about(self, status="firing"):
        """(channel, alert) of every message, without what always fires."""
        told = [one for one in self.inbox.messages if one.status == status]
        return {(one.channel, one.alert) for one in told if one.alert not in ALWAYS}


@frozen
class Stage:
    """Where it is told: the work folder, Prometheus and how many targets it has, the webhook."""

    work: Path
    prometheus: object
    targets: int
    webhook: object
