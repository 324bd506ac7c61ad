"""Every folder is built by the real Kustomize, and every object that comes out is one of Kubernetes."""

import kubernetes_validate
import pytest

FOLDERS = ("k8s",)
# The oldest that is still cared for, and the newest that the schemas know.
VERSIONS = ("1.34", "1.37")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_object_is_valid(build, folder, version):
    objects = build(folder)
    for one in objects:
        kubernetes_validate.validate(one, version, strict=True)
    kinds = {one["kind"] for one in objects}
    assert {"Namespace", "ConfigMap", "Service", "ServiceAccount", "ClusterRole"} <= kinds


def test_what_is_no_object_of_kubernetes_is_told(build):
    [deployment] = [
        one for one in build("k8s") if one["kind"] == "Deployment" and one["metadata"]["name"] == "prometheus"
    ]
    broken = deployment | {"spec": deployment["spec"] | {"replicaz": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)


def test_every_object_has_a_name_of_its_own_and_a_namespace(build):
    everywhere = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
    for folder in FOLDERS:
        seen = [(one["kind"], one["metadata"]["name"]) for one in build(folder)]
        assert len(seen) == len(set(seen))
        for one in build(folder):
            assert ("namespace" in one["metadata"]) != (one["kind"] in everywhere), one["metadata"]["name"]
