"""Kustomizations: which objects belong together, and ConfigMaps made of compiled files, none of which is written twice.

Kustomize reads no file above a kustomization's folder and takes no folder above it as its base, so each folder of files
makes its ConfigMaps itself, and overlays/ stands beside k8s/. https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kit.emit.k8s.objects import NAMESPACE, Object

# Without an ending, since Grafana reads whatever ends in .yaml in a folder of its own files.
BESIDE_FILES = "Kustomization"
NAMED = "kustomization.yaml"
OVERLAYS = "overlays"
UPON_BASE = "../../k8s"
PATCHES = "patches/"


def kustomization(resources: Iterable[str] = (), **more: Any) -> Object:
    """A kustomization of files and folders."""
    head: Object = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    given = {"resources": list(resources), **more}
    return head | {key: value for key, value in given.items() if value}


def common() -> Object:
    """What every object gets: its namespace, and a label."""
    labels = {"pairs": {"app.kubernetes.io/part-of": NAMESPACE}, "includeTemplates": True}
    return {"namespace": NAMESPACE, "labels": [labels]}


def config_map(name: str, files: Mapping[str, str], fixed: bool = False, **more: Any) -> Object:
    """A ConfigMap of files: key → path, seen from the kustomization.

    A new content is a new name, so that whoever reads it at its start starts again; `fixed` where it is read again.
    """
    known = [path if path == key else f"{key}={path}" for key, path in files.items()]
    return {"name": name, "files": known, **({"options": {"disableNameSuffixHash": True}} if fixed else {}), **more}


def literals(name: str, values: Iterable[str], **more: Any) -> Object:
    """A ConfigMap of `NAME=value`."""
    return {"name": name, "literals": list(values), **more}


def overlay(files: Mapping[str, Any], upon: str = UPON_BASE, **more: Any) -> Object:
    """`files`: by path, those in patches/ are patches; `upon`: the folder of what they change."""
    resources = [upon, *(path for path in files if not path.startswith(PATCHES))]
    patches = [{"path": path} for path in files if path.startswith(PATCHES)]
    return kustomization(resources, **common(), **more, patches=patches)


def patches(*found: Object) -> dict[str, list[Object]]:
    """Path → patch: a file each, since not every kubectl takes several that remove something from one."""
    return {f"{PATCHES}{one['kind'].lower()}-{one['metadata']['name']}.yaml": [one] for one in found}


def removed(kind: str, api: str, name: str) -> Object:
    """A patch that takes an object away."""
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name}, "$patch": "delete"}


def patched(kind: str, name: str, spec: Mapping[str, Any], pod: Mapping[str, Any]) -> Object:
    """A patch of a workload: what differs of it, and of its pod."""
    template = {"template": {"spec": dict(pod)}} if pod else {}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": {**spec, **template}}
