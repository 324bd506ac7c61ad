"""Hosts and containers: disks, memory, CPUs, restarts."""

from tests.stories.telling.series import GONE, TICK, counting, held, then
from tests.stories.telling.story import Alert, crossing, story

FULL, LOW = "A disk is nearly full.", "A disk runs out of room, now or within a day."
USED, FREE = ("df-hosts", "Disk usage (used)"), ("df-hosts", "Disk usage (free)")
DISK = Alert("DiskUsageHigh", "critical", "disk", FULL, USED, ("instance",))
DISK_BACKUP = Alert("DiskUsageHighBackup", "critical", "disk", FULL, USED, ("instance",), "DiskUsageHigh")
SPACE = Alert("LowDiskSpace", "warning", "disk", LOW, FREE, ("instance",))
SPACE_BACKUP = Alert("LowDiskSpaceBackup", "warning", "disk", LOW, FREE, ("instance",), "LowDiskSpace")
MEMORY = Alert(
    "MemoryUsageHigh",
    "critical",
    "host_memory",
    "A host runs out of memory.",
    ("df-hosts", "Memory"),
    ("instance",),
)
CONTAINER = Alert(
    "ContainerMemoryHigh",
    "critical",
    "container_memory_limit",
    "A container is near its memory limit.",
    ("df-service", "Container memory of limit"),
    ("service",),
)
CPU = Alert(
    "CpuUsageHigh", "warning", "host_cpu", "A host's CPUs are busy for long.", ("df-hosts", "CPU"), ("instance",)
)
RESTARTS = Alert(
    "PodRestarting",
    "warning",
    "pod_restarts",
    "A container keeps restarting.",
    ("df-containers", "Pod restarts"),
)

HOST = 'instance="h:9100",job="node"'
ROOT = 'device="/dev/sda1",fstype="ext4",mountpoint="/",' + HOST
BACKUP = 'device="/dev/sdb1",fstype="ext4",mountpoint="/backup",' + HOST
AT_ROOT, AT_BACKUP = ({"instance": "h:9100", "mountpoint": mountpoint} for mountpoint in ("/", "/backup"))
BOX = 'service="query-service",name="query",image="q:1",id="/q",instance="c:8080",job="cadvisor"'
# cAdvisor tells of groups that are no container as well, without an image.
GROUP = BOX.replace('image="q:1"', 'image=""')
IN_BOX = {"service": "query-service", "name": "query", "instance": "c:8080"}
DISKS = (DISK, DISK_BACKUP, SPACE, SPACE_BACKUP)


# What a CPU does that is not idle, each of it so much that 71 % would be less than 70 % without it.
BUSY = {"user": 0.3, "system": 0.1, "nice": 0.1, "iowait": 0.2, "irq": 0.1, "softirq": 0.1, "steal": 0.1}


def disk(what, which=ROOT):
    return f"node_filesystem_{what}_bytes{{{which}}}"


def filled(minutes=60, which=ROOT, **sizes):
    """A disk as it stays: `filled(size=100, avail=19, free=24)`."""
    return {disk(what, which): held((value, minutes)) for what, value in sizes.items()}


def draining(free, each_hour):
    """A disk of 1000 with `free` left, that loses so much in an hour."""
    loss = each_hour / 60 * TICK
    return {disk("size"): held((1000, 60)), disk("avail"): f"{free}-{loss}x239", disk("free"): f"{free}-{loss}x239"}


def drained(*parts):
    """A disk of 1000: from how much is left, what that gains in an hour, for how many hours; one part after another."""
    course = then(*(f"{free}{gain / 60 * TICK:+.10g}x{round(hours * 60 / TICK) - 1}" for free, gain, hours in parts))
    hours = sum(hours for _, _, hours in parts)
    return {disk("size"): held((1000, hours * 60)), disk("avail"): course, disk("free"): course}


def full_by_nature(kind):
    return story(
        f"a file system of the kind {kind} may be full, wherever it is",
        {
            **filled(which=ROOT.replace("ext4", kind), size=100, avail=0, free=0),
            **filled(which=BACKUP.replace("ext4", kind), size=100, avail=0, free=0),
        },
        *(alert.quiet("5m", "15m", "59m") for alert in DISKS),
    )


