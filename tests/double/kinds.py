"""The kinds of resources that are served, and how one is shown."""

from attrs import frozen

from tests.double.canonical import canonical
from tests.double.http import failure, says
from tests.double.store import CREATED, NUMBER, UPDATED, UPDATED_AT


@frozen
class Kind:
    """A kind of resource that is served."""

    name: str
    group: str
    plural: str
    versions: tuple[str, ...]

    @property
    def full(self):
        return f"{self.plural}.{self.group}"


DASHBOARDS = Kind("Dashboard", "dashboard.grafana.app", "dashboards", ("v2", "v2beta1", "v0alpha1", "v1", "v1beta1"))
FOLDERS = Kind("Folder", "folder.grafana.app", "folders", ("v1", "v1beta1"))
KINDS = {kind.plural: kind for kind in (DASHBOARDS, FOLDERS)}
OTHERS = {"notifications.alerting.grafana.app": ("v1beta1",)}  # see inhibition.py


class Refused(Exception):
    """A request that is answered with a Status; `said` is the answer."""

    def __init__(self, said):
        super().__init__(said.status)
        self.said = said


def of(kind, name):
    """The details that name an object."""
    return {"name": name, "group": kind.group, "kind": kind.plural}


def served(double, group, version, plural):
    """The Kind of a path. Raises Refused where this Grafana does not serve it."""
    kind = KINDS.get(plural)
    if double.apis and kind and kind.group == group and version in kind.versions:
        return kind
    raise Refused(failure(404, "the server could not find the requested resource", "NotFound") if double.apis else NONE)


NONE = says(404, "Not found")


def labels_of(resource):
    return {**resource.labels, NUMBER: str(resource.number)} if resource.number else resource.labels


def metadata_of(double, resource):
    annotations = {**resource.annotations, **({CREATED: resource.created_by} if resource.created_by else {})}
    if resource.updated_by:
        annotations |= {UPDATED: resource.updated_by, UPDATED_AT: resource.updated_at}
    managed = {"manager": "double", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": {}}
    version = {"resourceVersion": str(resource.resource_version)} if resource.resource_version else {}
    return {
        "name": resource.name,
        "namespace": double.namespace,
        "uid": resource.uid,
        **version,
        "generation": resource.generation,
        "creationTimestamp": resource.created_at,
        "labels": labels_of(resource),
        "annotations": annotations,
        "managedFields": [managed],
    }


def view(double, kind, version, resource):
    """A resource as it is shown through a version: dashboards that were stored as sent are migrated by v1."""
    body = {"kind": kind.name, "apiVersion": f"{kind.group}/{version}", "metadata": metadata_of(double, resource)}
    if kind is FOLDERS:
        return {**body, "spec": resource.spec}
    as_sent = version == "v0alpha1" or resource.stored == "v1"
    status = {} if as_sent else {"conversion": {"failed": False, "storedVersion": resource.stored}}
    return {**body, "spec": resource.spec if as_sent else canonical(resource.spec), "status": status}
