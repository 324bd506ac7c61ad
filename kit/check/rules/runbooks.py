"""Every alert has a runbook, every runbook an alert, and the index lists them all."""

from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.model.fault import Where
from kit.model.words import nearest

ID = "runbooks"
_FOLDER = "docs/runbooks/"
_INDEX = "docs/runbooks/README.md"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    pages = {path for path in (*build.runbook_pages, *build.documents) if path.startswith(_FOLDER)} - {_INDEX}
    alerts = {f"{_FOLDER}{alert.name}.md": alert for alert in build.product.site.alerts}
    for path, alert in alerts.items():
        if not build.documents.get(path, "").strip():
            yield Finding(alert.where, ID, alert.name, f"it has no runbook; write {path}")
    for path in sorted(pages - alerts.keys()):
        name = path.removeprefix(_FOLDER).removesuffix(".md")
        known = [alert.name for alert in alerts.values()]
        message = f"no alert has this name{nearest(name, known)}; rename the page, or take it away"
        yield Finding(Where(path), ID, name, message)
    for message in _index(build, sorted(pages & alerts.keys())):
        yield Finding(Where(_INDEX), ID, "README.md", message)


def _index(build: Build, pages: list[str]) -> Iterator[str]:
    index = build.documents.get(_INDEX, "")
    if build.runbook_pages and not index and _INDEX not in build.runbook_pages:
        yield "the runbooks have no index; write one that links to each"
    for name in (path.removeprefix(_FOLDER) for path in pages if index):
        if f"({name})" not in index and f"(./{name})" not in index:
            yield f"it does not list {name}; add a link to it"
