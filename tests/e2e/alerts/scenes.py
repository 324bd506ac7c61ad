"""The scenes: what is made to go wrong in the played DataFlux, and which alerts are to be told of it.

Those of Prometheus, Alertmanager and the way between them are in watchers.py.
"""

import re
from collections.abc import Callable

from attrs import frozen

from simulator import cast
from simulator.day import activity

CRITICAL, WARNING = "critical", "warning"
# How busy people are, whatever the hour is, and how full the file systems of the Compose host are in quiet times.
BUSY, USED = 0.7, 0.46
DISKS = ("/", "/data")


@frozen
class Told:
    """An alert that is to be told: how bad, how the uid of the page to look at ends, and the value (a pattern).

    `where`: for each thing that it is about, labels that tell which; what else is said follows from the definitions.
    """

    alert: str
    severity: str
    page: str
    value: str
    where: tuple[dict, ...]


def critical(alert, page, value, where=(), **labels):
    """See Told."""
    return Told(alert, CRITICAL, page, value, where or (labels,))


def warning(alert, page, value, where=(), **labels):
    """See Told."""
    return Told(alert, WARNING, page, value, where or (labels,))


@frozen
class Edit:
    """What a target exports otherwise than it should: a pattern in its page, and what stands there instead."""

    address: str
    pattern: str
    instead: str

    def done(self, page):
        """The page with it; the pattern must be found."""
        text, many = re.subn(self.pattern, self.instead, page.decode(), flags=re.MULTILINE)
        assert many, f"{self.address} exports nothing like {self.pattern!r} any more: change this scene"
        return text.encode()


@frozen
class Scene:
    """`tells`: the alerts, `silences`: those that are kept quiet by a critical one.

    `play` turns the knobs at each step, `after` does once it is over; `edits` change what is exported; `leaves`: a job
    that leaves the targets.
    """

    name: str
    tells: tuple[Told, ...]
    play: Callable = lambda world: None
    after: Callable = lambda world: None
    silences: tuple[tuple[str, str], ...] = ()
    edits: tuple[Edit, ...] = ()
    leaves: str = ""


def _quiet_disks(world, used):
    for mountpoint in DISKS:
        mount = world.mount(cast.COMPOSE, mountpoint)
        _, _, begun = next(h for h in cast.HOSTS if h.name == cast.COMPOSE).mounts[mountpoint]
        mount.more = used - begun


def ordinary(world):
    """What is so in every scene, so that the hour at which a test runs changes nothing."""
    world.people.busy = BUSY / activity(world.now)
    # So few that in a scaled window each one would be a percentile by itself.
    world.endpoint("/upload/video").load = 0
    _quiet_disks(world, USED)


def _dead(world):
    world.target("analysis-service:8013").down = 1


def _failing(world):
    world.service(cast.QUERY).failing = 0.3


def _filling(world):
    # What waits is state, not a knob: so it is there at once, above both levels in one scrape.
    world.queue("analysis").backlog = max(2000.0, world.queue("analysis").backlog)
    world.queue("thumbnails").backlog = 700.0


def _emptied(world):
    world.queue("analysis").backlog = world.queue("thumbnails").backlog = 0.0


def _full(world):
    _quiet_disks(world, 0.95)


def _disk(mountpoint):
    return {"instance": "compose-1:9100", "mountpoint": mountpoint}


def _cleaned(world):
    # Emptier than before: else its course still points to full for as long as it was quiet before.
    _quiet_disks(world, 0.2)


def _hungry(world):
    world.host(cast.NODE_2).memory_more = 0.86


def _burning(world):
    world.host(cast.NODE_1).busy = 0.9


def _slow(world):
    for path in ("/upload", "/upload/image"):
        world.endpoint(path).slow = 25


def _unseen(world):
    world.target("redis-exporter:9121").down = 1


def _node(world):
    world.objects.nodes = 1


def _leaking(world):
    # Its limit is 512 MiB, of which it uses 120 to 145.
    world.container("gateway", cast.NODE_2).leak = 355 * cast.MIB


# A rule beside the compiled ones, as somebody may write one. It joins on what names a service's version, which is one
# but for as long as a rollout lasts: two versions match, and the rule fails.
RULES = """\
groups:
- name: scenes
  rules:
  - record: service:dataflux_requests_of_version:rate1m
    expr: >-
      sum by (service) (rate(dataflux_requests_total[1m]))
      * on (service) group_left (version) max by (service, version) (dataflux_build_info)
"""

