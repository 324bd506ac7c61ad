"""Which host is busy, full or broken?"""

from dashboards.variables import instance
from kit.draw.page import Page
from kit.draw.panel import bargauge, stat, timeseries
from signals import host

page = Page(
    "Hosts",
    variables=[instance],
    rows={
        "Now": [
            stat(host.cpu, width=6),
            stat(host.memory, width=6),
            stat(host.load, width=6),
            stat(host.network.by(), width=6),
        ],
        "CPU": [timeseries(host.cpu), timeseries(host.cpu_modes, stacked=True), timeseries(host.load)],
        "Memory": [timeseries(host.memory), timeseries(host.memory_used), timeseries(host.swapping)],
        "Disks": [
            timeseries(host.disk.only("used"), width=8),
            timeseries(host.disk.only("free"), key="free"),
            bargauge(host.inode_use),
            timeseries(host.disk_io, width=12),
            timeseries(host.disk_time, width=12),
        ],
        "Network": [timeseries(host.network), timeseries(host.network_drops), timeseries(host.network_errors)],
    },
)
