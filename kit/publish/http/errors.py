"""What can become of a request to Grafana. Each text is one sentence, without secrets; nothing is chained to it.

Two things decide what may follow: whether Grafana surely did nothing (Unreachable), may have done it (Unsure), or has
answered (Refusal); and whether asking again can help.
"""

import re
from typing import Any


class GrafanaError(Exception):
    """A request that did not do what it was meant to do; `after` is how many seconds the server asks us to wait."""

    after: float | None = None


class Unreachable(GrafanaError):
    """Surely not done, for the request was not sent: DNS, time-out of the connection, no route."""


class Refused(Unreachable):
    """Nothing listens there (yet): the connection was refused."""


class Misconfigured(Unreachable):
    """TLS, or what a proxy wants: it stays so, however often one asks."""


class Unsure(GrafanaError):
    """Sent, and nobody knows what became of it: no answer in time, half an answer, a proxy that lost Grafana.

    A write has to be read before it is sent again.
    """


class NotGrafana(GrafanaError):
    """Something else answers: a web page, a redirection, no JSON."""


class Halted(GrafanaError):
    """No more requests are made in this run."""


class Refusal(GrafanaError):
    """Grafana answered that it does not do it, with a status of 4xx or 500; `message` is in its own words."""

    def __init__(self, text: str, *, status: int, message: str, body: Any, method: str, path: str) -> None:
        super().__init__(text)
        self.status, self.message, self.body = status, message, body
        self.method, self.path = method, path


class NotFound(Refusal):
    """404."""


class Conflict(Refusal):
    """409, 412: somebody was there before."""


class LoginRefused(Refusal):
    """401."""


class Denied(Refusal):
    """403."""

    @property
    def permissions(self) -> tuple[str, ...]:
        """The names of the permissions that Grafana asked for; empty where it named none."""
        return permissions(self.message, self.body)


def refusal(status: int, body: Any = None) -> type[Refusal]:
    """The class of a status; of an answer with this body."""
    if status == 400 and _exists(body):
        return Conflict
    return {401: LoginRefused, 403: Denied, 404: NotFound, 409: Conflict, 412: Conflict}.get(status, Refusal)


def _exists(body: Any) -> bool:
    """Whether alerting of Grafana 13.1 says that the name is taken, for which it has 400 and no 409."""
    told = body if isinstance(body, dict) else {}
    details = told.get("details")
    names = (told.get("messageId"), details.get("uid") if isinstance(details, dict) else None)
    return any(str(name).endswith(".nameExists") for name in names)


def permissions(message: str, body: Any) -> tuple[str, ...]:
    """What a 403 of Grafana 13.1 wants: named in its message by most, in extra.permissions by alerting."""
    extra = body.get("extra") if isinstance(body, dict) else None
    wanted = str(extra.get("permissions", "")) if isinstance(extra, dict) else ""
    named = re.findall(r"\baction:([\w.:*-]+)", wanted)
    named += re.findall(r"[\w.-]+:[\w.:*-]+", message.partition("Permissions needed:")[2])
    return tuple(dict.fromkeys(named))
