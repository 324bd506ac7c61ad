"""Who is told: an SMTP server, and an HTTP server that takes Slack's and the webhook's messages; all on loopback."""

import email.policy
import json
import re
import threading
import time

from aiosmtpd.controller import Controller
from attrs import field, frozen

from kit.live.programs import LOOPBACK, free_port
from simulator import web
from tests.e2e.alerts.listening import Listening

SLACK, EMAIL, WEBHOOK = "slack", "email", "webhook"
CHANNELS = (SLACK, EMAIL, WEBHOOK)
TOKEN = "only-for-this-test"


@frozen
class Message:
    """What arrived: on which channel, when (monotonic seconds), its title, its text, and the whole of it.

    `clock`: when, as those who read it say (Unix seconds).
    """

    channel: str
    at: float
    title: str
    text: str
    whole: dict = field(factory=dict, repr=False)
    clock: float = field(factory=time.time)

    @property
    def status(self):
        """`firing` or `resolved`, as people or programs are told."""
        return "resolved" if "resolved" in self.title.lower() else "firing"

    @property
    def alert(self):
        """The alert that it is about: messages are grouped by it."""
        return next(
            word for word in re.findall(r"\w+", self.title) if re.fullmatch(r"([A-Z][a-z0-9]+){2,}|Watchdog", word)
        )


class Inbox:
    """Every message that arrived, and every one that was refused."""

    def __init__(self):
        self.messages, self.refused = [], []
        self._lock = threading.Lock()

    def take(self, channel, title, text, whole):
        with self._lock:
            self.messages.append(Message(channel, time.monotonic(), title, text, whole))

    def of(self, channel, alert, status="firing"):
        """The messages of a channel about an alert, in order."""
        with self._lock:
            found = tuple(self.messages)
        return [one for one in found if (one.channel, one.alert, one.status) == (channel, alert, status)]


class Mailbox:
    """An SMTP server that keeps what it is sent."""

    def __init__(self, inbox, address=None):
        """Listens at `address` (host:port); without it, at a free port of loopback."""
        self._inbox = inbox
        self.address = address or f"{LOOPBACK}:{free_port()}"
        host, _, port = self.address.rpartition(":")
        self._controller = Controller(self, hostname=host, port=int(port))

    def __enter__(self):
        self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain = mail.get_body(("plain",)) or mail.get_body(("html",))
        whole = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "mail": mail}
        self._inbox.take(EMAIL, mail["subject"], plain.get_content(), whole)
        return "250 taken"


class Hooks(Listening):
    """An HTTP server at which Slack (`/slack`) or the webhook (`/alerts`) is told; can be down, and can refuse."""

    def __init__(self, inbox, channel, path):
        super().__init__(channel)
        self.url = f"http://{self.address}{path}"
        self.strangers = []
        self._inbox, self._channel, self._path = inbox, channel, path
        self._refusals = {}

    def refuse(self, alert, times):
        """Answer 500 the next so many times that the alert is told; 0: take it again."""
        self._refusals[alert] = times

    def _handler(hooks):
        class Handler(web.Handler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hooks._taken(self.path, self.headers.get("Authorization"), json.loads(body))
                # No connection is kept: who is down hears nothing on an old one either.
                self.answer(status, b"ok", Connection="close")

        return Handler

    def _taken(self, path, authorization, told):
        if path != self._path or (self._channel == WEBHOOK and authorization != f"Bearer {TOKEN}"):
            self.strangers.append((path, authorization))
            return 401
        title, text = _slack(told) if self._channel == SLACK else _webhook(told)
        alert = Message(self._channel, 0, title, text).alert
        if self._refusals.get(alert):
            self._refusals[alert] -= 1
            self._inbox.refused.append((self._channel, alert))
            return 500
        self._inbox.take(self._channel, title, text, told)
        return 200


def _slack(told):
    parts = told["attachments"]
    links = [part.get(key, "") for part in parts for key in ("title_link", "text")]
    links += [action.get("url", "") for part in parts for action in part.get("actions") or ()]
    return "\n".join(part.get("title", "") for part in parts), "\n".join(links)


def _webhook(told):
    """A program reads the payload; title and text only say what is in it."""
    alerts = [*told["alerts"]]
    lines = [f"{part[key]}" for alert in alerts for part in (alert["labels"], alert["annotations"]) for key in part]
    return f"[{told['status']}] {told['groupLabels']['alertname']}", "\n".join(lines)
