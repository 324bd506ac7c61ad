"""USE for the hosts: utilisation, saturation and errors of CPU, memory, disks and network (node_exporter)."""

from kit.model.expr import Binary, either, ratio, share
from kit.model.matcher import Match, no
from kit.model.metric import Counter, Gauge
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, BYTES_PER_SECOND, CORES, NUMBER, PER_SECOND, PERCENT

NODE = "node"
DAY = 86_400

# Virtual file systems are full or empty by nature, and virtual interfaces count what the real ones count again.
REAL_DISKS = (Match("fstype", "!~", "tmpfs|ramfs|overlay|squashfs|iso9660|fuse.*"),)
REAL_INTERFACES = (Match("device", "!~", "lo|veth.*|docker.*|br-.*|cali.*|flannel.*|cni.*"),)

cpu_seconds = Counter("node_cpu_seconds_total", "cpu mode", help="Seconds of each CPU in each mode", job=NODE)
load_1m = Gauge("node_load1", help="Load average of one minute", job=NODE)
memory_total = Gauge("node_memory_MemTotal_bytes", help="Memory of the host", job=NODE)
memory_available = Gauge("node_memory_MemAvailable_bytes", help="What a new process could get", job=NODE)
swap_in = Counter("node_vmstat_pswpin", help="Pages swapped in", job=NODE, typed=False)
swap_out = Counter("node_vmstat_pswpout", help="Pages swapped out", job=NODE, typed=False)
disk_size = Gauge("node_filesystem_size_bytes", "device fstype mountpoint", help="Size", job=NODE, only=REAL_DISKS)
disk_available = Gauge(
    "node_filesystem_avail_bytes",
    "device fstype mountpoint",
    help="What an ordinary process can still write",
    job=NODE,
    only=REAL_DISKS,
)
disk_free = Gauge(
    "node_filesystem_free_bytes",
    "device fstype mountpoint",
    help="Free, root's reserve included",
    job=NODE,
    only=REAL_DISKS,
)
inodes = Gauge("node_filesystem_files", "device fstype mountpoint", help="Inodes", job=NODE, only=REAL_DISKS)
inodes_free = Gauge(
    "node_filesystem_files_free", "device fstype mountpoint", help="Free inodes", job=NODE, only=REAL_DISKS
)
disk_read = Counter("node_disk_read_bytes_total", "device", help="Bytes read", job=NODE)
disk_written = Counter("node_disk_written_bytes_total", "device", help="Bytes written", job=NODE)
disk_busy = Counter("node_disk_io_time_seconds_total", "device", help="Seconds spent on I/O", job=NODE)
received = Counter("node_network_receive_bytes_total", "device", help="Bytes in", job=NODE, only=REAL_INTERFACES)
sent = Counter("node_network_transmit_bytes_total", "device", help="Bytes out", job=NODE, only=REAL_INTERFACES)
receive_drops = Counter("node_network_receive_drop_total", "device", help="Drops", job=NODE, only=REAL_INTERFACES)
transmit_drops = Counter("node_network_transmit_drop_total", "device", help="Drops", job=NODE, only=REAL_INTERFACES)
receive_errors = Counter("node_network_receive_errs_total", "device", help="Errors", job=NODE, only=REAL_INTERFACES)
transmit_errors = Counter("node_network_transmit_errs_total", "device", help="Errors", job=NODE, only=REAL_INTERFACES)

