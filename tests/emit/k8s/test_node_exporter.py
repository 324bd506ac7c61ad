"""What node-exporter looks at on its node: disks and persistent volumes, and nothing twice."""

import re

import pytest


def hidden(pods):
    """The mount points at which node-exporter does not look: RE2, searched, as its filesystem collector does."""
    flag = "--collector.filesystem.mount-points-exclude="
    [found] = [one for one in pods["node-exporter"]["containers"][0]["args"] if one.startswith(flag)]
    assert not re.search(r"\(\?[=!<]", found), "RE2 looks neither ahead nor back"
    return re.compile(found.removeprefix(flag))


KUBELET = "/var/lib/kubelet"
POD_FOLDER = f"{KUBELET}/pods/3f2a9d0e-6a55-4c1c-9d0f-0d6a3f8f8f11"
VOLUMES = f"{POD_FOLDER}/volumes/kubernetes.io~"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/boot/efi",
        "/data",
        "/var/lib",
        KUBELET,
        f"{VOLUMES}csi/pvc-0b7b3a0e-1f0c-4c8a-a6a4-4a8d6f0f5a11/mount",
        f"{VOLUMES}local-volume/local-pv-1d3f",
        f"{VOLUMES}nfs/shared",
        f"{VOLUMES}aws-ebs/vol-0a1b2c",
        f"{VOLUMES}gce-pd/pd-1",
    ],
)
def test_disks_and_persistent_volumes_are_seen(pods, path):
    assert not hidden(pods).search(path)


@pytest.mark.parametrize(
    "path",
    [
        "/dev/shm",
        "/proc/sys/fs/binfmt_misc",
        "/run/user/1000",
        "/var/lib/docker/overlay2/ab12/merged",
        "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/ab12/shm",
        f"{KUBELET}/plugins/kubernetes.io/csi/ebs.csi.aws.com/0c1d/globalmount",
        f"{KUBELET}/plugins/kubernetes.io/csi/pv/pvc-0b7b/globalmount",
        f"{KUBELET}/plugins/kubernetes.io/local-volume/mounts/local-pv-1d3f",
        f"{KUBELET}/pod-resources",
        f"{POD_FOLDER}/volume-subpaths/pvc-0b7b/postgres/0",
        f"{POD_FOLDER}/volumeDevices/kubernetes.io~csi/pvc-0b7b",
        f"{POD_FOLDER}/containers/postgres/1a2b3c4d",
        f"{VOLUMES}projected/kube-api-access-x2x4k",
        f"{VOLUMES}secret/grafana-admin",
        f"{VOLUMES}configmap/settings",
        f"{VOLUMES}empty-dir/cache",
    ],
)
def test_what_is_no_disk_or_a_disk_once_more_is_not(pods, path):
    assert hidden(pods).search(path)


def test_the_nodes_exporter_may_pass_the_kubelets_folders_and_nobody_else(pods):
    """They are 0750, root's and its group's (kubelet_pods.go, makePodDataDirs)."""
    groups = {name: pod["securityContext"].get("supplementalGroups") for name, pod in pods.items()}
    assert {name: given for name, given in groups.items() if given} == {"node-exporter": [0]}
