"""Every panel has a title, a description that says more than the title, and words for no data."""

from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding

ID = "panel-text"
# Kinds that say nothing of their own when a query comes back empty, or have words for it in their plugin.
_NO_FIELDS = frozenset({"alertlist", "annolist", "dashlist", "logs", "news", "row", "text"})


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        for panel in board.panels:
            for message in _faults(panel.json):
                yield Finding(panel.where, ID, panel.subject, message)


def _faults(json: Json) -> Iterator[str]:
    title, told = str(json.get("title") or "").strip(), str(json.get("description") or "").strip()
    if not title:
        yield "it has no title; give it one"
    if json.get("type") == "row":
        return
    if not told:
        yield "it has no description; say what it shows and what to do"
    elif told.casefold().rstrip(".") == title.casefold():
        yield "its description only repeats the title; say what it shows and what to do"
    if json.get("type") not in _NO_FIELDS and not json.get("fieldConfig", {}).get("defaults", {}).get("noValue"):
        yield "it shows nothing when there is no data; say so with noValue"