def in_memory(labels, uses, may):
    names = {"container_memory_working_set_bytes": uses, "container_spec_memory_limit_bytes": may}
    return {f"{name}{{{labels}}}": held((value, 30)) for name, value in names.items()}


def busy(share, minutes=40, then_share=None):
    """A host of one CPU; `then_share` for 20 minutes more."""

    def course(of_busy, of_all):
        rates = [share] if then_share is None else [share, then_share]
        return counting(
            *((60 * (of_busy * x + of_all * (1 - x)), n) for x, n in zip(rates, (minutes, 20), strict=False))
        )

    cpu = f'node_cpu_seconds_total{{{HOST},cpu="0",mode='
    return {f'{cpu}"idle"}}': course(0, 1), **{f'{cpu}"{mode}"}}': course(part, 0) for mode, part in BUSY.items()}}


PROMISE = "(level 20 %, or on course to fill within 24 h)."
RESTARTED = 'kube_pod_container_status_restarts_total{namespace="n",pod="p",container="c",uid="u"}'
POD = {"namespace": "n", "pod": "p", "container": "c"}

STORIES = (
    # --- disks
    *crossing(
        DISK,
        disk("free"),
        level=20,
        beyond=19.9,
        hold=15,
        said="80.1% of / on h:9100 is used (level 80 %).",
        who=AT_ROOT,
        beside={disk("size"): 100},
    ),
    *crossing(
        DISK_BACKUP,
        disk("free", BACKUP),
        level=5,
        beyond=4.9,
        hold=15,
        said="95.1% of /backup on h:9100 is used (level 95 %).",
        who=AT_BACKUP,
        beside={disk("size", BACKUP): 100},
    ),
    # What falls is on course to fill, so these recover to far more than their level, and do not come from below.
    *crossing(
        SPACE,
        disk("avail"),
        level=20,
        beyond=19.9,
        hold=5,
        said=f"19.9% of / on h:9100 is free {PROMISE}",
        who=AT_ROOT,
        beside={disk("size"): 100},
        falls_to=50,
    ),
    *crossing(
        SPACE_BACKUP,
        disk("avail", BACKUP),
        level=5,
        beyond=4.9,
        hold=5,
        said="4.9% of /backup on h:9100 is free (level 5 %, or on course to fill within 24 h).",
        who=AT_BACKUP,
        beside={disk("size", BACKUP): 100},
        falls_to=50,
    ),
    story(
        "a disk that is full at once is warned of before it is critical",
        {disk("size"): held((100, 60)), **{disk(what): held((90, 10), (10, 50)) for what in ("avail", "free")}},
        SPACE.quiet("10m"),
        SPACE.fires("20m", "59m", said=f"10% of / on h:9100 is free {PROMISE}", **AT_ROOT),
        DISK.quiet("20m", "24m45s"),
        DISK.fires("25m", "59m", said="90% of / on h:9100 is used (level 80 %).", **AT_ROOT),
    ),
    story(
        "LowDiskSpace fires 5 min after a disk is on course to fill within a day",
        draining(900, each_hour=38),
        SPACE.quiet("5m"),
        SPACE.fires("5m15s", said=f"89.67% of / on h:9100 is free {PROMISE}", **AT_ROOT),
        SPACE.fires("50m", said=f"86.83% of / on h:9100 is free {PROMISE}", **AT_ROOT),
    ),
    story(
        "LowDiskSpace is quiet about a disk on course to fill in more than a day",
        draining(900, each_hour=36),
        SPACE.quiet("5m15s", "50m"),
    ),
    # Five hours from 900 to 400 of 1000, then room is made, and nothing falls any more: the six hours still do.
    story(
        "LowDiskSpace forgets a steep fall soon after a cleanup, and not only when six hours have passed",
        drained((900, -100, 5), (800, 0, 4)),
        SPACE.fires("60m", said=f"80% of / on h:9100 is free {PROMISE}", **AT_ROOT),
        SPACE.fires("300m", said=f"80% of / on h:9100 is free {PROMISE}", **AT_ROOT),
        SPACE.quiet("305m", "310m", "345m", "365m", "400m", "480m", "539m"),
    ),
    story(
        "LowDiskSpace is quiet about one copy that ends, on a disk that was calm before",
        drained((900, 0, 5), (900, -200, 0.25), (850, 0, 3)),
        SPACE.quiet("300m", "310m", "330m", "345m", "360m", "479m"),
    ),
    story(
        "what is reserved for root counts as used by the warning only",
        filled(size=100, avail=19, free=24),
        SPACE.fires("5m", said=f"19% of / on h:9100 is free {PROMISE}", **AT_ROOT),
        DISK.quiet("15m", "59m"),
    ),
    story(
        "a backup volume may be fuller",
        filled(which=BACKUP, size=100, avail=10, free=10),
        *(alert.quiet("5m", "15m", "59m") for alert in DISKS),
    ),
    story(
        "no other disk is judged by the levels of a backup volume",
        filled(size=100, avail=1, free=1),
        DISK_BACKUP.quiet("5m", "15m", "59m"),
        SPACE_BACKUP.quiet("5m", "15m", "59m"),
    ),
    *map(full_by_nature, ("tmpfs", "overlay", "squashfs")),
    # --- memory
    *crossing(
        MEMORY,
        f"node_memory_MemAvailable_bytes{{{HOST}}}",
        level=10,
        beyond=9.9,
        hold=5,
        said="90.1% of the memory of h:9100 is used (level 90 %).",
        who={"instance": "h:9100"},
        beside={f"node_memory_MemTotal_bytes{{{HOST}}}": 100},
    ),
    *crossing(
        CONTAINER,
        f"container_memory_working_set_bytes{{{BOX}}}",
        level=90,
        beyond=90.1,
        hold=5,
        said="query-service (query on c:8080) uses 90.1% of the memory that it may use (level 90 %).",
        who=IN_BOX,
        beside={f"container_spec_memory_limit_bytes{{{BOX}}}": 100},
    ),
    story(
        "ContainerMemoryHigh is quiet about a container without a limit",
        in_memory(BOX, uses=10**10, may=0),
        CONTAINER.quiet("5m", "29m"),
    ),
    story(
        "ContainerMemoryHigh is quiet about the use of a group that is no container",
        {**in_memory(BOX, uses=50, may=100), **in_memory(GROUP, uses=60, may=0)},
        CONTAINER.quiet("5m", "29m"),
    ),
    story(
        "ContainerMemoryHigh fires though a group that is no container may use more",
        {**in_memory(BOX, uses=91, may=100), **in_memory(GROUP, uses=0, may=100)},
        CONTAINER.quiet("4m45s"),
        CONTAINER.fires(
            *("5m", "29m"),
            said="query-service (query on c:8080) uses 91% of the memory that it may use (level 90 %).",
            **IN_BOX,
        ),
    ),
    # --- CPUs
    story(
        "CpuUsageHigh fires 15 min after a host is busy above 70 %, not before",
        busy(0.71),
        CPU.quiet("15m"),
        CPU.fires("15m15s", "39m", said="The CPUs of h:9100 are busy 71% of the time (level 70 %).", instance="h:9100"),
    ),
    story("CpuUsageHigh is quiet at 69 %", busy(0.69), CPU.quiet("15m15s", "39m")),
    story(
        "CpuUsageHigh recovers when the work is done",
        busy(0.9, minutes=20, then_share=0.1),
        CPU.fires("20m", said="The CPUs of h:9100 are busy 90% of the time (level 70 %).", instance="h:9100"),
        CPU.quiet("25m", "39m"),
    ),
    # --- restarts
    story(
        "PodRestarting fires 5 min after a container has restarted for the fourth time in an hour, and recovers",
        {RESTARTED: held((0, 5), (1, 3), (2, 3), (3, 3), (4, 70))},
        RESTARTS.quiet("14m", "18m45s", "80m"),
        RESTARTS.fires("19m", "40m", said="c in n/p restarted 4 times in an hour (level 3).", **POD),
    ),
    story(
        "PodRestarting is quiet about three restarts in an hour",
        {RESTARTED: held((0, 5), (1, 3), (2, 3), (3, 40))},
        RESTARTS.quiet("11m", "16m", "19m", "50m"),
    ),
    story(
        "PodRestarting is quiet about a container that restarted long ago",
        {RESTARTED: held((7, 60))},
        RESTARTS.quiet("10m", "59m"),
    ),
    story(
        "PodRestarting is quiet an hour after the pod is gone",
        {RESTARTED: then(held((0, 5), (4, 10)), GONE)},
        RESTARTS.quiet("76m"),
    ),
)
