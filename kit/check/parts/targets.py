"""What a link may lead to, and what is wrong with one that does not."""

import re
from collections.abc import Iterator, Mapping

from attrs import frozen

from kit.check.build import Build, Dashboard
from kit.check.parts.names import BUILT_IN, names
from kit.check.parts.queries import variables
from kit.model.words import nearest

BOARD = re.compile(r"(?:^|/)d/([\w-]+)(?:/[^?#]*)?(?:\?([^#]*))?$")
_PASSED = re.compile(r"var-(\w+)=")
_PANEL = re.compile(r"(?:viewPanel|panelId)=(?:panel-)?([^&]+)")


@frozen
class Known:
    """Dashboards by uid, with their variables and panel ids; runbooks."""

    variables: Mapping[str, frozenset[str]]
    panels: Mapping[str, frozenset[str]]
    tags: frozenset[str]
    runbooks: str
    pages: frozenset[str]


def of(build: Build) -> Known:
    """Everything that was compiled."""
    by_uid: dict[str, Dashboard] = {str(board.json.get("uid")): board for board in build.dashboards}
    return Known(
        variables={uid: frozenset(str(one.get("name")) for one in variables(board)) for uid, board in by_uid.items()},
        panels={uid: frozenset(str(panel.json.get("id")) for panel in board.panels) for uid, board in by_uid.items()},
        tags=frozenset(tag for board in by_uid.values() for tag in board.json.get("tags") or ()),
        runbooks=build.product.settings.runbook_url,
        pages=frozenset(path.rsplit("/", 1)[-1] for path in build.documents if path.startswith("docs/runbooks/")),
    )


def faults(url: str, known: Known) -> Iterator[str]:
    """What is wrong with an address: a runbook, a dashboard, or something outside."""
    if known.runbooks and url.startswith(f"{known.runbooks}/"):
        page = url.removeprefix(f"{known.runbooks}/").split("#")[0]
        if page not in known.pages:
            yield f"its runbook docs/runbooks/{page} does not exist{nearest(page, known.pages)}; write it"
        return
    found = BOARD.search(url)
    if not found:
        if url and not url.startswith(("https://", "http://", "/explore?")):
            yield f"its link '{url}' leads nowhere; write https://… or /d/<uid>"
        return
    query = found[2] or ""
    panel = _PANEL.search(query)
    yield from board(found[1], panel[1] if panel else None, known)
    for name in dict.fromkeys([*_PASSED.findall(query), *_as_parameter(query)]):
        there = known.variables.get(found[1], frozenset())
        if found[1] in known.variables and name not in there:
            yield f"its link passes '{name}', which {found[1]} has no variable for{nearest(name, there)}"


def _as_parameter(query: str) -> Iterator[str]:
    """`${service:queryparam}` is written out as `var-service=…`."""
    for part in query.split("&"):
        if part.endswith(":queryparam}"):
            yield from (name for name in names(part) if name not in BUILT_IN)


def board(uid: str, panel: str | None, known: Known) -> Iterator[str]:
    """What is wrong with a dashboard's uid and one of its panels' ids."""
    if uid not in known.panels:
        yield f"its link leads to the dashboard '{uid}', which does not exist{nearest(uid, known.panels)}"
    elif panel is not None and panel not in known.panels[uid]:
        yield f"its link leads to panel {panel} of {uid}, which does not exist; link to one that does"
