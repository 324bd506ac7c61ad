"""Is anything wrong, and where?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import alerts_firing, bargauge, stat, states, table, timeseries
from signals import container, host, monitoring, queue, service

page = Page(
    "System Overview",
    variables=[services],
    rows={
        "Service health": [
            stat(service.instances, width=3),
            stat(monitoring.firing, width=3),
            stat(service.up_share, width=3),
            stat(service.errors.only("5xx").top(1), title="5xx", width=3),
            states(service.health.by("instance"), title="Instances over time", width=6),
            alerts_firing(width=6),
        ],
        "Request rates and errors": [
            timeseries(service.rate),
            timeseries(service.errors),
            timeseries(service.latency.only("P95")),
        ],
        "Queue depths": [
            timeseries(queue.depth),
            bargauge(queue.depth, width=6),
            timeseries(queue.oldest, width=10),
        ],
        "Resource utilization": [
            timeseries(host.cpu, width=6),
            timeseries(host.memory, width=6),
            bargauge(host.disk.only("used").top(3), title="Fullest disks", width=6),
            timeseries(host.network.by(), width=6),
        ],
        "By service (collapsed)": [
            table(service.rate, service.errors, service.latency, service.connections, title="Services"),
            timeseries(container.cpu),
            timeseries(container.memory),
            timeseries(service.connections),
            stat(service.availability, spark=False, width=24),
        ],
    },
)
