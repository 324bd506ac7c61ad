"""Who watches the watchers, played with a Prometheus and an Alertmanager of its own, beside the tale of DataFlux.

The way between the two is cut, which would end whatever else is being told; a receiver answers 500 for long; a service
leaves Prometheus's configuration, and who mends that makes a mistake. A Grafana that notifies is not asked: it watches
neither, and what it tells of itself are metrics that are played.

Other watchers are among the scenes of DataFlux: ExporterDown, ExporterMissing, MetricMissing, LabelMissing, and
RulesFailing. Not played with the real programs, but told as stories (tests/stories) and compared as state machines
(tests/alerts):

- MonitoringDown: who would tell of it is down. The Watchdog's silence tells.
- NobodyNotifies: who would tell is not there, neither an Alertmanager nor rules of Grafana that are active.
- GrafanaRulesFailing: only a Grafana counts what it reads.
- CollectorFailing, StatusLabelMissing: values that cross a level, as those of many scenes do.
"""

import math
import time
import urllib.error

from tests.e2e.alerts import installing
from tests.e2e.alerts.asking import until
from tests.e2e.alerts.receivers import EMAIL, SLACK
from tests.e2e.alerts.scenes import PERCENT, SOME, critical, warning

LEAVES = "query-service"
MISSING = critical("ServiceMissing", "-service", SOME, service=LEAVES)
REJECTED = warning("ConfigurationRejected", "-monitoring", "0", instance="prometheus:9090")
CUT = critical("AlertmanagerUnreachable", "-monitoring", r"\d+(\.\d+)? per second", instance="prometheus:9090")
FAILING = critical("NotificationsFailing", "-monitoring", PERCENT, job="alertmanager", integration="webhook")
ALL = (MISSING, REJECTED, CUT, FAILING)
# What the receiver refuses for long, so that all else can be told there.
REFUSED = "Watchdog"


def tell(tale, on, gate, configuration):
    """Tell it on a stage (see tale.py) whose Prometheus reaches its Alertmanager through a `gate`."""
    began = time.monotonic()
    note = tale.notes(began)

    def begins(*told):
        tale.begun.update(dict.fromkeys((one.alert for one in told), time.time()))

    installing.scraped(on.prometheus, on.targets - configuration.gone)
    begins(FAILING, MISSING)
    on.webhook.refuse(REFUSED, math.inf)
    installing.load_rules(on.work, on.prometheus)
    begins(REJECTED)
    configuration.mistaken()
    _refused(on.prometheus)
    until("what is wrong with the configuration is told", lambda: tale.untold((MISSING.alert, REJECTED.alert)))
    note("a service was missing, and a configuration rejected")

    begins(CUT)
    gate.down()
    # It forgets its Alertmanager by that, and is 5 s without one: better now than later.
    configuration.whole()
    installing.reload(on.prometheus)
    until("Prometheus knows that it is cut off", lambda: {CUT.alert} - on.prometheus.alerts())
    tale.early.extend(tale.inbox.of(SLACK, CUT.alert) + tale.inbox.of(EMAIL, CUT.alert))
    gate.up()
    until("that it was cut off is told", lambda: tale.untold((CUT.alert,)))
    note("Prometheus was cut off")

    until("that a receiver refuses is told", lambda: tale.untold((FAILING.alert,)))
    on.webhook.refuse(REFUSED, 0)
    note("a receiver refused for long")

    until("recovery is told", lambda: tale.untold({told.alert for told in ALL}, "resolved"))
    until("nothing fires any more", on.prometheus.alerts)
    tale.unscraped.extend(on.prometheus.unscraped())
    until("the receiver is told what it refused", lambda: not tale.inbox.of("webhook", REFUSED))
    note("recovered")
    tale.keep("watchers-told.txt", began)


def _refused(prometheus):
    """Prometheus does not accept its configuration."""
    try:
        installing.reload(prometheus)
    except urllib.error.HTTPError as error:
        assert error.code == 500, error
    else:
        raise AssertionError("Prometheus accepts a configuration with a mistake in it")
