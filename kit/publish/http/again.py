"""Whether and when a request is tried again, and the clock by which that is measured."""

import random
import threading
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from kit.publish.http.errors import GrafanaError, Misconfigured, Refusal, Refused, Unreachable, Unsure

# Before the second, third and fourth try: at most so many seconds, any part of them (full jitter).
WAITS = (0.5, 1.5, 4.0)
_LONGEST = 60.0
_TOO_MANY = 429


class Clock:
    """Time as it passes; tests have another."""

    def now(self) -> float:
        """Seconds since some time."""
        return time.monotonic()

    def sleep(self, seconds: float, stop: threading.Event) -> None:
        """Wait, or until `stop` is set."""
        stop.wait(seconds)

    def random(self) -> float:
        """Anything from 0 to below 1."""
        return random.random()


CLOCK = Clock()


def reading(error: GrafanaError) -> bool:
    """Whether a read is tried again: it does no harm, and may go better; a 500 may be a database that was locked."""
    if isinstance(error, Refusal) and error.status == 500:
        return True
    return _busy(error) or (isinstance(error, Unreachable | Unsure) and not isinstance(error, Misconfigured))


def writing(error: GrafanaError) -> bool:
    """Whether a write is tried again: only where it surely did nothing. Others have to be read first, a POST as well:
    after a 500 or a web page it is sent again where reading shows that it is not there (kit/publish/apply.py)."""
    return isinstance(error, Refused) or _busy(error)


def _busy(error: GrafanaError) -> bool:
    return isinstance(error, Refusal) and error.status == _TOO_MANY


def alive(error: GrafanaError) -> bool:
    """Whether Grafana is up and answers, though not as one wished: any 4xx but 429."""
    return isinstance(error, Refusal) and error.status < 500 and not _busy(error)


def wait(error: GrafanaError, longest: float, clock: Clock) -> float:
    """Seconds until the next try: what the server asked for, up to a minute, else a part of `longest`."""
    return longest * clock.random() if error.after is None else min(error.after, _LONGEST)


def after(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After, which may also be a date: it is compared with the server's own clock (Date)."""
    text = headers.get("Retry-After", "").strip()
    try:
        if text.isdecimal():
            return float(text)
        then, now = (parsedate_to_datetime(value) for value in (text, headers.get("Date", "")))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):
        return None
