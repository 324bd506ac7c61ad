"""Does what everything runs on hold?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import bargauge, stat, timeseries
from signals import container, host, logs

page = Page(
    "Infrastructure",
    variables=[services],
    rows={
        "Container health": [
            stat(container.running.by(), title="Running", width=4),
            stat(container.out_of_memory.by(), title="Out of memory", width=4),
            timeseries(container.restarts, width=8),
            timeseries(container.memory_share.by("service"), title="Memory of limit", width=8),
        ],
        "Network performance": [
            timeseries(host.network),
            timeseries(container.network),
            timeseries(host.network_drops),
        ],
        "Disk usage": [
            bargauge(host.disk.only("used").top(4), title="Fullest disks"),
            timeseries(host.disk_io),
            timeseries(host.disk_time),
        ],
        "Log analysis": [
            timeseries(logs.by_level, stacked=True, width=12),
            timeseries(logs.errors_by_service, width=12),
        ],
    },
)
