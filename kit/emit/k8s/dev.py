"""overlays/dev: for a cluster on a laptop. Nothing is kept: a pod that is gone has forgotten everything."""

from kit.emit.k8s import prometheus
from kit.emit.k8s.kustomize import literals, overlay, patched, patches, removed
from kit.emit.k8s.objects import Object
from kit.emit.k8s.program import Program
from kit.emit.k8s.stack import Stack
from kit.emit.k8s.workload import DATA, claim_name, resources

_KEPT = prometheus.kept(days=2, gigabytes=1)


def kustomization(stack: Stack) -> Object:
    """The base, and what differs."""
    return overlay(objects(stack), configMapGenerator=[literals(prometheus.ENVIRONMENT, _KEPT, behavior="merge")])


def objects(stack: Stack) -> dict[str, list[Object]]:
    """File → what stands in it."""
    watcher, grafana = stack.prometheus, stack.grafana
    smaller = {"name": watcher.name, "resources": resources(1024, 1)}
    return patches(
        patched("Deployment", watcher.name, {}, {"containers": [smaller], "volumes": [forgotten()]}),
        patched("Deployment", grafana.name, {}, {"volumes": [forgotten()]}),
        *(
            patched("StatefulSet", one.name, {"volumeClaimTemplates": None}, {"volumes": [forgotten(claimed=False)]})
            for one in (stack.alertmanager, stack.loki)
        ),
        *(_unshared(one) for one in (stack.exporters.node,) if one),
        *(removed("PersistentVolumeClaim", "v1", claim_name(one)) for one in (watcher, grafana)),
    )


def _unshared(node: Program) -> Object:
    """A laptop's node may be a container whose root is not shared: Kubernetes refuses a pod that wants it so."""
    mounts = [
        {"name": name, "mountPath": path, "mountPropagation": "None"}
        for name, volume in node.volumes.items()
        if volume.propagation
        for path in volume.paths
    ]
    return patched("DaemonSet", node.name, {}, {"containers": [{"name": node.name, "volumeMounts": mounts}]})


def forgotten(claimed: bool = True) -> Object:
    """The volume of data, without what keeps it: gone with the pod."""
    return {"name": DATA, "emptyDir": {"sizeLimit": "4Gi"}, **({"persistentVolumeClaim": None} if claimed else {})}
