"""Messages as their readers see them: what is said of each alert, whatever the channel writes it in."""

import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

from attrs import evolve, field, frozen

from tests.e2e.alerts.receivers import EMAIL, SLACK

WHAT = re.compile(r"(FIRING|RESOLVED) \((\w+)\) (.+)")
TIME = "%Y-%m-%d %H:%M:%S UTC"
LINK = re.compile(r"(Panel|Logs|Runbook|Silence): (\S+)")
BARE = re.compile(r"https?://\S+")
SLACKS = re.compile(r"<([^|>]+)\|([^>]+)>\s*")


@frozen
class Said:
    """What a message says of one alert: `where` are its labels, in order; `since` and `until` are Unix seconds.

    `links`: what each is called, and where it leads.
    """

    status: str
    severity: str
    what: str
    since: int = 0
    until: int = 0
    where: dict = field(factory=dict)
    links: dict = field(factory=dict)

    @property
    def decoded(self):
        """The same with links as they are without percent signs: who writes HTML writes some of them otherwise."""
        return evolve(self, links={name: unquote(url) for name, url in self.links.items()})


@frozen
class Read:
    """A message: the sentence above all, and what is said of each alert."""

    summary: str
    alerts: tuple[Said, ...]

    @property
    def decoded(self):
        """See Said."""
        return evolve(self, alerts=tuple(one.decoded for one in self.alerts))


def read(message):
    """A message that people get, read."""
    return plain(slack(message.text) if message.channel == SLACK else message.text)


def parts(message):
    """The parts of a mail: its own type, and the type and the text of each."""
    assert message.channel == EMAIL
    mail = message.whole["mail"]
    return mail.get_content_type(), [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]


def plain(text):
    """Plain text, read. A line that is neither of what is known nor the sentence above all is an error."""
    head, *rest = [line.strip() for line in text.splitlines() if line.strip()]
    told = []
    for line in rest:
        if found := WHAT.fullmatch(line):
            told.append({"status": found[1].lower(), "severity": found[2], "what": found[3], "links": {}})
        elif found := LINK.fullmatch(line):
            told[-1]["links"][found[1]] = found[2]
        elif line.startswith("Since "):
            since, _, until = line.removeprefix("Since ").partition(" until ")
            told[-1] |= {"since": _seconds(since), "until": _seconds(until) if until else 0}
        elif line.startswith("Where: "):
            told[-1]["where"] = dict(one.split(" ", 1) for one in line.removeprefix("Where: ").split(", "))
        else:
            raise AssertionError(f"nobody expects the line {line!r} in {text}")
    return Read(head, tuple(Said(**one) for one in told))


def _seconds(text):
    return int(datetime.strptime(text, TIME).replace(tzinfo=UTC).timestamp())


def slack(text):
    """Slack's text as plain text, without the link that the title is, or a button."""
    body = "\n".join(line for line in text.splitlines() if not BARE.fullmatch(line))
    return unescape(SLACKS.sub(r"\2: \1\n", body))


def html(text):
    """A mail's HTML as plain text."""
    seen = _Seen()
    seen.feed(text)
    seen.close()
    return "".join(seen.text)


class _Seen(HTMLParser):
    """What a person sees of a page, each link with its address."""

    def __init__(self):
        super().__init__()
        self.text, self._href, self._hidden = [], "", False

    def handle_starttag(self, tag, attrs):
        self._hidden = self._hidden or tag == "head"
        if tag == "a":
            self._href = dict(attrs)["href"]

    def handle_endtag(self, tag):
        self._hidden = self._hidden and tag != "head"
        if tag == "a":
            self.text.append(f": {self._href}\n")

    def handle_data(self, data):
        if not self._hidden:
            self.text.append(data)
