"""Which container uses too much, or does not stay up?"""

from dashboards.variables import container_service
from kit.draw.page import Page
from kit.draw.panel import stat, table, timeseries
from signals import container

page = Page(
    "Containers",
    variables=[container_service],
    rows={
        "Health": [
            stat(container.running.by(), width=8),
            stat(container.restarts.by(), width=8),
            stat(container.out_of_memory.by(), width=8),
        ],
        "CPU and memory": [
            timeseries(container.cpu, width=12),
            timeseries(container.throttling, width=12),
            timeseries(container.memory, width=12),
            timeseries(container.memory_share, width=12),
        ],
        "Network and disk": [timeseries(container.network, width=12), timeseries(container.disk_io, width=12)],
        "Each container": [
            table(
                container.cpu.by("service", "instance", "name"),
                container.memory.by("service", "instance", "name"),
                container.memory_share,
                container.throttling.by("service", "instance", "name"),
                title="Containers",
                height=12,
            ),
            timeseries(container.restarts, width=12),
            timeseries(container.out_of_memory, width=12),
        ],
        "Kubernetes (collapsed)": [
            timeseries(container.kubernetes_restarts.top(10)),
            table(container.kubernetes_waiting, width=8),
            timeseries(container.kubernetes_missing),
        ],
    },
)
