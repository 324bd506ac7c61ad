"""An explanation as a person reads it."""

import pytest
from attrs import evolve

from kit.alerting import said
from kit.alerting.explained import explained
from kit.model import quantity

HEADS = ("At ", "Without data", "Who ", "What ", "Where to look")


@pytest.fixture(scope="session")
def text(rows_by, build_by):
    """`text("ErrorRateHigh", "7%")`: what is said of it there."""

    def say(name, typed, evaluator="grafana", width=None, **changed):
        found = rows_by(evaluator)
        if changed:
            found = {**found, name: evolve(found[name], **changed)}
        value = quantity.read(typed, found[name].rule.alert.signal.unit)
        return said.text(
            explained(found[name], tuple(found.values()), build_by(evaluator), value), "alerts/x.py:1", width
        )

    return say


def test_it_says_everything_about_an_alert_that_fires(text):
    assert text("ErrorRateHigh", "7%") == (
        "ErrorRateHigh (critical)\n"
        "  Fires when: Errors (5xx) of any service above 5 % over 5m, of at least 20, for 2m.\n"
        "  Defined in: alerts/x.py:1\n"
        "\n"
        "At 7 %\n"
        "  It fires after 2m: 7 % is above 5 %.\n"
        "  It counts only while there are at least 20 in 5m.\n"
        "  It looks back over 5m: a sudden change takes up to as long to be seen in full.\n"
        "\n"
        "Without data\n"
        "  No data is no alert: nothing fires, and what fires ends.\n"
        "  A query that cannot be run leaves it as it is.\n"
        "\n"
        "Who is told\n"
        "  Grafana evaluates and notifies; Prometheus has the same rule, and tells nobody.\n"
        "  Route severity=critical: dataflux-email (email admin@dataflux.local), dataflux-webhook (webhook"
        " $WEBHOOK_URL) and dataflux-slack (slack #dataflux-alerts).\n"
        "  The first message comes 2m40s to 3m10s after the value is there: looked at every 30s, hold 2m,"
        " group_wait 40s.\n"
        "  It is repeated after 1h to 1h5m; what changes in its group is told after 5m at the latest, the end too."
        " One message is for all that share alertname, cluster and environment.\n"
        "  Never muted.\n"
        "\n"
        "What the message says\n"
        "  More requests fail than we promise.\n"
        "  {service} fails 7% of its requests (level 5 %).\n"
        "\n"
        "Where to look\n"
        "  Runbook: docs/runbooks/ErrorRateHigh.md,"
        " https://github.com/dataflux/monitoring/blob/main/docs/runbooks/ErrorRateHigh.md\n"
        "  Panel: Service: Errors, http://localhost:3000/d/df-service?viewPanel=1871767785"
    )


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("ErrorRateHigh", "5%", "It stays quiet: 5 % is not above 5 %."),
        ("LowDiskSpace", "30%", "It stays quiet: 30 % is not below 20 %."),
        ("LowDiskSpace", "30%", "Whatever this value is, it also fires where free in 24 h is below 0 %."),
        ("ServiceDown", "down", "It fires after 1m: 0 (Down) is below 1."),
        ("ServiceDown", "up", "It stays quiet: 1 (Up) is not below 1."),
        (
            "QueueDepthHigh",
            "600",
            "QueueDepthCritical (critical, above 1000) stays quiet, so nothing silences this one.",
        ),
        (
            "QueueDepthHigh",
            "1200",
            "Nobody hears of it: 1200 is above 500, but QueueDepthCritical (critical, above 1000) fires after 5m, and"
            " silences it. Grafana's warning ends in its own condition, for the same cluster, environment and queue.",
        ),
        ("QueueDepthCritical", "600", "QueueDepthHigh (warning, above 500) fires, after 5m."),
        ("QueueDepthCritical", "400", "QueueDepthHigh (warning, above 500) stays quiet."),
        (
            "QueueDepthCritical",
            "1200",
            "QueueDepthHigh (warning, above 500) holds as well, and is silenced by this one",
        ),
        (
            "DiskUsageHigh",
            "90%",
            "LowDiskSpace (warning, free below 20 %) looks at another line, which this value does not tell; while the"
            " critical one fires, that one is silenced.",
        ),
        (
            "QueueDepthHigh",
            "30000",
            "For the queue reindex it is QueueDepthHighReindex, above 25000, which fires at this value.",
        ),
        ("QueueOldestHigh", "1h", "For the queue reindex it never fires."),
        ("QueueDepthHighReindex", "1", "QueueDepthHighReindex (warning, an exception of QueueDepthHigh)"),
        ("ServiceDown", "down", "No data at all fires it as well, after 1m: No instance of any service answers"),
        ("MonitoringDown", "0", "A query that cannot be run fires it."),
        ("CpuUsageHigh", "80%", "Muted in dataflux-maintenance (sunday 03:00–04:00 UTC)."),
        ("ErrorRateHigh", "1%", "Who would be told"),
        ("ErrorRateHigh", "1%", "What a message would say"),
    ],
)
def test_a_case_has_its_sentence(text, name, typed, sentence):
    assert sentence in text(name, typed)


