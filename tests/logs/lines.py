"""Lines as DataFlux's services say them, good and bad, and what each must become everywhere."""

import json
import re
from datetime import UTC, datetime

from signals.logs import lines

# The brief's.
SAMPLE = (
    '{"timestamp": "2024-01-01T12:00:00Z", "level": "INFO", "service": "ingestion-service", "request_id": "req-123", '
    '"message": "Asset uploaded successfully", "asset_id": "asset-456", "duration_ms": 150}'
)
SPARSE = (
    '{"timestamp": "2024-01-01T12:00:00.25Z", "level": "WARN", "request_id": "", "message": "ü \\"é\\"", '
    '"more": {"a": 1}}'
)
GOOD = {"the brief's": SAMPLE, "sparse": SPARSE, "later": SAMPLE.replace("12:00:00Z", "13:00:00.5+01:00")}
# Alloy marks what lacks one of the three; whoever needs the time as a time marks a bad one as well.
BAD = {
    "a trace": "Traceback (most recent call last):",
    "cut off": '{"timestamp": "2024-01-01T12:00:00Z", "level": "INFO", "mess',
    "a list": "[1, 2]",
    "a list of lines": f"[{SAMPLE}, {SAMPLE}]",
    "an empty list": "[]",
    "empty": "",
    "a number": "12",
    "half": '{"level": "INFO"}',
    "no level": SAMPLE.replace("INFO", ""),
    "of two words": '  indented "text" with = and : and [brackets]',
}
BAD_TIME = {"no time": SAMPLE.replace("2024-01-01T12", "yesterday at 12")}
# When Docker heard it, as Alloy writes it: as many digits as there are.
HEARD = "2024-01-01T12:00:01.123456789Z"
# What stands in a document beside the fields of the line, and of what type Elasticsearch takes each.
ADDED = {"service", "cluster", "environment", "malformed", "event.original", "@timestamp"}


def syslog(line, service="ingestion-service", heard=HEARD):
    """What Alloy's exporter sends of it, without the line's end: no blank where there is no message."""
    return f"<165>1 {heard} - {service} - - -{' ' if line else ''}{line}"


def fields():
    """The fields of a document: the line's own, its `timestamp` as @timestamp, and what is known of its service."""
    return set(lines.fields) - {"timestamp"} | ADDED


def document(line, service="ingestion-service", heard=HEARD):
    """What Elasticsearch must get of it; its time in Unix seconds, nothing that is empty or not there."""
    said = json.loads(line) if line in GOOD.values() else {"message": line, "timestamp": heard, "malformed": "true"}
    at = said.pop("timestamp")
    kept = {name: said[name] for name in set(lines.fields) | {"malformed"} if said.get(name) is not None}
    kept |= {"service": service, "cluster": "dataflux", "environment": "production", "event": {"original": line}}
    return kept | {"@timestamp": moment(at)}


def moment(text):
    """RFC 3339 in Unix seconds, to the millisecond, which is what Elasticsearch keeps."""
    whole, fraction, zone = re.fullmatch(r"([^.Z+]+)(?:\.(\d+))?(Z|[+-].*)", text).groups()
    seconds = datetime.fromisoformat(whole + zone.replace("Z", "+00:00")).astimezone(UTC).timestamp()
    return seconds + int(f"{fraction or 0:0<3}"[:3]) / 1000


def plain(environment):
    """A service's variables, each by its default."""
    return {name: re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value)) for name, value in environment.items()}
