"""What Kustomize makes of the compiled files: the real one, whose version stands in kustomize/go.mod."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kit.load import ROOT

PROGRAM = "sigs.k8s.io/kustomize/kustomize/v5"
MONITORING = ROOT / "monitoring"


@pytest.fixture(scope="session")
def kustomize(tool, tmp_path_factory):
    """The path of the program."""
    go, folder = tool("go"), tmp_path_factory.mktemp("kustomize")
    shutil.copytree(Path(__file__).parent / "kustomize", folder, dirs_exist_ok=True)
    made = subprocess.run([go, "build", "-o", "it", PROGRAM], cwd=folder, capture_output=True, text=True, timeout=600)
    assert made.returncode == 0, made.stderr
    return folder / "it"


@pytest.fixture(scope="session")
def build(kustomize):
    """`build("k8s")`: the objects of a folder under monitoring/; another folder is named from its root."""
    known = {}

    def objects(folder):
        path = MONITORING / folder
        if path not in known:
            made = subprocess.run([kustomize, "build", path], capture_output=True, text=True, timeout=120)
            assert (made.returncode, made.stderr) == (0, "")
            known[path] = list(yaml.load_all(made.stdout, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        return known[path]

    return objects
