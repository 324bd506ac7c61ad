"""Logs as DataFlux reads them: one JSON object a line, on stdout."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from ingestion import SERVICE

# Of the request that is being worked on; empty outside of requests.
request_id: ContextVar[str] = ContextVar("request_id", default="")
LEVELS = {"WARNING": "WARN", "CRITICAL": "ERROR"}
# What may stand in a line beside the keys that every line has.
MORE = ("asset_id", "duration_ms")


class Lines(logging.Formatter):
    """A record as one line of JSON; an exception becomes part of its message."""

    def format(self, record: logging.LogRecord) -> str:
        """See logging.Formatter."""
        message = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            message += f": {told(record.exc_info[1])}"
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": LEVELS.get(record.levelname, record.levelname),
            "service": SERVICE,
            "request_id": request_id.get(),
            "message": message,
        }
        line |= {key: getattr(record, key) for key in MORE if getattr(record, key, None) is not None}
        return json.dumps(line, ensure_ascii=False)


def told(error: BaseException) -> str:
    """An exception in one line: what it says, and where it was raised."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    name = type(error).__name__
    said = f"{name}: {error}" if str(error) else name
    if not trace:
        return said
    code = trace.tb_frame.f_code
    return f"{said} (in {code.co_name}, {code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno})"


def to_stdout(level: str = "INFO") -> None:
    """Send everything that is logged to stdout, uvicorn's own lines as well; `level` is DEBUG, INFO, WARN or ERROR."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level.replace("WARN", "WARNING"), handlers=[handler], force=True)
