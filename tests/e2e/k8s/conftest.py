"""What Kustomize makes of the compiled files: the real one, whose version stands in kustomize/go.mod."""

import re
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT

PROGRAM = "sigs.k8s.io/kustomize/kustomize/v5"
MONITORING = ROOT / "monitoring"
FOLDERS = ("k8s", "overlays/dev", "overlays/production")


@pytest.fixture(scope="session")
def kustomize(tool, once):
    """`kustomize(folder)`: how it ends, what it prints and what it says. It is made once for all workers."""
    go = tool("go")

    def made(folder):
        shutil.copytree(Path(__file__).parent / "kustomize", folder, dirs_exist_ok=True)
        argv = [go, "build", "-o", "it", PROGRAM]
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr

    program = once("kustomize", made) / "it"
    return lambda path: subprocess.run([program, "build", path], capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="session")
def build(kustomize):
    """`build("k8s")`: the objects of a folder under monitoring/; any other folder is named from its root."""
    known = {}

    def objects(folder):
        path = MONITORING / folder
        if path not in known:
            made = kustomize(path)
            assert (made.returncode, made.stderr) == (0, "")
            known[path] = list(yaml.load_all(made.stdout, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        return known[path]

    return objects


@pytest.fixture(scope="session", params=FOLDERS)
def folder(request):
    """Each folder that people apply."""
    return request.param


def named(objects, kind, name):
    """The one object of a kind and a name; of a ConfigMap, whose name ends in a hash, the beginning will do."""
    [found] = [
        one
        for one in objects
        if one["kind"] == kind and (one["metadata"]["name"] == name or (kind == "ConfigMap" and _base(one) == name))
    ]
    return found


def _base(one):
    return one["metadata"]["name"].rpartition("-")[0]


def command(objects, container):
    """What a container is started with; Kubernetes fills in variables, which is done here for those of ConfigMaps."""
    asked = {one["name"]: one.get("valueFrom", {}).get("configMapKeyRef") for one in container.get("env", ())}
    known = {name: named(objects, "ConfigMap", of["name"])["data"][of["key"]] for name, of in asked.items() if of}
    return [re.sub(r"\$\((\w+)\)", lambda found: known.get(found[1], found[0]), word) for word in container["args"]]


def written(objects, pod, volume, folder):
    """Put what a pod finds in a volume into a folder, as Kubernetes does.

    Files lie in a folder that is called otherwise in every pod; at the top are links to what is in it, by `..data`:
    https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go
    """
    [found] = [one for one in pod["volumes"] if one["name"] == volume]
    there = folder / f"..2026_09_01_12_00_00.{secrets.randbelow(10**9)}"
    there.mkdir(parents=True)
    (folder / "..data").symlink_to(there.name)
    for source in found.get("projected", {}).get("sources", (found,)):
        data = named(objects, "ConfigMap", source["configMap"]["name"])["data"]
        items = source["configMap"].get("items") or [{"key": key, "path": key} for key in data]
        for item in items:
            path = there / item["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(data[item["key"]])
    for one in there.iterdir():
        (folder / one.name).symlink_to(f"..data/{one.name}")
    return folder


def mounted(objects, pod, root):
    """Put all that a pod finds in ConfigMaps below a folder, at the paths where it finds it."""
    filled = {one["name"] for one in pod["volumes"] if one.keys() & {"configMap", "projected"}}
    for mount in pod["containers"][0]["volumeMounts"]:
        if mount["name"] in filled:
            written(objects, pod, mount["name"], root / mount["mountPath"].removeprefix("/"))
    return root
