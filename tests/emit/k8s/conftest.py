"""The compiled files for Kubernetes, read: every object of the base and of what the overlays add."""

import pytest
import yaml

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


def documents(text):
    return list(yaml.load_all(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


@pytest.fixture(scope="session")
def read(compiled):
    """Path under monitoring/ → its documents, of every file for Kubernetes; the operator's objects aside."""
    return {
        path: documents(text)
        for path, text in compiled.files.items()
        if path.startswith(("k8s/", "overlays/")) or path.endswith("/Kustomization")
        if not path.startswith("k8s/operator/")
    }


@pytest.fixture(scope="session")
def base(read):
    """The objects of the base."""
    names = read["k8s/kustomization.yaml"][0]["resources"]
    return [one for name in names if not name.startswith("../") for one in read[f"k8s/{name}"]]


@pytest.fixture(scope="session")
def production(read):
    """What the production overlay adds, patches aside."""
    names = read["overlays/production/kustomization.yaml"][0]["resources"]
    return [one for name in names if not name.startswith("../") for one in read[f"overlays/production/{name}"]]


@pytest.fixture(scope="session")
def workloads(base, production):
    """Everything that has pods, in the base and in what production adds."""
    return [one for one in (*base, *production) if one["kind"] in WORKLOADS]


@pytest.fixture(scope="session")
def pods(base):
    """Program → the spec of its pod, in the base."""
    return {one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in base if one["kind"] in WORKLOADS}


@pytest.fixture(scope="session")
def jobs(read):
    """Job → its scrape configuration on Kubernetes."""
    return {job["job_name"]: job for job in read["k8s/config/prometheus.yml"][0]["scrape_configs"]}
