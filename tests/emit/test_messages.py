"""What the messages say, rendered by Alertmanager's own engine for each channel and in both evaluators' templates.

amtool knows no `.SilenceURL`, the one field that Grafana's templates have beside Alertmanager's; there `.GeneratorURL`
stands for it. A real Grafana renders them in tests/e2e/grafana/test_messages.py.
"""

import html
import json
import re
import subprocess
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

ODD = "a&b <c> \"d\" 'e' {{ .X }} é🙂\nnext %2B+\\|"
START, HOUR = 1767323045000, 3600000  # 2026-01-02T03:04:05Z
TEXTS, TITLES = ("dataflux.text", "dataflux.slack"), ("dataflux.title", "dataflux.slack.title")
# Grafana mails its own HTML, with the text in it.
CHANNELS = {"alertmanager": (*TEXTS, "dataflux.html"), "grafana": TEXTS}


def channels_of(*evaluators):
    pairs = [(evaluator, channel) for evaluator in evaluators for channel in CHANNELS[evaluator]]
    return pytest.mark.parametrize(("dialect", "channel"), pairs, indirect=["dialect"])


every_channel = channels_of(*CHANNELS)
alertmanager_only = pytest.mark.parametrize("dialect", ["alertmanager"], indirect=True)


@pytest.fixture(scope="session", params=["alertmanager", "grafana"])
def dialect(request):
    return request.param


@pytest.fixture(scope="session")
def templates(compiled, parsed):
    """Evaluator → its templates."""
    [grafana] = parsed(compiled, "grafana/provisioning/alerting/templates.yml")["templates"]
    return {"grafana": grafana["template"], "alertmanager": compiled.files["alertmanager/templates/dataflux.tmpl"]}


@pytest.fixture
def rendered(tool, templates, dialect, tmp_path):
    """`rendered("dataflux.text", message)`: what the engine makes of it; HTML by html/template, as for an email."""

    def render(name, data, kind=None):
        (tmp_path / "all.tmpl").write_text(templates[dialect].replace(".SilenceURL", ".GeneratorURL"))
        (tmp_path / "data.json").write_text(json.dumps(data))
        command = (
            tool("amtool"), "template", "render", f"--template.glob={tmp_path}/*.tmpl",
            f"--template.type={kind or ('html' if name == 'dataflux.html' else 'text')}",
            f"--template.data={tmp_path / 'data.json'}", f'--template.text={{{{ template "{name}" . }}}}',
        )  # fmt: skip
        ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.removesuffix("\n")

    return render


def alert(status="firing", **labels):
    place = {"cluster": "dataflux", "environment": "production", "service": "analysis-service"}
    labels = {"alertname": "QueueDepthCritical", "severity": "critical", "signal": "depth", **place, **labels}
    queue = labels.get("queue", "")
    return {
        "status": status,
        "labels": {key: value for key, value in labels.items() if value is not None},
        "annotations": {
            "summary": "A queue is far longer than it should be.",
            "description": f"1500 items wait in the queue {queue} (level 1000).",
            "runbook_url": "https://runbooks.example/QueueDepthCritical.md",
            "dashboard_url": "http://grafana.example/d/df-queues?viewPanel=7&var-queue=analysis",
        },
        "startsAt": "2026-01-02T03:04:05Z",
        "endsAt": "2026-01-02T04:00:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://grafana.example/alerting/silence/new?matcher=a%3Db&orgId=1",
        "fingerprint": "f",
    }


def message(*alerts):
    common = {key: value for key, value in (alerts[0]["annotations"].items() if alerts else ())
              if all(one["annotations"].get(key) == value for one in alerts)}  # fmt: skip
    return {
        "receiver": "dataflux-slack",
        "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
        "alerts": list(alerts),
        "groupLabels": {"alertname": "QueueDepthCritical", "cluster": "dataflux", "environment": "production"},
        "commonLabels": {"alertname": "QueueDepthCritical", "severity": "critical"},
        "commonAnnotations": common,
        "externalURL": "http://alertmanager.example",
    }


