"""Kustomizations: which objects belong together, and ConfigMaps made of compiled files, none of which is written twice.

Kustomize reads no file above a kustomization's folder and takes no folder above it as its base, so each folder of files
makes its ConfigMaps itself, and overlays/ stands beside k8s/. https://kubectl.docs.kubernetes.io/references/kustomize/
"""

from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
# Without an ending, since Grafana reads whatever ends in .yaml in a folder of its own files.
BESIDE_FILES = "Kustomization"
NAMED = "kustomization.yaml"


def kustomization(resources: Iterable[str] = (), **more: Any) -> Json:
    """A kustomization of files and folders."""
    head: Json = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return head | {"resources": list(resources)} | {key: value for key, value in more.items() if value}


def config_map(name: str, files: Mapping[str, str], fixed: bool = False, **more: Any) -> Json:
    """`files`: key → path, seen from the kustomization. A new content is a new name, so that whoever reads it at its
    start starts again; `fixed` where it is read again by itself.
    """
    known = [path if path == key else f"{key}={path}" for key, path in files.items()]
    return {"name": name, "files": known, **({"options": {"disableNameSuffixHash": True}} if fixed else {}), **more}
