"""The kinds of settings: what an address, a mailbox, a time may be. Each is a check of setting.py."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from kit.model.setting import form, text
from kit.model.words import nearest, seconds

_HOST_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|\w[\w.-]*):(\d+)")
_ODD = re.compile(r"[\s\"'`<>\\^{|}]")
_MAIL = r"[^\s@,;<>\"'$]+@[^\s@,;<>\"'$]+"
# Filled in by Grafana and Compose ($NAME, ${NAME}), by Kubernetes, or read from a file.
_REFERENCE = re.compile(r"\$\w+|\$\{\w+(?::?[-?][^}]*)?\}|\$\(\w+\)|\$__file\{[^}]+\}")
# A time of day, its end included.
CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_RELABEL = ("source_labels", "separator", "target_label", "regex", "modulus", "replacement", "action")

name = form(r"\w[\w .:/@+-]*", "name; begin with a letter or digit, and use only those, blanks and . _ : / @ + -")
file_name = form(r"\w[\w.-]*", "name of a file; begin with a letter or digit, and use only those and . _ -")
metric = form(r"[a-zA-Z_:][a-zA-Z0-9_:]*", "name of a metric; use letters, digits and _, and no labels")
namespace = form(
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "namespace of Kubernetes; use a-z, 0-9 and - alone, and no - at an end"
)
word = form(r"\S+", "single word; write it without blanks")
version = form(r"\d+\.\d+(?:\.\d+)?", "version; write one such as 13.1.0")
path = form(r"/[^\s?#]*", "path; begin with / and leave out blanks, ? and #")
folder = form(r"/.*[^/]", "folder; write all of its path, from / on and without / at its end")
mails = form(rf"{_MAIL}(?:, ?{_MAIL})*", "mailbox; write one such as me@example.org, or several with commas between")
sender = form(rf"{_MAIL}|[^<>@,;\"]+ <{_MAIL}>", "mailbox; write one such as me@example.org")


def url(value: Any) -> str:
    """An http(s) address. It may hold a secret, so no sentence repeats it."""
    if wrong := text(value):
        return wrong
    try:
        parts = urlsplit(value)
        there = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, half an IPv6 address
        there = False
    if not there or _ODD.search(value):
        return "it is no http(s) address; write one such as https://example.org:8080"
    return "it names a user; write it without user and password" if "@" in parts.netloc else ""


def base(value: Any) -> str:
    """An http(s) address to which paths are added."""
    if wrong := url(value):
        return wrong
    ends = value.endswith("/") or "?" in value or "#" in value
    return "paths are added to it; write it without / at its end, and without ? and #" if ends else ""


def reference(value: Any) -> str:
    """A name in the environment. The value is not repeated: it may be the secret itself."""
    if not isinstance(value, str):
        return "it is no text; write a reference such as $NAME in quotes"
    return text(value) or ("" if _REFERENCE.fullmatch(value) else "it is written out; write a reference such as $NAME")


def reference_or_url(value: Any) -> str:
    """A name in the environment, or an address that is no secret."""
    if not reference(value) or not url(value):
        return ""
    return "it is neither a reference such as $NAME nor an http(s) address; write one of them"


def address(value: Any) -> str:
    """host:port."""
    if wrong := text(value):
        return wrong
    if "://" in value:
        return f"'{value}' has a scheme; write HOST:PORT alone"
    found = _HOST_PORT.fullmatch(value)
    if not found:
        return f"'{value}' is no HOST:PORT; write both, and nothing else"
    return "" if 1 <= int(found[1]) <= 65535 else f"'{value}' has a port that is none; write one from 1 to 65535"


def duration(value: Any) -> str:
    """Longer than nothing."""
    if wrong := text(value):
        return wrong
    try:
        return "" if seconds(value) else f"'{value}' is no time at all; write one such as 15s"
    except ValueError as error:
        return str(error)


def zone(value: Any) -> str:
    """`browser`, `utc` or a zone by name."""
    wrong = text(value)
    if wrong or value in ("browser", "utc"):
        return wrong
    try:
        if ZoneInfo(value).key:
            return ""
    except (ValueError, OSError, KeyError):
        pass  # ZoneInfoNotFoundError is a KeyError; a folder of zones is an OSError
    meant = nearest(value, available_timezones())
    return f"'{value}' is no time zone; say browser, utc, or a name such as Europe/Berlin{meant}"


def relabelling(value: Any) -> str:
    """A rule of metric_relabel_configs (https://prometheus.io/docs/prometheus/latest/configuration/configuration/)."""
    if not isinstance(value, Mapping) or not value:
        return f"{value!r} is no rule of relabelling; write a dict such as {{'source_labels': ['…'], …}}"
    wrong = next((key for key in value if key not in _RELABEL), None)
    return "" if wrong is None else f"{wrong!r} is none of {', '.join(_RELABEL)}{nearest(str(wrong), _RELABEL)}"


def weekly(value: Any) -> str:
    """A day (or `monday:friday`), from, to."""
    if not isinstance(value, tuple) or len(value) != 3 or any(map(text, value)):
        return f"{value!r} is no time of the week; write one such as ('sunday', '03:00', '04:00')"
    days, start, end = value
    for day in days.split(":", 1):
        if day not in _DAYS:
            return f"'{day}' is no day; write one such as sunday, or monday:friday{nearest(day, _DAYS)}"
    for time in (start, end):
        if not CLOCK.fullmatch(time):
            return f"'{time}' is no time of day; write one from 00:00 to 24:00"
    return "" if start < end else f"it ends ({end}) before it begins ({start}); let it end by 24:00 of the same day"
