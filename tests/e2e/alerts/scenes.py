"""The scenes: what is made to go wrong in the played DataFlux, and which alerts are to be told of it."""

from collections.abc import Callable

from attrs import field, frozen

from simulator import cast
from simulator.day import activity

CRITICAL, WARNING = "critical", "warning"
# How busy people are, whatever the hour is, and how full the file systems of the Compose host are in quiet times.
BUSY, USED = 0.7, 0.46
DISKS = ("/", "/data")


@frozen
class Told:
    """An alert that is to be told: how bad, how the uid of the page to look at ends, what its text names (patterns)."""

    alert: str
    severity: str
    page: str
    names: tuple[str, ...]


@frozen
class Scene:
    """`play` turns the knobs at each step, `after` does once it is over; `tells`: the alerts, `silences`: those that
    are kept quiet by a critical one."""

    name: str
    play: Callable
    tells: tuple[Told, ...]
    after: Callable = lambda world: None
    silences: tuple[tuple[str, str], ...] = field(default=())


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


DIES = Scene(
    "a service dies",
    _dead,
    (Told("ServiceDown", CRITICAL, "-service", ("analysis-service", "analysis-service:8013")),),
)
STORE = Scene(
    "a node of the object storage dies",
    _node,
    (Told("ObjectStorageNodeDown", CRITICAL, "-", ("dataflux", r"\b1\b")),),
)
DISK = Scene(
    "a disk fills",
    _full,
    (
        Told("DiskUsageHigh", CRITICAL, "-hosts", ("compose-1:9100", "/data", r"\b9\d(\.\d+)? ?%")),
        Told("LowDiskSpace", WARNING, "-hosts", ("compose-1:9100", "/data", r"\b[1-9](\.\d+)? ?%")),
    ),
    after=_cleaned,
    silences=(("LowDiskSpace", "/"), ("LowDiskSpace", "/data")),
)
CPU = Scene("CPU burns", _burning, (Told("CpuUsageHigh", WARNING, "-hosts", ("node-1:9100", r"\b9\d(\.\d+)? ?%")),))
ERRORS = Scene(
    "5xx rise",
    _failing,
    (Told("ErrorRateHigh", CRITICAL, "-service", ("query-service", r"\b[1-4]\d?(\.\d+)? ?%")),),
)
QUEUE = Scene(
    "a queue fills",
    _filling,
    (
        Told("QueueDepthCritical", CRITICAL, "-queues", ("analysis", r"2(\.\d+k|\d{3})|2\.\d+ ?k")),
        Told("QueueDepthHigh", WARNING, "-queues", ("thumbnails", r"\b7\d\d")),
    ),
    after=_emptied,
    silences=(("QueueDepthHigh", "analysis"),),
)
MEMORY = Scene(
    "memory fills",
    _hungry,
    (Told("MemoryUsageHigh", CRITICAL, "-hosts", ("node-2:9100", r"\b9\d(\.\d+)? ?%")),),
)
LATENCY = Scene(
    "latency rises",
    _slow,
    (Told("ResponseTimeHigh", WARNING, "-service", ("ingestion-service", r"\d(\.\d+)? ?m?s")),),
)
EXPORTER = Scene(
    "an exporter vanishes", _unseen, (Told("ExporterDown", WARNING, "-", ("redis", "redis-exporter:9121")),)
)

# Told while the webhook's receiver is down; what holds so long that Alertmanager is started anew meanwhile; the rest.
FIRST = (DIES, STORE)
LONG = (DISK, CPU)
THEN = (ERRORS, QUEUE, MEMORY, LATENCY, EXPORTER)
SCENES = (*FIRST, *LONG, *THEN)
ALL = tuple(told for scene in SCENES for told in scene.tells)
