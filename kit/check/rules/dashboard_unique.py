"""No uid serves two objects, of whatever kind, and no folder has two dashboards of one title."""

from collections.abc import Iterator

from attrs import frozen

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.queries import named
from kit.emit.model import ALERT_FOLDER_UID
from kit.model.fault import Where

ID = "dashboard-unique"


@frozen
class _Object:
    kind: str
    name: str
    uid: str
    where: Where


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    holders: dict[str, _Object] = {}
    for one in _objects(build):
        other = holders.setdefault(one.uid, one)
        if other is not one:
            message = f"the {one.kind} has the uid '{one.uid}' of the {other.kind} '{other.name}'; rename one of them"
            yield Finding(one.where, ID, one.name, message)
    titles: dict[tuple[str, str], str] = {}
    for board in build.dashboards:
        # People tell dashboards apart by what they read, and Grafana accepts two of one title.
        key = (board.path.rsplit("/", 1)[0], str(board.json.get("title", "")).casefold())
        if titles.setdefault(key, board.path) != board.path:
            message = f"its folder has another dashboard of this title ({titles[key]}); change one"
            yield Finding(board.where, ID, named(board), message)


def _objects(build: Build) -> Iterator[_Object]:
    """Everything that Grafana keeps under a uid."""
    for board in build.dashboards:
        yield _Object("dashboard", named(board), str(board.json.get("uid", "")), board.where)
    yield _Object("folder", "alerts", ALERT_FOLDER_UID, Where("kit/emit/model.py"))
    for path, document in build.yaml.items():
        # What an overlay has takes the place of the base's.
        if not isinstance(document, dict) or path.startswith("overlays/"):
            continue
        for source in document.get("datasources") or ():
            yield _Object("data source", str(source.get("name")), str(source.get("uid")), ruled.file(path))
        for provider in document.get("providers") or ():
            yield _Object("folder", str(provider.get("folder")), str(provider.get("folderUid")), ruled.file(path))
        for point in document.get("contactPoints") or ():
            for receiver in point.get("receivers") or ():
                yield _Object("contact point", str(point.get("name")), str(receiver.get("uid")), ruled.file(path))
    for rule in ruled.grafana(build):
        yield _Object("alert rule", rule.name, str(rule.json.get("uid", "")), rule.where)
