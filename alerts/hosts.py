"""What wakes people about hosts and containers."""

from kit.model.alert import critical, warning
from signals import container, host

DiskUsageHigh = critical(
    host.disk,
    summary="A disk is nearly full.",
    description="{value} of {mountpoint} on {instance} is used (level {level}).",
    answers="disk usage",
)
LowDiskSpace = warning(
    host.disk,
    summary="A disk runs out of room, now or within a day.",
    description="{value} of {mountpoint} on {instance} is free (level {level}, or on course to fill within 24 h).",
    answers="low disk space",
)
MemoryUsageHigh = critical(
    host.memory,
    summary="A host runs out of memory.",
    description="{value} of the memory of {instance} is used (level {level}).",
    answers="memory usage",
)
ContainerMemoryHigh = critical(
    container.memory_share,
    summary="A container is near its memory limit.",
    description="{service} ({name} on {instance}) uses {value} of the memory that it may use (level {level}).",
    answers="memory usage",
)
CpuUsageHigh = warning(
    host.cpu,
    summary="A host's CPUs are busy for long.",
    description="The CPUs of {instance} are busy {value} of the time (level {level}).",
    answers="CPU usage",
)
PodRestarting = warning(
    container.kubernetes_restarts,
    summary="A container keeps restarting.",
    description="{container} in {namespace}/{pod} restarted {value} times in an hour (level {level}).",
)