def test_who_evaluates_who_notifies_and_who_silences_follow_the_setting(text):
    told = text("QueueDepthHigh", "1200", "prometheus")
    assert "Prometheus evaluates, Alertmanager notifies; Grafana's rule is paused." in told
    assert "Alertmanager inhibits it, for the same cluster, environment and queue." in told
    assert "looked at every 15s" in told
    said = text("MonitoringDown", "0", "prometheus")
    assert "A query that cannot be run leaves it as it is." in said
    assert "takes what fires for over after 4 min at the latest" in said
    assert "Alertmanager is told nothing" not in text("ServiceDown", "0", "grafana")


def test_a_warning_with_a_shorter_hold_is_told_to_be_silenced_later(text):
    assert "QueueDepthHigh (warning, above 500) fires first, after 5m, and is silenced once this one fires." in text(
        "QueueDepthCritical", "1200", hold="15m"
    )
    assert "QueueDepthCritical (critical, above 1000) fires after 5m, and silences this one from then on." in text(
        "QueueDepthHigh", "1200", hold="1m"
    )


def test_that_a_critical_alert_takes_over_at_once_is_said_once(text):
    told = text("QueueDepthHigh", "1200")
    assert told.count("QueueDepthCritical (critical, above 1000)") == 1
    assert "from then on" not in told


def test_an_alert_that_fires_at_once_says_so(text):
    assert "It fires at once: 7 % is above 5 %." in text("ErrorRateHigh", "7%", hold="0s")


def test_an_alert_that_no_route_takes_tells_nobody(text):
    assert "Nobody: no route takes it." in text("ErrorRateHigh", "7%", told=())


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_on_a_terminal_only_an_address_may_be_longer_than_a_line(text, width):
    for line in text("QueueDepthHigh", "1200", width=width).splitlines():
        assert len(line) <= width or line.strip().startswith(("http", "Panel: "))


def test_on_a_terminal_it_says_the_same(text):
    assert text("QueueDepthHigh", "1200", width=80).split() == text("QueueDepthHigh", "1200").split()


def test_an_alert_that_tells_of_its_own_way_does_not_promise_to_arrive(text):
    told = text("NobodyNotifies", "0")
    assert "\nWho is told, if anybody\n" in told and "\nWho is told\n" not in told
    assert (
        "  Do not count on it: no rule of Grafana's is active then, and so not this one. What tells then is that"
        " Watchdog falls silent: let whoever listens to dataflux-webhook call when it does.\n"
        "  What gets out all the same:\n"
        "  Route severity=critical: "
    ) in told
    assert "it is one of the alerts that Prometheus loses" in text("AlertmanagerUnreachable", "1", "prometheus")
    assert "Do not count on it" not in text("AlertmanagerUnreachable", "1", "grafana")
    assert "Who would be told\n" in text("NobodyNotifies", "1")


def test_without_a_deadmans_switch_nothing_tells(rows_by, build_by):
    row = rows_by()["NobodyNotifies"]
    told = said.text(explained(row, (row,), build_by(), 0), "alerts/x.py:1", None)
    assert "Nothing else tells then: there is no deadman's switch." in told


def test_every_alert_can_be_explained(rows_by, text):
    for evaluator in ("grafana", "prometheus"):
        for name, row in rows_by(evaluator).items():
            told = text(name, str(row.rule.value if abs(row.rule.value) <= 1 else int(row.rule.value)), evaluator)
            assert [line.startswith(HEADS) for line in told.split("\n\n")[1:]] == [True] * 5
            assert all(one.receiver in told for one in row.told)
