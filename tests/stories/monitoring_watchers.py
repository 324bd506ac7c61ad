"""Who watches the watchers: the deadman's switch, and whether anybody is notified."""

from tests.stories.monitoring_missing import ELSEWHERE, PAGE, up
from tests.stories.telling.series import GONE, counting, held, then
from tests.stories.telling.story import Alert, story

WATCHDOG = Alert(
    "Watchdog",
    "none",
    "watchdog",
    "The monitoring can wake people: this always fires, and silence is the alarm.",
    (PAGE, "Notifications"),
)
GRAFANA = Alert(
    "GrafanaRulesFailing",
    "warning",
    "grafana_rule_failures",
    "Some alert rules of Grafana fail.",
    (PAGE, "Grafana rules that fail"),
)
NOTIFICATIONS = Alert(
    "NotificationsFailing",
    "critical",
    "alertmanager_failed",
    "Notifications do not arrive.",
    (PAGE, "Notifications that fail"),
)
UNREACHABLE = Alert(
    "AlertmanagerUnreachable",
    "critical",
    "alertmanager_unreachable",
    "Prometheus cannot reach Alertmanager: its alerts are lost.",
    (PAGE, "Notifications dropped"),
)
NOBODY = Alert(
    "NobodyNotifies",
    "critical",
    "notifiers",
    "Neither Prometheus nor Grafana notifies anybody.",
    (PAGE, "Who notifies"),
)

BEATS = "Rules, routes and webhook work in dataflux production: 1 (level 0)."


def evaluated(failed):
    """Grafana's rules: one a second is evaluated."""
    name, labels = "grafana_alerting_rule_evaluation", 'org="1",instance="g:3000"'
    return {f"{name}_failures_total{{{labels}}}": failed, f"{name}s_total{{{labels}}}": counting((60, 30))}


def notified(failed, sent, program="alertmanager", prefix="alertmanager_notifications"):
    labels = f'job="{program}",integration="slack",instance="a:9093"'
    return {f"{prefix}_failed_total{{{labels}}}": failed, f"{prefix}_total{{{labels}}}": sent}


def each_5_minutes(many, begin=1):
    """A counter that grows by one each 5 minutes (20 samples), `many` times, then stands still."""
    return " ".join([*(f"{begin + n}x19" for n in range(many)), f"{begin + many}x{20 * (12 - many) - 1}"])


def fails_again_and_again(program, prefix):
    # The first failure is seen at 5m, as a counter that grows.
    return story(
        f"NotificationsFailing fires when a notification of {program} fails each time it is tried again",
        notified(each_5_minutes(11), each_5_minutes(11), program, prefix),
        NOTIFICATIONS.quiet("5m", "16m45s"),
        NOTIFICATIONS.fires(
            *("17m", "40m", "55m"),
            said=f"100% of the notifications that {program} sends by slack fail (level 0 %).",
            job=program,
            integration="slack",
        ),
    )


def handed_over(dropped, alertmanagers=1):
    labels = 'job="prometheus",instance="p:9090"'
    return {
        f"prometheus_notifications_dropped_total{{{labels}}}": dropped,
        f"prometheus_notifications_alertmanagers_discovered{{{labels}}}": held((alertmanagers, 30)),
    }


LOSES = {"said": "p:9090 loses notifications: 0.01667 per second (level 0 per second).", "instance": "p:9090"}
FOUND = 'prometheus_notifications_alertmanagers_discovered{job="prometheus",instance="p:9090"}'
GRAFANA_ANSWERS = up("grafana")
NOBODY_DOES = "Alertmanagers of Prometheus, or active rules of Grafana: 0, it should be 1 or more."


def rules(folder="DataFlux Alerts", where="", state="active"):
    labels = f'rule_group="{folder};hosts",state="{state}",instance="g:3000"{where}'
    return f"grafana_alerting_rule_group_rules{{{labels}}}"


