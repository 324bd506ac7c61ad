"""Every folder of dashboards has one provider that pins its uid, and the alerts' folder has a title of its own.

Alerting files are applied before dashboard files, and a title that both name becomes two folders: see
https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards
"""

from collections import Counter
from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.queries import named
from kit.model.words import nearest

ID = "dashboard-folder"
_PROVIDERS = "grafana/provisioning/dashboards/"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    providers = tuple(_providers(build))
    served = Counter(_folder(provider) for _, provider in providers)
    for board in build.dashboards:
        folder = board.path.split("/")[2]
        if not served[folder]:
            message = f"no provider serves its folder '{folder}'{nearest(folder, served)}; Grafana would never load it"
            yield Finding(board.where, ID, named(board), message)
    titles = {str(provider.get("folder", "")) for _, provider in providers}
    for path, provider in providers:
        title, folder = str(provider.get("folder", "")), _folder(provider)
        if served[folder] > 1:
            yield Finding(ruled.file(path), ID, title, f"two providers serve the folder '{folder}'; keep one")
        if title != folder:
            yield Finding(ruled.file(path), ID, title, f"its files are in '{folder}'; give folder and title one name")
        if not provider.get("folderUid"):
            yield Finding(ruled.file(path), ID, title, "it pins no folderUid, so Grafana makes one up; write one")
    for path, group in ruled.groups(build, ruled.GRAFANA):
        if group.get("folder") in titles:
            message = f"the alerts' folder '{group['folder']}' has the title of a set; Grafana would make two of it"
            yield Finding(ruled.file(path), ID, str(group.get("name")), message)


def _providers(build: Build) -> Iterator[tuple[str, Json]]:
    for path, document in build.yaml.items():
        if path.startswith(_PROVIDERS) and isinstance(document, dict):
            yield from ((path, provider) for provider in document.get("providers") or ())


def _folder(provider: Json) -> str:
    return str(provider.get("options", {}).get("path", "")).rstrip("/").rsplit("/", 1)[-1]
