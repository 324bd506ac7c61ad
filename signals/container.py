"""The containers: what they use of what they may, and whether they stay up (cAdvisor, kube-state-metrics).

cAdvisor's container label becomes `service` when Prometheus scrapes it, so that one choice selects a service's
metrics and its containers. `image!=""` leaves out the groups that are no container.
"""

from kit.model.expr import ratio, share
from kit.model.matcher import Match
from kit.model.metric import Counter, Gauge
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, BYTES_PER_SECOND, CORES, COUNT, PERCENT

CADVISOR = "cadvisor"
KUBE = "kube-state-metrics"
CONTAINERS = (Match("image", "!=", ""),)

cpu_seconds = Counter(
    "container_cpu_usage_seconds_total", "service id image name cpu", help="CPU used", job=CADVISOR, only=CONTAINERS
)
periods = Counter(
    "container_cpu_cfs_periods_total", "service id image name", help="Periods", job=CADVISOR, only=CONTAINERS
)
throttled = Counter(
    "container_cpu_cfs_throttled_periods_total",
    "service id image name",
    help="Periods in which it wanted more CPU than it may have",
    job=CADVISOR,
    only=CONTAINERS,
)
working_set = Gauge(
    "container_memory_working_set_bytes",
    "service id image name",
    help="Memory that cannot be taken back",
    job=CADVISOR,
    only=CONTAINERS,
)
memory_limit = Gauge(
    "container_spec_memory_limit_bytes",
    "service id image name",
    help="Memory that it may use; 0 is no limit",
    job=CADVISOR,
    only=CONTAINERS,
)
received = Counter(
    "container_network_receive_bytes_total", "service id image name interface", help="In", job=CADVISOR, only=CONTAINERS
)
sent = Counter(
    "container_network_transmit_bytes_total",
    "service id image name interface",
    help="Out",
    job=CADVISOR,
    only=CONTAINERS,
)
reads = Counter(
    "container_fs_reads_bytes_total", "service id image name device", help="Read", job=CADVISOR, only=CONTAINERS
)
writes = Counter(
    "container_fs_writes_bytes_total", "service id image name device", help="Written", job=CADVISOR, only=CONTAINERS
)
started = Gauge(
    "container_start_time_seconds", "service id image name", help="When it started", job=CADVISOR, only=CONTAINERS
)
killed = Counter(
    "container_oom_events_total", "service id image name", help="Out of memory", job=CADVISOR, only=CONTAINERS
)
pod_restarts = Counter(
    "kube_pod_container_status_restarts_total", "service namespace pod container uid", help="Restarts", job=KUBE
)
waiting = Gauge(
    "kube_pod_container_status_waiting_reason",
    "service namespace pod container uid reason",
    help="1 where a container waits, with the reason",
    job=KUBE,
)
replicas_wanted = Gauge("kube_deployment_spec_replicas", "namespace deployment", help="Wanted", job=KUBE)
replicas_available = Gauge(
    "kube_deployment_status_replicas_available", "namespace deployment", help="Available", job=KUBE
)

running = Signal(
    "container_running",
    "Containers running",
    question="How many containers run, for each service?",
    bad="fewer than before without a deployment: see restarts and the host.",
    unit=COUNT,
    lines=started.count(),
    per="service",
)
cpu = Signal(
    "container_cpu",
    "Container CPU",
    question="How much CPU does each service use?",
    bad="a service that uses more without more requests: compare with its deployments.",
    unit=CORES,
    lines=cpu_seconds.rate(),
    per="service",
    answers=("CPU",),
)
throttling = Signal(
    "container_throttled",
    "CPU throttled",
    question="How often did a container want more CPU than it may have?",
    bad="raise the limit, or find what burns the CPU; throttling is latency.",
    nothing="no container has a CPU limit",
    unit=PERCENT,
    lines=share(throttled.rate(), of=periods.rate()),
    per="service",
)
memory = Signal(
    "container_memory",
    "Container memory",
    question="How much memory does each service use?",
    bad="a steady climb is a leak: it ends with a kill.",
    unit=BYTES,
    lines=working_set.value(),
    per="service",
    answers=("memory",),
)
memory_share = Signal(
    "container_memory_limit",
    "Container memory of limit",
    question="How near are containers to their memory limit? (Without a limit: no line.)",
    bad="raise the limit or find the leak before the kernel kills the container.",
    nothing="no container has a limit",
    unit=PERCENT,
    lines=ratio(working_set.value(), of=memory_limit.value()),
    per="service instance name",
    critical=Level(0.9, above=True, hold="5m"),
)
network = Signal(
    "container_network",
    "Container network",
    question="How many bytes go in and out of each service?",
    bad="compare with its requests.",
    unit=BYTES_PER_SECOND,
    lines={"in": received.rate(), "out": sent.rate()},
    per="service",
    answers=("network I/O",),
)
disk_io = Signal(
    "container_io",
    "Container disk I/O",
    question="How much does each service read and write?",
    bad="a service that reads all the time lacks a cache, or memory.",
    unit=BYTES_PER_SECOND,
    lines={"read": reads.rate(), "write": writes.rate()},
    per="service",
    answers=("disk I/O",),
)
restarts = Signal(
    "container_restarts",
    "Container starts",
    question="How often did containers start again in the last hour?",
    bad="read the last lines of its log before each start.",
    unit=COUNT,
    lines=started.change("changes", window="1h"),
    per="service",
)
out_of_memory = Signal(
    "container_oom",
    "Out of memory",
    question="How often did a container run out of memory in the last hour?",
    bad="the process was killed: raise its limit or find the leak.",
    unit=COUNT,
    lines=killed.increase(window="1h"),
    per="service",
)
kubernetes_restarts = Signal(
    "pod_restarts",
    "Pod restarts",
    question="How often did Kubernetes restart a container in the last hour?",
    bad="kubectl describe pod tells the last state and its reason.",
    unit=COUNT,
    lines=pod_restarts.increase(window="1h"),
    per="namespace pod container",
    warning=Level(3, above=True, hold="5m"),
)
kubernetes_waiting = Signal(
    "pod_waiting",
    "Pods waiting",
    question="Which containers wait, and why?",
    bad="CrashLoopBackOff: read its log; ImagePullBackOff: the image's name or the registry.",
    nothing="none waits",
    unit=COUNT,
    lines=waiting.value(),
    per="namespace pod reason",
)
kubernetes_missing = Signal(
    "deployment_missing",
    "Replicas missing",
    question="Do deployments have as many replicas as they want?",
    bad="see the pods that wait, and whether the nodes have room.",
    unit=COUNT,
    lines=replicas_wanted.value() - replicas_available.value(),
    per="namespace deployment",
)
