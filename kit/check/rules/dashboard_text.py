"""A dashboard has a title, a question, a uid and tags, and opens the same sane way for everybody."""

import re
from collections.abc import Iterator

from kit.check.build import Build, Dashboard, Json
from kit.check.finding import Finding
from kit.check.parts.queries import named
from kit.draw.grafana import SCHEMA_VERSION
from kit.model import setting_kinds as kinds
from kit.model.words import seconds

ID = "dashboard-text"
# https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/: a uid has at most 40 characters.
_UID = re.compile(r"df-[A-Za-z0-9_-]{1,37}")
_FROM = re.compile(r"now-(\d+)([smhdwMy])")
_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_SHORTEST, _LONGEST = 300, 31 * 86_400


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        for message in (*_words(board.json), *_identity(board), *_opening(board.json)):
            yield Finding(board.where, ID, named(board), message)


def _words(json: Json) -> Iterator[str]:
    title, question = json.get("title"), json.get("description")
    if not title:
        yield "it has no title; give its Page one"
    if not question:
        yield "it has no description; say in the module's docstring which question it answers"
    elif question == title:
        yield "its description only repeats the title; say in the module's docstring which question it answers"
    if not json.get("tags"):
        yield "it has no tags, so no menu of dashboards finds it; give it its set's"


def _identity(board: Dashboard) -> Iterator[str]:
    uid = str(board.json.get("uid", ""))
    if not _UID.fullmatch(uid):
        yield f"its uid '{uid}' is not 'df-' and letters, digits, _ or -, 40 in all; rename its module"
    elif not board.path.endswith(f"/{uid}.json"):
        yield f"its uid '{uid}' is not the name of its file {board.path}; let both follow from the module's name"
    if board.json.get("schemaVersion") != SCHEMA_VERSION:
        version = board.json.get("schemaVersion")
        yield f"its schemaVersion is {version}, and Grafana would migrate it; write {SCHEMA_VERSION}"
    if board.json.get("editable") is not False:
        yield "it can be edited in the browser, where changes get lost; write editable: false"


def _opening(json: Json) -> Iterator[str]:
    refresh = str(json.get("refresh", ""))
    if not 10 <= _length(refresh) <= 3600:
        yield f"its refresh '{refresh}' is not between 10s and 1h; write one that is, such as 30s"
    elif refresh not in json.get("timepicker", {}).get("refresh_intervals", [refresh]):
        yield f"its refresh '{refresh}' is not among those that it offers; add it to refresh_intervals"
    start, end = (str(json.get("time", {}).get(key, "")) for key in ("from", "to"))
    found = _FROM.fullmatch(start)
    if end != "now" or not found or not _SHORTEST <= int(found[1]) * _UNIT[found[2]] <= _LONGEST:
        yield f"it opens at '{start}' to '{end}'; let it end now and begin between now-5m and now-31d"
    zone = str(json.get("timezone", ""))
    if kinds.zone(zone):
        yield f"its time zone '{zone}' is none; say browser, utc, or a name such as Europe/Berlin in the settings"


def _length(duration: str) -> int:
    try:
        return seconds(duration)
    except ValueError:
        return 0
