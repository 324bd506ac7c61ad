"""What is one service doing, and what is it running on?"""

from dashboards.variables import endpoint
from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import heatmap, logs, stat, states, table, timeseries
from signals import container, service
from signals import logs as log

page = Page(
    "Service",
    variables=[services, endpoint],
    rows={
        "Health": [
            stat(service.rate.by()),
            stat(service.errors.only("5xx").by(), title="5xx"),
            stat(service.latency.only("P95").by(), title="P95"),
            stat(service.connections.by(), title="Connections"),
            stat(service.objective.by(), title="Within 1 s"),
            stat(service.availability.by(), spark=False),
            states(service.health.by("instance"), title="Instances over time", width=24, height=6),
        ],
        "Requests": [
            timeseries(service.rate.by("endpoint"), stacked=True),
            timeseries(service.by_status, stacked=True),
            timeseries(service.connections.by("instance")),
        ],
        "Errors": [
            timeseries(service.errors),
            timeseries(service.errors.only("5xx").by("endpoint"), key="5xx by endpoint"),
            timeseries(service.errors.only("4xx").by("endpoint"), key="4xx by endpoint"),
        ],
        "Response time": [
            timeseries(service.latency),
            timeseries(service.latency.only("P95").by("endpoint"), key="P95 by endpoint"),
            heatmap(service.spread, width=8),
            table(
                service.rate.by("endpoint"),
                service.errors.by("endpoint"),
                service.latency.by("endpoint"),
                title="Endpoints",
                width=24,
            ),
        ],
        "Containers": [
            timeseries(container.cpu),
            timeseries(container.memory_share),
            timeseries(container.network),
            stat(container.running.by(), width=6),
            stat(container.restarts.by(), width=6),
            stat(container.out_of_memory.by(), width=6),
            stat(container.throttling.by(), width=6),
        ],
        "Versions (collapsed)": [table(service.versions), timeseries(service.restarts), timeseries(container.memory)],
        "Logs": [timeseries(log.by_level, stacked=True, width=24, height=5), logs(log.every)],
    },
)
