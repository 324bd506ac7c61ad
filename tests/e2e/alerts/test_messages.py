"""What messages say: what is wrong and how bad, since when, where, and where to look; on each channel.

Compared with what the definitions promise (promised.py), not with texts of its own.
"""

import re
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from attrs import frozen

from tests.e2e.alerts import reading
from tests.e2e.alerts.evaluators import SMTP
from tests.e2e.alerts.receivers import EMAIL, SLACK, WEBHOOK
from tests.e2e.alerts.scenes import CRITICAL

# What is missing is missing of a target, or of a service; the scene is of a target.
ABSENT = {"MetricMissing": {"service"}}
MATCHER = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@frozen
class Heard:
    """A message that told an alert first: its tale, what was to be told, and what the definitions promise."""

    tale: object
    told: object
    promised: object
    message: object
    read: object

    def of(self, labels):
        """What is said of the thing with these labels: once."""
        [said] = [one for one in self.read.alerts if one.where.items() >= labels.items()]
        return said

    @property
    def each(self):
        return [(self.of(labels), labels) for labels in self.told.where]


def heard(each, status="firing"):
    """What people were told first of an alert, on each channel of theirs."""
    tale, told = each
    # Grafana mails HTML of its own, with the text of the others in it.
    programs = (WEBHOOK, EMAIL) if tale.notifier.evaluator == "grafana" else (WEBHOOK,)
    for channel in tale.channels(told):
        if channel not in programs:
            message = tale.inbox.of(channel, told.alert, status)[0]
            yield Heard(tale, told, tale.promised(told), message, reading.read(message))


def payload(each, status="firing"):
    """Labels → alert, as the webhook was told first; None where it is not told such alerts."""
    tale, told = each
    if told.severity != CRITICAL:
        return None
    return tale.inbox.of(WEBHOOK, told.alert, status)[0].whole["alerts"]


def with_labels(alerts, labels):
    [found] = [one for one in alerts if one["labels"].items() >= labels.items()]
    return found


def address(url):
    """An address without its query, and the query."""
    split = urlsplit(url)
    query = parse_qs(split.query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values()), url
    return url.partition("?")[0], {name: value for name, [value] in query.items()}


def test_it_says_what_is_wrong_with_value_and_level(each):
    for one in heard(each):
        assert one.read.summary == one.promised.summary
        assert len(one.read.alerts) == len(one.told.where)
        for said, labels in one.each:
            assert re.fullmatch(one.promised.what(labels, one.told.value), said.what), said.what
            assert (said.status, said.severity) == ("firing", one.told.severity)


def test_the_webhook_is_told_the_same(each):
    tale, told = each
    promised = tale.promised(told)
    for labels in told.where if payload(each) else ():
        alert = with_labels(payload(each), labels)
        assert alert["annotations"]["summary"] == promised.summary
        assert re.fullmatch(promised.what(labels, told.value), alert["annotations"]["description"])
        assert alert["annotations"]["runbook_url"] == promised.runbook
        assert alert["labels"]["signal"] == promised.signal
        assert address(alert["annotations"]["dashboard_url"]) == promised.panel(alert["labels"])


def test_the_title_says_how_many_and_where(each):
    for one in heard(each):
        place = f"{one.tale.settings.cluster} · {one.tale.settings.environment}"
        title = one.message.title.splitlines()[0]
        assert title == f"[FIRING {len(one.told.where)}] {one.told.alert} · {place}"


def test_it_says_since_when_and_that_is_not_before_it_lasted_its_hold(each):
    for one in heard(each):
        for said, _ in one.each:
            # Messages tell whole seconds.
            assert said.since >= one.tale.begun[one.told.alert] + one.promised.hold - 1
            assert said.since <= one.message.clock
            assert not said.until


def test_all_channels_and_the_webhook_say_the_same_time(each):
    for one in heard(each) if payload(each) else ():
        for said, labels in one.each:
            starts = with_labels(payload(each), labels)["startsAt"]
            assert said.since == int(datetime.fromisoformat(starts).timestamp())


def test_it_says_where_service_cluster_and_environment_first(each):
    for one in heard(each):
        message = one.tale.compiled.product.routing.message
        for said, _ in one.each:
            assert said.where["cluster"] == one.tale.settings.cluster
            assert said.where["environment"] == one.tale.settings.environment
            first = [label for label in message.first if label in said.where]
            assert list(said.where) == [*first, *sorted(said.where.keys() - first)]
            assert said.where.keys() >= set(one.promised.rule.labels) - ABSENT.get(one.told.alert, set())