cpu = Signal(
    "host_cpu",
    "CPU",
    question="How busy are the hosts' CPUs?",
    bad="see which container uses it; iowait in the host's page points at disks instead.",
    unit=PERCENT,
    lines=share(cpu_seconds.rate(mode=no("idle")), of=cpu_seconds.rate()),
    per="instance",
    warning=Level(0.7, above=True, hold="15m"),
    answers=("CPU",),
)
cpu_modes = Signal(
    "host_cpu_modes",
    "CPU by mode",
    question="What are the CPUs busy with, in CPUs?",
    bad="iowait: disks; steal: the hypervisor; system: the kernel, often network or many small files.",
    unit=CORES,
    lines=cpu_seconds.rate(mode=no("idle")),
    per="mode",
)
load = Signal(
    "host_load",
    "Load per CPU",
    question="How many processes want to run, for each CPU?",
    bad="above 1 for long: work waits; look at CPU and at disks.",
    unit=NUMBER,
    lines=load_1m.value() / cpu_seconds.count(mode="idle"),
    per="instance",
)
memory = Signal(
    "host_memory",
    "Memory",
    question="How much of the hosts' memory is used?",
    bad="find the container that grows; a host that runs out kills processes.",
    unit=PERCENT,
    lines=1 - ratio(memory_available.value(), of=memory_total.value()),
    per="instance",
    critical=Level(0.9, above=True, hold="5m"),
    answers=("memory",),
)
memory_used = Signal(
    "host_memory_used",
    "Memory used",
    question="How many bytes are used?",
    bad="find the container that grows.",
    unit=BYTES,
    lines=memory_total.value() - memory_available.value(),
    per="instance",
    answers=("memory",),
)
swapping = Signal(
    "host_swap",
    "Swapping",
    question="Does the host move memory to disk and back?",
    bad="steady swapping in both directions: memory is too small for what runs here.",
    unit=PER_SECOND,
    lines={"in": swap_in.rate(), "out": swap_out.rate()},
    per="instance",
)
# Where the last six hours lead, and the last hour. What is told is the better of both: six hours, so that one copy is
# no course, and one hour, so that a fall that was mended (a cleanup) is none any more.
COURSES = tuple(disk_available.ahead(DAY, window=window) / disk_size.value() for window in ("6h", "1h"))
disk = Signal(
    "disk",
    "Disk usage",
    question="How full are the disks: what is used, what can still be written, where does the course lead?",
    bad="free space (old images, logs, uploads left over), then find what grows.",
    unit=PERCENT,
    lines={
        "used": ratio(disk_size.value() - disk_free.value(), of=disk_size.value()),
        "free": ratio(disk_available.value(), of=disk_size.value()),
        "free in 24 h": either(Binary(">", *COURSES), COURSES[1]),
    },
    per="instance mountpoint",
    # A backup volume may be full.
    warning=Level(
        0.2, above=False, line="free", hold="5m", also=("free in 24 h", 0), except_={"mountpoint": {"/backup": 0.05}}
    ),
    critical=Level(0.8, above=True, line="used", hold="15m", except_={"mountpoint": {"/backup": 0.95}}),
)
inode_use = Signal(
    "disk_inodes",
    "Inodes used",
    question="Are there inodes left? A disk without them is full as well.",
    bad="look for a directory with millions of small files.",
    unit=PERCENT,
    lines=1 - ratio(inodes_free.value(), of=inodes.value()),
    per="instance mountpoint",
)
disk_io = Signal(
    "disk_io",
    "Disk I/O",
    question="How much is read and written?",
    bad="compare with what the containers read and write.",
    unit=BYTES_PER_SECOND,
    lines={"read": disk_read.rate(), "write": disk_written.rate()},
    per="instance",
    answers=("disk I/O",),
)
disk_time = Signal(
    "disk_busy",
    "Disk busy",
    question="Which share of the time are the disks at work?",
    bad="near 100 %: everything that reads or writes waits.",
    unit=PERCENT,
    lines=disk_busy.rate(),
    per="instance device",
)
network = Signal(
    "network",
    "Network",
    question="How many bytes go in and out of the hosts?",
    bad="compare with requests; traffic without requests is a copy, a backup, or a guest.",
    unit=BYTES_PER_SECOND,
    lines={"in": received.rate(), "out": sent.rate()},
    per="instance",
    answers=("network I/O",),
)
network_drops = Signal(
    "network_drops",
    "Packets dropped",
    question="Are packets dropped on the way in or out?",
    bad="the host cannot keep up, or a queue is too short.",
    unit=PER_SECOND,
    lines={"in": receive_drops.rate(), "out": transmit_drops.rate()},
    per="instance",
)
network_errors = Signal(
    "network_errors",
    "Network errors",
    question="Are there broken packets?",
    bad="a cable, a port or a driver: compare both ends.",
    unit=PER_SECOND,
    lines={"in": receive_errors.rate(), "out": transmit_errors.rate()},
    per="instance",
)
