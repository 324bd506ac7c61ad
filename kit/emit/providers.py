"""grafana/provisioning/dashboards/: one provider a set, which pins the uid of its folder.

https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards; `foldersFromFilesStructure` would
make folders with random uids.
"""

from collections.abc import Mapping

from kit.emit.model import Product
from kit.emit.text import yaml_text

# Where Grafana finds dashboards, each set in a folder of its own.
DASHBOARDS = "/var/lib/grafana/dashboards"


def path(title: str) -> str:
    """Where Grafana finds the dashboards of a set."""
    return f"{DASHBOARDS}/{title}"


def folder_uid(folder: str) -> str:
    """`system_overview` → `dataflux-system-overview`."""
    return f"dataflux-{folder.replace('_', '-')}"


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    sets = sorted(product.site.sets.items(), key=lambda pair: pair[1].order)
    providers = [
        {
            "name": folder_uid(folder),
            "orgId": 1,
            "folder": place.title,
            "folderUid": folder_uid(folder),
            "type": "file",
            "disableDeletion": False,
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": path(place.title)},
        }
        for folder, place in sets
    ]
    text = yaml_text({"apiVersion": 1, "providers": providers}, "dashboards/*/__init__.py")
    return {"grafana/provisioning/dashboards/dataflux.yml": text}
