"""The ConfigMaps of dashboards, data sources and alerting, as the sidecar of Grafana's Helm chart looks for them.

They are those of the base, which Kustomize makes of the compiled files, with a label each. Their names stay what they
are when their contents change: of an old and a new one with the same files the sidecar might keep either.
https://github.com/grafana-community/helm-charts: `sidecar.dashboards.label`, `.folderAnnotation` and their like.
"""

from collections.abc import Iterator, Mapping

from kit.emit.k8s import grafana
from kit.emit.k8s.grafana import Maps
from kit.emit.k8s.kustomize import removed
from kit.emit.k8s.operator.objects import Json

# Below which the files of a ConfigMap lie → the label by which the sidecar of their kind knows it.
_LABELS = {
    "dashboards/": "grafana_dashboard",
    "datasources/": "grafana_datasource",
    "provisioning/alerting/": "grafana_alert",
}
_FOLDER = "grafana_folder"


def labelled(maps: Maps) -> Iterator[Json]:
    """What is added to each ConfigMap that a sidecar reads."""
    for name, label, paths in _read(maps):
        folder = {"annotations": {_FOLDER: paths[0].split("/")[1]}} if paths[0].startswith("dashboards/") else {}
        yield fixed(name, labels={label: "1"}, **folder)
    yield fixed(grafana.CONTACT_POINTS, labels={_LABELS["provisioning/alerting/"]: "1"})


def unread(maps: Maps) -> Iterator[Json]:
    """Patches that take away what the sidecar's chart has of its own: which folder of files is which of Grafana's."""
    known = {name for name, _, _ in _read(maps)}
    yield from (removed("ConfigMap", "v1", name) for name in maps.rest if name not in known)


def fixed(name: str, **more: Mapping[str, str]) -> Json:
    """A ConfigMap of the base whose name stays, with what is added to it."""
    return {"name": name, "behavior": "merge", "options": {"disableNameSuffixHash": True, **more}}


def _read(maps: Maps) -> Iterator[tuple[str, str, list[str]]]:
    for name, files in {**maps.dashboards, **maps.rest}.items():
        paths = list(files.values())
        yield from ((name, label, paths) for folder, label in _LABELS.items() if paths[0].startswith(folder))