STORIES = (
    # --- the deadman's switch
    story("Watchdog fires at once and always, though nothing is measured", {}, WATCHDOG.fires("0s", "29m", said=BEATS)),
    story(
        "Watchdog fires whatever is down",
        up("node", held((0, 30))),
        WATCHDOG.fires("0s", "15s", "29m", said=BEATS),
    ),
    # --- evaluating
    story(
        "GrafanaRulesFailing fires 5 min after a rule fails, and recovers when the failures have left its window",
        evaluated(counting((1, 10), (0, 20))),
        GRAFANA.quiet("5m", "16m", "29m"),
        GRAFANA.fires("5m15s", "10m", said="1.667% of Grafana's rule evaluations fail (level 0 %)."),
    ),
    story(
        "GrafanaRulesFailing is quiet about failures of long ago",
        evaluated(held((7, 30))),
        GRAFANA.quiet("5m15s", "29m"),
    ),
    # --- notifying
    fails_again_and_again("alertmanager", "alertmanager_notifications"),
    fails_again_and_again("grafana", "grafana_alerting_notifications"),
    story(
        "NotificationsFailing is quiet about one notification that failed once",
        notified(each_5_minutes(1), each_5_minutes(9)),
        NOTIFICATIONS.quiet("5m", "11m", "14m", "17m", "59m"),
    ),
    story(
        "NotificationsFailing recovers when notifications arrive again",
        notified(each_5_minutes(5), each_5_minutes(11)),
        NOTIFICATIONS.quiet("5m", "36m", "59m"),
        NOTIFICATIONS.fires(
            "25m",
            said="100% of the notifications that alertmanager sends by slack fail (level 0 %).",
            job="alertmanager",
            integration="slack",
        ),
    ),
    story(
        "NotificationsFailing is quiet where notifications arrive",
        notified(held((3, 60)), each_5_minutes(11)),
        NOTIFICATIONS.quiet("17m", "59m"),
    ),
    story(
        "AlertmanagerUnreachable fires 5 min after notifications are lost, and recovers when they are taken again",
        handed_over(counting((1, 12), (0, 18))),
        UNREACHABLE.quiet("5m", "18m", "29m"),
        UNREACHABLE.fires("5m15s", "12m", **LOSES),
    ),
    # Measured with Prometheus 2.42: without an alerting block it counts each alert as dropped.
    story(
        "AlertmanagerUnreachable is quiet where Prometheus has no Alertmanager to tell",
        handed_over(counting((1, 30)), alertmanagers=0),
        UNREACHABLE.quiet("5m15s", "29m"),
    ),
    story(
        "AlertmanagerUnreachable is quiet about losses of long ago",
        handed_over(held((7, 30))),
        UNREACHABLE.quiet("5m15s", "29m"),
    ),
    story(
        "NobodyNotifies fires 10 min after Prometheus has no Alertmanager, where Grafana has no rules",
        {FOUND: held((0, 30)), **GRAFANA_ANSWERS},
        NOBODY.quiet("9m45s"),
        NOBODY.fires("10m", "29m", said=NOBODY_DOES),
    ),
    story(
        "NobodyNotifies fires 10 min after Grafana's rules are paused, and recovers",
        {
            FOUND: held((0, 40)),
            **GRAFANA_ANSWERS,
            rules(): held((6, 10), (0, 20), (6, 10)),
            rules(state="paused"): held((0, 10), (6, 20), (0, 10)),
        },
        NOBODY.quiet("9m", "19m45s", "30m", "39m"),
        NOBODY.fires("20m", "29m45s", said=NOBODY_DOES),
    ),
    story(
        "NobodyNotifies is quiet where Prometheus has an Alertmanager",
        {FOUND: held((1, 30)), **GRAFANA_ANSWERS},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies is quiet where the Grafana of another cluster, that reads the same data, has active rules",
        {FOUND: held((0, 30)), **up("grafana", where=ELSEWHERE), rules(where=ELSEWHERE): held((6, 30))},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies fires though another cluster's Prometheus has an Alertmanager",
        {FOUND: held((0, 30)), **GRAFANA_ANSWERS, FOUND.replace("}", f"{ELSEWHERE}}}"): held((1, 30))},
        NOBODY.quiet("9m45s"),
        NOBODY.fires("10m", "29m", said=NOBODY_DOES),
    ),
    story(
        "NobodyNotifies is quiet where Grafana has active rules",
        {FOUND: held((0, 30)), **GRAFANA_ANSWERS, rules(): held((6, 30))},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies fires though rules of another team are active in Grafana",
        {FOUND: held((0, 30)), **GRAFANA_ANSWERS, rules("Others"): held((6, 30))},
        NOBODY.quiet("9m45s"),
        NOBODY.fires("10m", "29m", said=NOBODY_DOES),
    ),
    # Where Grafana notifies, only its own metrics tell that it does.
    story(
        "NobodyNotifies is quiet where Grafana is not scraped, whatever else is",
        {FOUND: held((0, 30)), **up("node")},
        NOBODY.quiet("10m", "29m"),
    ),
    story(
        "NobodyNotifies is quiet while Grafana does not answer its scrape, and what it told is gone",
        {FOUND: held((0, 30)), **up("grafana", held((1, 5), (0, 25))), rules(): then(held((6, 5)), GONE)},
        NOBODY.quiet("5m", "15m", "29m"),
    ),
    story(
        "NobodyNotifies fires 10 min after Grafana's rules are gone",
        {FOUND: held((0, 30)), **GRAFANA_ANSWERS, rules(): then(held((6, 5)), GONE)},
        NOBODY.quiet("5m", "14m45s"),
        NOBODY.fires("15m", "29m", said=NOBODY_DOES),
    ),
)
