"""One Grafana as the first reads found it: who we are there, and what it serves."""

from collections.abc import Mapping

from attrs import field, frozen

from kit.publish.client import Grafana, path
from kit.publish.here.targets import Target

# https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/apis/ : the stable version first.
VERSIONS = {
    "dashboard.grafana.app": ("v1", "v1beta1", "v0alpha1"),
    "folder.grafana.app": ("v1", "v1beta1"),
    "notifications.alerting.grafana.app": ("v1beta1", "v0alpha1"),
}


@frozen
class DataSource:
    """A data source there: its uid, name and type, whether it is the default and whether a file provisioned it."""

    uid: str
    name: str
    type: str
    default: bool = False
    read_only: bool = False


@frozen
class Server:
    """`apis` holds every group and version that is served, 'dashboard.grafana.app/v1' for one.

    `namespace` is where the resource API keeps what belongs to the organisation. `environ` holds the
    secrets of contact points.
    """

    client: Grafana = field(repr=False)
    target: Target
    version: str
    org: int
    org_name: str
    namespace: str
    apis: frozenset[str]
    data_sources: tuple[DataSource, ...]
    environ: Mapping[str, str] = field(factory=dict, repr=False)

    def api(self, group: str) -> str:
        """The group with the version that is used here ('folder.grafana.app/v1'), empty where none is served."""
        served = (f"{group}/{version}" for version in VERSIONS[group])
        return next((one for one in served if one in self.apis), "")

    @property
    def resources(self) -> bool:
        """Whether dashboards and folders are published as resources: both groups are served."""
        return bool(self.api("dashboard.grafana.app") and self.api("folder.grafana.app"))

    def collection(self, group: str, plural: str) -> str:
        """The path of a collection of the resource API."""
        return path("apis", *self.api(group).split("/"), "namespaces", self.namespace, plural)

    def data_source(self, uid: str) -> DataSource | None:
        """The data source that a uid of the build stands for here."""
        meant = self.target.data_sources.get(uid, uid)
        return next((one for one in self.data_sources if one.uid == (uid if meant == "create" else meant)), None)
