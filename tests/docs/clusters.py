"""What lies in a cluster where a folder of monitoring/ was applied, as Kustomize would make it."""

from functools import cache

import yaml

from tests.docs.pages import ROOT

MONITORING = ROOT / "monitoring"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Folders with programs; the operator's has none of its own.
FOLDERS = ("k8s", "overlays/dev", "overlays/production", "overlays/mimir")
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def documents(path):
    return list(yaml.load_all(path.read_text(), LOADER))


@cache
def kustomization(folder):
    """Its kustomization, and those of the folders that it names."""
    [path] = [path for name in ("kustomization.yaml", "Kustomization") if (path := folder / name).is_file()]
    return documents(path)[0]


@cache
def objects(folder):
    """(kind, name) → the object as it is written; patches change what is in it, or remove it."""
    said, found = kustomization(folder), {}
    for name in said.get("resources", ()):
        path = (folder / name).resolve()
        found |= objects(path) if path.is_dir() else {_key(one): one for one in documents(path)}
    for generated in said.get("configMapGenerator", ()):
        found["ConfigMap", generated["name"]] = generated
    for patch in said.get("patches", ()):
        for one in documents(folder / patch["path"]) if "path" in patch else [yaml.load(patch["patch"], LOADER)]:
            if one.get("$patch") == "delete":
                del found[_key(one)]
            else:
                found[_key(one)] = _patched(found[_key(one)], one)
    return found


def _key(one):
    return one["kind"], one["metadata"]["name"]


def _patched(one, patch):
    """With the arguments of the patch, where it has some: nothing else of a patch is asked for here."""
    if one["kind"] not in WORKLOADS or not (spec := patch["spec"].get("template", {}).get("spec")):
        return one
    said = {one["name"]: {"args": one["args"]} for one in spec.get("containers", ()) if "args" in one}
    pod = one["spec"]["template"]["spec"]
    containers = [{**container, **said.get(container["name"], {})} for container in pod["containers"]]
    template = {**one["spec"]["template"], "spec": {**pod, "containers": containers}}
    return {**one, "spec": {**one["spec"], "template": template}}


@cache
def applied():
    """Folder → what lies in the cluster, by kind and name."""
    return {folder: objects((MONITORING / folder).resolve()) for folder in FOLDERS}


def namespaces():
    """Where the folders put it: one namespace."""
    return {kustomization((MONITORING / folder).resolve())["namespace"] for folder in FOLDERS}


def programs(found):
    """Label `app` → the workload whose pods have it."""
    return {one["spec"]["template"]["metadata"]["labels"]["app"]: one for (kind, _), one in found.items()
            if kind in WORKLOADS}  # fmt: skip
