"""The tale of DataFlux: a quiet time; a receiver that is down, and a restart; everything else; recovery."""

import time

from tests.e2e.alerts import installing, scenes
from tests.e2e.alerts.asking import until
from tests.e2e.alerts.receivers import EMAIL, SLACK, WEBHOOK
from tests.e2e.alerts.tale import ALWAYS

WHILE_DOWN = ("ServiceDown", "ObjectStorageNodeDown")


def tell(tale, on, script, publish):
    """Tell it on a stage; `publish()` lets Grafana begin, whose rules read what Prometheus's record."""
    began, notifier = time.monotonic(), tale.notifier
    early = scenes.of(*scenes.EARLY)
    rest = scenes.of(*scenes.SCENES) - early
    note = tale.notes(began)

    installing.scraped(on.prometheus, on.targets)
    tale.begun.update(dict.fromkeys(early, time.time()))
    installing.load_rules(on.work, on.prometheus)
    installing.be_quiet(on.prometheus, tale.settings, on.targets, early)
    publish()
    until("its rules are quiet", lambda: notifier.quiet(early | ALWAYS))
    tale.early.extend(one for one in tale.inbox.messages if one.alert not in ALWAYS)
    note("quiet")

    on.webhook.down()
    script.begin(*scenes.FIRST, *scenes.LONG)
    until("the other channels are told", lambda: tale.untold(WHILE_DOWN, only=(SLACK, EMAIL)))
    until("it noticed that the webhook is down", lambda: not notifier.failed(WEBHOOK))
    notifier.restart(len(WHILE_DOWN))
    tale.told_while_down.extend(one for one in tale.inbox.messages if one.channel == WEBHOOK and one.alert in rest)
    on.webhook.up()
    until("the webhook is told after all", lambda: tale.untold(WHILE_DOWN))
    note("a receiver was down, and Alertmanager started anew")

    on.webhook.refuse("MemoryUsageHigh", 2)
    script.begin(*scenes.THEN)
    until("all alerts are told but the early ones", lambda: tale.untold(rest))
    tale.silenced.extend(notifier.silenced())
    note("all scenes")

    script.end(*(scene for scene in scenes.SCENES if scene not in scenes.EARLY))
    until("the early ones are told", lambda: tale.untold(early))
    script.end(*scenes.EARLY)
    until("recovery is told", lambda: tale.untold(early | rest, "resolved"))
    until("nothing fires any more", on.prometheus.alerts)
    tale.unscraped.extend(on.prometheus.unscraped() - scenes.DOWN)
    note("recovered")
    tale.keep("alerts-told.txt", began)
