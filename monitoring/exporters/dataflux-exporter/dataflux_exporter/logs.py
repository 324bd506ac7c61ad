"""Log lines as DataFlux writes them: one JSON object a line; and the same sentence not again and again."""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

SERVICE = "dataflux-exporter"
_LEVELS = {"WARNING": "WARN", "CRITICAL": "ERROR"}
_LOG = logging.getLogger("dataflux_exporter")
_REPEAT = 3600.0
# Once "works again" was said, a new failure is news, unless the source comes and goes all the time.
_FLAPPING = 300.0
_REMEMBERED = 1000


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "timestamp": when.replace("+00:00", "Z"),
            "level": _LEVELS.get(record.levelname, record.levelname),
            "service": SERVICE,
            "message": record.getMessage(),
            **getattr(record, "more", {}),
        }
        return json.dumps(line, ensure_ascii=False)


def begin(level: str) -> None:
    """Write lines of `level` (ERROR, WARN, INFO, DEBUG) and above to stdout."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Json())
    _LOG.handlers[:] = [handler]
    _LOG.propagate = False
    _LOG.setLevel("WARNING" if level == "WARN" else level)
    # A log that nobody can take any more is no reason for a traceback.
    logging.raiseExceptions = False
    # Client libraries may log connection strings: they have no voice here, and neither has Python's last resort.
    logging.captureWarnings(True)
    logging.getLogger().handlers[:] = [logging.NullHandler()]


def say(level: str, message: str, **more: object) -> None:
    """One line; `more` are further fields."""
    _LOG.log(logging.getLevelName("WARNING" if level == "WARN" else level), "%s", message, extra={"more": more})


class Teller:
    """Says what goes wrong with collectors: a sentence is repeated after an hour at the earliest.

    After a recovery it is, after five minutes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, out: Callable[..., None] = say) -> None:
        self._clock = clock
        self._out = out
        self._lock = threading.Lock()
        self._said: dict[tuple[str, str], float] = {}
        self._failing: set[str] = set()

    def failed(self, collector: str, sentence: str, **more: object) -> None:
        """A run, or a part of one, has failed."""
        now = self._clock()
        with self._lock:
            last = self._said.get((collector, sentence))
            patience = _REPEAT if collector in self._failing else _FLAPPING
            if last is not None and now - last < patience:
                return
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            self._said[collector, sentence] = now
            self._failing.add(collector)
        self._out("ERROR", f"{collector}: {sentence}", collector=collector, **more)

    def worked(self, collector: str, duration: float) -> None:
        """A run has succeeded; said aloud when a failure was said before."""
        with self._lock:
            recovered = collector in self._failing
            self._failing.discard(collector)
        word, level = ("works again", "INFO") if recovered else ("collected", "DEBUG")
        self._out(level, f"{collector}: {word}", collector=collector, duration_ms=round(duration * 1000))