PERCENT, NINETIES = r"\d+(\.\d+)?%", r"9\d(\.\d+)?%"
# What is missing is counted, in whichever way.
SOME = r"\S+"
DIES = Scene(
    "a service dies",
    (critical("ServiceDown", "-service", "0", service="analysis-service", instance="analysis-service:8013"),),
    _dead,
)
STORE = Scene("a node of the object storage dies", (critical("ObjectStorageNodeDown", "-storage", "1"),), _node)
DISK = Scene(
    "a disk fills",
    (
        critical("DiskUsageHigh", "-hosts", NINETIES, tuple(map(_disk, DISKS))),
        warning("LowDiskSpace", "-hosts", r"[1-9](\.\d+)?%", tuple(map(_disk, DISKS))),
    ),
    _full,
    after=_cleaned,
    silences=(("LowDiskSpace", "/"), ("LowDiskSpace", "/data")),
)
CPU = Scene("CPU burns", (warning("CpuUsageHigh", "-hosts", NINETIES, instance="node-1:9100"),), _burning)
ERRORS = Scene(
    "5xx rise",
    (critical("ErrorRateHigh", "-service", r"([5-9]|[1-4]\d)(\.\d+)?%", service="query-service"),),
    _failing,
)
QUEUE = Scene(
    "a queue fills",
    (
        critical("QueueDepthCritical", "-queues", r"2(\.\d+)?k", queue="analysis"),
        warning("QueueDepthHigh", "-queues", r"7\d\d", queue="thumbnails"),
    ),
    _filling,
    after=_emptied,
    silences=(("QueueDepthHigh", "analysis"),),
)
MEMORY = Scene("memory fills", (critical("MemoryUsageHigh", "-hosts", NINETIES, instance="node-2:9100"),), _hungry)
LATENCY = Scene(
    "latency rises", (warning("ResponseTimeHigh", "-service", r"\d+(\.\d+)?s", service="ingestion-service"),), _slow
)
EXPORTER = Scene(
    "an exporter vanishes",
    (warning("ExporterDown", "-monitoring", "0", job="redis", instance="redis-exporter:9121"),),
    _unseen,
)
CONTAINER = Scene(
    "a container leaks memory",
    (critical("ContainerMemoryHigh", "-service", NINETIES, service="gateway", instance="node-2:8080"),),
    _leaking,
)
LEAVES = Scene(
    "an exporter leaves the targets", (warning("ExporterMissing", "-monitoring", SOME, job="kafka"),), leaves="kafka"
)
LABEL = Scene(
    "a label is lost",
    (warning("LabelMissing", "-monitoring", SOME, metric="dataflux_queue_oldest_age_seconds", label="queue"),),
    edits=(Edit("dataflux-exporter:9400", r'^(dataflux_queue_oldest_age_seconds)\{queue="reindex"\}', r"\1"),),
)
RULE = Scene(
    "a rule fails",
    (warning("RulesFailing", "-monitoring", PERCENT),),
    edits=(Edit("query-service:8012", r'^(dataflux_build_info\{.*version=")[^"]*"', r'\g<1>2.0.0"'),),
)
METRIC = Scene(
    "a metric is gone",
    (warning("MetricMissing", "-monitoring", SOME, metric="pg_settings_max_connections"),),
    edits=(Edit("postgres-exporter:9187", r"^pg_settings_max_connections.*\n", ""),),
)

# Missing before anything else, since that must last for half an hour; told while the webhook's receiver is down; what
# holds so long that Alertmanager is started anew meanwhile; the rest.
EARLY = (METRIC,)
FIRST = (DIES, STORE)
LONG = (CPU, LABEL)
THEN = (DISK, ERRORS, QUEUE, MEMORY, LATENCY, EXPORTER, CONTAINER, LEAVES, RULE)
SCENES = (*EARLY, *FIRST, *LONG, *THEN)
ALL = tuple(told for scene in SCENES for told in scene.tells)
# The targets that are played as down.
DOWN = {labels["instance"] for scene in (DIES, EXPORTER) for told in scene.tells for labels in told.where}


def of(*scenes):
    """The names of the alerts that scenes tell."""
    return {told.alert for scene in scenes for told in scene.tells}