def test_it_names_every_label_that_the_webhook_is_told(each):
    for one in heard(each) if payload(each) else ():
        untold = one.tale.compiled.product.routing.message.untold
        for said, labels in one.each:
            whole = with_labels(payload(each), labels)["labels"]
            assert said.where == {label: value for label, value in whole.items() if label not in untold}


def test_the_panel_opens_at_the_time_around_the_alert(each):
    for one in heard(each):
        for said, _ in one.each:
            where, asked = address(said.links["Panel"])
            begin, end = int(asked.pop("from")), int(asked.pop("to"))
            assert (begin // 1000, end // 1000) == one.promised.around(said.since)
            assert (where, asked) == one.promised.panel(said.where)
            assert where.endswith(one.told.page)


def test_the_logs_are_those_of_the_service_at_that_time(each):
    for one in heard(each):
        for said, _ in one.each:
            where, asked = address(said.links["Logs"])
            begin, end = int(asked.pop("from")), int(asked.pop("to"))
            assert (begin // 1000, end // 1000) == one.promised.around(said.since)
            assert (where, asked) == one.promised.logs(said.where)
            assert asked.get("var-service") == said.where.get("service")


def test_the_runbook_is_the_alerts(each):
    for one in heard(each):
        assert {said.links["Runbook"] for said in one.read.alerts} == {one.promised.runbook}


def test_a_click_silences_this_alert_and_no_other(each):
    for one in heard(each):
        for said, labels in one.each:
            own = {"alertname": one.told.alert, "severity": one.told.severity, "signal": one.promised.signal}
            url, told = said.links["Silence"], {**said.where, **own}
            assert list(said.links) == ["Panel", "Logs", "Runbook", "Silence"]
            if one.tale.notifier.evaluator == "grafana":
                _silences_in_grafana(url, said.where, one)
                continue
            begin, found, wanted = unquote(url).partition("/#/silences/new?filter=")
            assert found and begin == one.tale.notifier.told_as, url
            assert re.fullmatch(r"\{.*\}", wanted) and dict(MATCHER.findall(wanted)) == told
            if payload(each):
                assert told == with_labels(payload(each), labels)["labels"]


def _silences_in_grafana(url, where, one):
    """Grafana names the rule by its uid, which has no label of that name."""
    asked = parse_qs(urlsplit(url).query)
    matchers = dict(matcher.split("=", 1) for matcher in asked["matcher"])
    assert "/alerting/silence/new" in url and matchers.items() >= where.items(), url
    assert matchers["__alert_rule_uid__"].replace("-", "").endswith(one.told.alert.lower())


def test_its_end_says_until_when_and_offers_no_silence(each):
    for one in heard(each, "resolved"):
        assert one.message.title.splitlines()[0].startswith(f"[RESOLVED] {one.told.alert} · ")
        for said, _ in one.each:
            assert said.status == "resolved" and said.since < said.until <= one.message.clock
            assert list(said.links) == ["Panel", "Logs", "Runbook"]


def mails(tale):
    if EMAIL not in tale.notifier.channels:
        pytest.skip(f"{SMTP} does not say where this Grafana sends its mail")
    return [one for one in tale.inbox.messages if one.channel == EMAIL]


def test_mail_is_text_and_html_and_both_say_all_of_it(any_tale):
    if any_tale.notifier.evaluator == "grafana":
        pytest.skip("Grafana mails HTML of its own, with this text in it")
    for mail in mails(any_tale):
        kind, [(text, plain), (html, formatted)] = reading.parts(mail)
        assert (kind, text, html) == ("multipart/alternative", "text/plain", "text/html")
        assert reading.plain(reading.html(formatted)).decoded == reading.plain(plain).decoded
        assert reading.plain(plain) == reading.read(mail)
        title = re.search("<title>(.*)</title>", formatted)
        assert title and title[1] == mail.title


def test_mail_goes_from_and_to_whom_the_settings_name(any_tale):
    told = [mail.whole for mail in mails(any_tale)]
    assert {mail["from"] for mail in told} == {any_tale.settings.email_from}
    assert {to for mail in told for to in mail["to"]} == {any_tale.settings.email}


def test_slack_is_told_in_the_channel_that_the_settings_name(any_tale):
    told = [one.whole["channel"] for one in any_tale.inbox.messages if one.channel == SLACK]
    assert set(told) == {any_tale.settings.slack_channel}
