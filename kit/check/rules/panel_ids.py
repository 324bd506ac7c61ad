"""Panel ids are there and tell panels apart, in rows too; so do the refIds of a panel's queries."""

from collections.abc import Iterator

from kit.check.build import Build, Panel
from kit.check.finding import Finding

ID = "panel-ids"
# Grafana keeps an id in 32 bits with a sign.
_MOST = 2**31 - 1


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for board in build.dashboards:
        seen: dict[int, Panel] = {}
        for panel in board.panels:
            number = panel.json.get("id")
            if type(number) is not int or not 1 <= number <= _MOST:
                message = f"its id is {number!r}; it must be a whole number from 1 to 2147483647"
                yield Finding(panel.where, ID, panel.subject, message)
            elif seen.setdefault(number, panel) is not panel:
                other = seen[number].json.get("title")
                message = f"its id {number} is that of '{other}' as well; give one of them key='…'"
                yield Finding(panel.where, ID, panel.subject, message)
            for message in _refs(panel):
                yield Finding(panel.where, ID, panel.subject, message)


def _refs(panel: Panel) -> Iterator[str]:
    seen: set[str] = set()
    for position, target in enumerate(panel.queries, 1):
        ref = target.get("refId")
        if not ref:
            yield f"its query {position} has no refId; give it a letter"
        elif ref in seen:
            yield f"two of its queries have the refId {ref}, and one would hide the other; give each its own"
        seen.add(str(ref))