class Page(HTMLParser):
    """The links of a page by their text, its words, and the elements that it opens."""

    def __init__(self, text):
        super().__init__()
        self.links, self.words, self.opened, self._href = {}, [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self._href = dict(attrs).get("href")

    def handle_data(self, data):
        self.words.append(data)
        if self._href is not None:
            self.links.setdefault(data, []).append(self._href)
        self._href = None


def links(name, text):
    """The links of a message in any channel: label → addresses."""
    if name == "dataflux.html":
        return Page(text).links
    if name == "dataflux.slack":
        found = re.findall(r"<([^|>]+)\|(\w+)>", text)
        return {label: [html.unescape(url) for url, one in found if one == label] for _, label in found}
    found = re.findall(r"^(Panel|Logs|Runbook|Silence): (\S+)$", text, re.MULTILINE)
    return {label: [url for one, url in found if one == label] for label, _ in found}


# --- the templates


def test_every_template_that_a_channel_uses_is_defined(compiled, templates):
    for evaluator, folder in (("grafana", "alerts/"), ("alertmanager", "alertmanager/alertmanager")):
        texts = (text for path, text in compiled.files.items() if path.startswith(folder))
        used = {name for text in texts for name in re.findall(r'template "([\w.]+)"', text)}
        html_too = {"dataflux.html"} if evaluator == "alertmanager" else set()
        assert used == {*TEXTS, *TITLES, *html_too}
        assert used <= set(re.findall(r'define "([\w.]+)"', templates[evaluator]))


def test_both_evaluators_have_the_same_pieces_and_only_the_silence_differs(templates):
    def pieces(text):
        defined = dict(re.findall(r'{{ define "([\w.]+)" }}(.*?){{ end }}\n(?={{ define|\Z)', text, re.DOTALL))
        return {name: one for name, one in defined.items() if name not in TEXTS and "html" not in name}

    grafana, alertmanager = pieces(templates["grafana"]), pieces(templates["alertmanager"])
    assert grafana == alertmanager
    assert {"dataflux.text.what", "dataflux.slack.logs", *TITLES} <= set(grafana)
    assert ".SilenceURL" in templates["grafana"] and ".SilenceURL" not in templates["alertmanager"]


# --- the title


@pytest.mark.parametrize("name", TITLES)
@pytest.mark.parametrize(
    ("states", "begins"),
    [
        (["firing"], "[FIRING 1]"),
        (["firing", "firing"], "[FIRING 2]"),
        (["resolved"], "[RESOLVED]"),
        (["resolved", "resolved"], "[RESOLVED]"),
        (["resolved", "firing", "firing"], "[FIRING 2, RESOLVED 1]"),
    ],
)
def test_the_title_says_status_number_alert_and_place(name, states, begins, rendered):
    told = rendered(name, message(*map(alert, states)))
    assert told == f"{begins} QueueDepthCritical · dataflux · production"


@pytest.mark.parametrize("name", TITLES)
def test_the_title_is_one_line_whatever_the_labels_hold(name, rendered):
    odd = message(alert())
    odd["groupLabels"]["cluster"] = "a\r\nBcc: x <y> &\tz"
    told = rendered(name, odd)
    written = "a Bcc: x &lt;y&gt; &amp; z" if "slack" in name else "a Bcc: x <y> & z"
    assert told == f"[FIRING 1] QueueDepthCritical · {written} · production"


def test_a_title_without_cluster_and_environment_has_no_gaps(rendered):
    bare = {**message(alert()), "groupLabels": {"alertname": "X"}}
    assert rendered("dataflux.title", bare) == "[FIRING 1] X"


# --- the text


def test_the_text_says_of_each_alert_what_how_bad_since_when_and_where(rendered):
    lines = rendered("dataflux.text", message(alert(queue="analysis"))).splitlines()
    assert lines[:5] == [
        "A queue is far longer than it should be.",
        "",
        "FIRING (critical) 1500 items wait in the queue analysis (level 1000).",
        "Since 2026-01-02 03:04:05 UTC",
        "Where: service analysis-service, cluster dataflux, environment production, queue analysis",
    ]
    assert [line.split(":")[0] for line in lines[5:]] == ["Panel", "Logs", "Runbook", "Silence"]


def test_slacks_text_says_the_same_with_its_links_in_one_line(rendered):
    told = rendered("dataflux.slack", message(alert(queue="analysis"))).splitlines()
    assert told[:5] == rendered("dataflux.text", message(alert(queue="analysis"))).splitlines()[:5]
    assert re.sub(r"<[^|]+\|(\w+)>", r"\1", told[5]).split() == ["Panel", "Logs", "Runbook", "Silence"]
    assert len(told) == 6


@alertmanager_only
def test_the_email_says_the_same_in_html(rendered):
    sent = message(alert(queue="analysis"), alert("resolved", queue="index"))
    page = Page(rendered("dataflux.html", sent))
    words = [line.strip() for line in "".join(page.words).splitlines() if line.strip()]
    plain = [line for line in rendered("dataflux.text", sent).splitlines() if line]
    assert words[0] == "[FIRING 1, RESOLVED 1] QueueDepthCritical · dataflux · production"
    assert [line for line in words[1:] if "Panel" not in line] == [
        line for line in plain if not line.startswith(("Panel", "Logs", "Runbook", "Silence"))
    ]
    assert page.opened.count("p") == 2, "one block for each alert"


@every_channel
def test_what_fires_comes_before_what_is_over_and_that_says_until_when(channel, rendered):
    text = rendered(channel, message(alert("resolved", queue="index"), alert(queue="analysis")))
    firing, resolved = text.index("FIRING (critical) 1500 items"), text.rindex("RESOLVED (critical) 1500 items")
    assert firing < resolved
    assert "Since 2026-01-02 03:04:05 UTC until 2026-01-02 04:00:00 UTC" in text[resolved:]
    assert "until" not in text[firing:resolved]


@every_channel
def test_only_what_fires_can_be_silenced(channel, rendered):
    both = links(channel, rendered(channel, message(alert("resolved"), alert(), alert(queue="b"))))
    assert {label: len(urls) for label, urls in both.items()} == {"Panel": 3, "Logs": 3, "Runbook": 3, "Silence": 2}
    assert "Silence" not in links(channel, rendered(channel, message(alert("resolved"))))


@every_channel
def test_of_very_many_alerts_ten_of_each_status_are_told_and_how_many_there_are(channel, rendered):
    many = [alert(state, queue=f"q{number:02}") for state in ("firing", "resolved") for number in range(12)]
    text = rendered(channel, message(*many))
    assert text.count("FIRING (critical)") == text.count("RESOLVED (critical)") == 10
    for status in ("FIRING", "RESOLVED"):
        assert f"{status}: 12 alerts, of which the first 10 are told here." in text
    assert "of which" not in rendered(channel, message(*many[:10]))


# --- the links


@every_channel
def test_the_panel_and_the_logs_are_shown_an_hour_around_the_start(channel, rendered):
    found = links(channel, rendered(channel, message(alert())))
    for label in ("Panel", "Logs"):
        asked = parse_qs(urlsplit(found[label][0]).query)
        assert (int(asked["from"][0]), int(asked["to"][0])) == (START - HOUR, START + HOUR)
    assert found["Panel"][0].startswith("http://grafana.example/d/df-queues?viewPanel=7&var-queue=analysis&from=")
    assert found["Runbook"] == ["https://runbooks.example/QueueDepthCritical.md"]


@every_channel
def test_the_logs_are_those_of_the_service(channel, rendered, compiled):
    [url] = links(channel, rendered(channel, message(alert())))["Logs"]
    parts = urlsplit(url)
    asked = {name: values for name, values in parse_qs(parts.query).items() if name.startswith("var-")}
    assert asked == {
        "var-service": ["analysis-service"],
        "var-cluster": ["dataflux"],
        "var-environment": ["production"],
    }
    assert f"{parts.scheme}://{parts.netloc}" == compiled.product.settings.grafana_url
    page = compiled.product.site.page("logs")
    assert parts.path == f"/d/{page.uid}"
    shown = json.loads(next(text for path, text in compiled.files.items() if path.endswith(f"{page.uid}.json")))
    assert set(asked) <= {f"var-{one['name']}" for one in shown["templating"]["list"]}


@every_channel
def test_an_alert_of_no_service_leads_to_all_logs_of_its_cluster(channel, rendered):
    [url] = links(channel, rendered(channel, message(alert(service=None))))["Logs"]
    assert set(parse_qs(urlsplit(url).query)) == {"from", "to", "var-cluster", "var-environment"}


@channels_of("alertmanager")
def test_alertmanagers_silence_is_its_form_with_every_label_of_the_alert(channel, rendered):
    labels = {"queue": ODD, "odd": "+ a"}
    [url] = links(channel, rendered(channel, message(alert(**labels))))["Silence"]
    assert re.fullmatch(r"[!-~]+", url), "an address is plain ASCII without spaces"
    start, asked = url.split("?filter=")
    assert start == "http://alertmanager.example/#/silences/new"
    assert not set(asked) & set("+&<>\"'|")
    inner = unquote(asked)
    assert inner[0] + inner[-1] == "{}"
    found = {name: json.loads(value, strict=False) for name, value in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*")', inner)}
    assert found == alert(**labels)["labels"]


@channels_of("grafana")
def test_grafanas_silence_is_the_one_that_it_offers(channel, rendered):
    assert links(channel, rendered(channel, message(alert())))["Silence"] == [alert()["generatorURL"]]


# --- odd values


@every_channel
def test_odd_labels_neither_break_the_text_nor_become_something_else(channel, rendered):
    text = rendered(channel, message(alert(queue=ODD, service=ODD)))
    shown = " ".join(ODD.split())
    if channel == "dataflux.html":
        page = Page(text)
        assert not set(page.opened) - {"html", "head", "meta", "title", "body", "p", "br", "a"}
        told = "".join(page.words)
    elif channel == "dataflux.slack":
        bare = re.sub(r"<[^|>]+\|\w+>", "", text)
        assert "<" not in bare and ">" not in bare, "nothing but our links is a link or a mention"
        assert not re.sub(r"&(?:amp|lt|gt);", "", bare).count("&")
        told = html.unescape(text)
    else:
        told = text
    assert f"1500 items wait in the queue {shown} (level 1000)." in told
    assert f"queue {shown}" in told.split("Where: ")[1]
    [url] = links(channel, text)["Logs"]
    assert parse_qs(urlsplit(url).query)["var-service"] == [ODD]


# A zero-width space, a turn of the direction, a mark of order, a bell, the end of a line and of a paragraph.
UNSEEN = ("\u200b", "\u202e", "\ufeff", "\a", "\u2066")


@every_channel
def test_what_cannot_be_seen_is_shown_to_be_there(channel, rendered):
    text = rendered(channel, message(alert(queue="a".join(UNSEEN), service="b\u2028c\u2029d")))
    assert not set(text) & {*UNSEEN, "\u2028", "\u2029"}
    told = "".join(Page(text).words) if channel == "dataflux.html" else text
    assert "in the queue \ufffda\ufffda\ufffda\ufffda\ufffd (level" in told
    assert "service b c d" in told
    [url] = links(channel, text)["Logs"]
    assert parse_qs(urlsplit(url).query)["var-service"] == ["b\u2028c\u2029d"]


@pytest.mark.parametrize("name", TITLES)
@alertmanager_only
def test_a_title_shows_what_cannot_be_seen(name, rendered):
    data = {**message(alert()), "groupLabels": {"alertname": "Queue\u202eDepth"}}
    assert rendered(name, data) == "[FIRING 1] Queue\ufffdDepth"


@channels_of("alertmanager")
def test_the_silence_finds_the_alert_whatever_its_labels_hold(channel, rendered, alertmanager):
    """A real Alertmanager reads the matchers of the link, by the grammar by which it reads a silence's."""
    labels = {"queue": "".join(UNSEEN) + ODD, "service": "\u200b"}
    alertmanager.post(alert(**labels)["labels"])
    [url] = links(channel, rendered(channel, message(alert(**labels))))["Silence"]
    assert re.fullmatch(r"[!-~]+", url)
    asked = unquote(url.split("?filter=")[1])[1:-1]
    matchers = re.findall(r'\w+="(?:[^"\\]|\\.)*"', asked, re.DOTALL)
    assert len(matchers) == len(alert(**labels)["labels"])
    assert alertmanager.found(matchers) == [alert(**labels)["labels"]]
    assert alertmanager.found([*matchers, 'queue!="' + asked.split('queue="')[1].split('",')[0] + '"']) == []


@pytest.mark.parametrize("missing", ["summary", "description", "runbook_url", "dashboard_url"])
@every_channel
def test_an_annotation_that_is_missing_leaves_no_hole(missing, channel, rendered):
    bare = alert()
    said = bare["annotations"].pop(missing)
    text = rendered(channel, message(bare))
    assert said not in text
    assert "no value" not in text and "Panel: &" not in text and 'href="&' not in text and "<|" not in text
    assert "FIRING (critical) " + ("QueueDepthCritical" if missing == "description" else "1500 items") in text


@every_channel
def test_an_alert_with_hardly_anything_is_told_by_its_name(channel, rendered):
    bare = {**alert(), "labels": {"alertname": "Foreign"}, "annotations": {}}
    text = rendered(channel, message(bare))
    assert "FIRING Foreign" in text
    assert set(links(channel, text)) == {"Logs", "Silence"}
    assert "no value" not in text and "Where:" not in text


def test_a_message_without_alerts_says_nothing(rendered):
    assert rendered("dataflux.text", message()).strip() == ""


@alertmanager_only
def test_html_and_scripts_of_labels_stay_words(rendered):
    evil = alert(queue="</p><script>alert(1)</script>")
    evil["annotations"]["runbook_url"] = "javascript:alert(1)"
    page = Page(rendered("dataflux.html", message(evil)))
    assert "script" not in page.opened
    assert not page.links["Runbook"][0].startswith("javascript:")
