"""A landing page answers in one screen, with every row that its set must show, open, and health first."""

from collections.abc import Iterator

from kit.check.build import Build, Dashboard, Json
from kit.check.finding import Finding
from kit.check.parts.queries import named
from kit.draw.style import SCREEN
from kit.model.fault import Where
from kit.model.words import nearest

ID = "landing-screen"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    folders = {f"{board.page.uid}.json": board.page.folder for board in build.product.boards}
    landings: dict[str, list[Dashboard]] = {}
    for board in build.dashboards:
        if board.landing:
            landings.setdefault(folders[board.path.rsplit("/", 1)[-1]], []).append(board)
    for folder, rows in build.product.brief.rows.items():
        found = landings.get(folder, [])
        if len(found) != 1:
            message = f"it has {len(found)} landing pages; name one in its PageSet, and let it have a dashboard"
            yield Finding(Where(f"dashboards/{folder}/__init__.py"), ID, folder, message)
        for board in found:
            for message in _rows(board.json, rows):
                yield Finding(board.where, ID, named(board), message)
    for board in (board for found in landings.values() for board in found):
        for message in _height(board.json):
            yield Finding(board.where, ID, named(board), message)


def _height(json: Json) -> Iterator[str]:
    """The last cell of what is open; closed rows may lie below the screen."""
    shown = [panel.get("gridPos", {}) for panel in json.get("panels", ()) if not panel.get("collapsed")]
    bottom = max((place.get("y", 0) + place.get("h", 0) for place in shown), default=0)
    if bottom > SCREEN:
        yield f"it ends at line {bottom}, and a screen has {SCREEN}; close a row, or show less in one"


def _rows(json: Json, wanted: tuple[str, ...]) -> Iterator[str]:
    rows = [panel for panel in json.get("panels", ()) if panel.get("type") == "row"]
    titles = [str(row.get("title")) for row in rows]
    closed = {str(row.get("title")) for row in rows if row.get("collapsed")}
    for title in wanted:
        if title not in titles:
            yield f"it has no row '{title}'{nearest(title, titles)}; its set must show one"
        elif title in closed:
            yield f"its row '{title}' is closed, and its set must show it; open it"
    first = titles[0] if titles else ""
    if wanted and first != wanted[0] and "health" not in first.casefold():
        yield f"it begins with '{first}', and health comes first; begin with '{wanted[0]}'"
