"""Logs: one JSON object a line, from every service, with its request id."""

from kit.model.logql import Stream
from kit.model.matcher import re
from kit.model.signal import Signal
from kit.model.unit import LOG_LINES, MILLISECONDS

lines = Stream(
    "DataFlux services",
    labels="service cluster environment",
    fields="timestamp level request_id message asset_id duration_ms",
    help="The services' own log lines",
    shown=(
        "{{.service}}: {{.message}}"
        "{{if .duration_ms}} ({{.duration_ms}} ms){{end}}{{if .asset_id}} asset={{.asset_id}}{{end}}"
        "{{if .request_id}} request={{.request_id}}{{end}}"
    ),
)

every = Signal(
    "logs_lines",
    "Log lines",
    question="What do the services say?",
    bad="start with the first ERROR after a blue mark (a deployment); its request id leads to the rest.",
    unit=LOG_LINES,
    lines=lines.lines(),
)
troubles = Signal(
    "logs_troubles",
    "Errors and warnings",
    question="What went wrong, and what only nearly did?",
    bad="read from the oldest: the first error is the cause, the others follow from it.",
    nothing="no errors, no warnings",
    unit=LOG_LINES,
    lines=lines.lines(level=re("ERROR|WARN")),
)
by_level = Signal(
    "logs_by_level",
    "Lines by level",
    question="How much is said, at which level?",
    bad="ERROR is a failure, WARN something that still works; silence is bad as well.",
    unit=LOG_LINES,
    lines=lines.count(),
    per="level",
)
errors_by_service = Signal(
    "logs_errors",
    "Error lines",
    question="Which service reports failures?",
    bad="open its lines and follow the request id to where it began.",
    nothing="no errors",
    unit=LOG_LINES,
    lines=lines.count(level="ERROR"),
    per="service",
)
said_duration = Signal(
    "logs_duration",
    "Duration in logs (P95)",
    question="How long did the work that is logged take?",
    bad="slow work that no request waits for shows here first.",
    unit=MILLISECONDS,
    lines=lines.quantile(0.95, "duration_ms"),
    per="service",
)
