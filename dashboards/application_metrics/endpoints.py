"""Which endpoint is slow, failing or flooded?"""

from dashboards.variables import endpoint
from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import heatmap, stat, table, timeseries
from signals import service

page = Page(
    "API Endpoints",
    variables=[services, endpoint],
    rows={
        "Overall": [
            stat(service.rate.by(), width=6),
            stat(service.errors.by(), width=6),
            stat(service.latency.by(), width=6),
            stat(service.objective.by(), width=6),
        ],
        "By endpoint": [
            table(
                service.rate.by("service", "endpoint"),
                service.errors.by("service", "endpoint"),
                service.latency.by("service", "endpoint"),
                title="Endpoints",
                height=10,
            ),
        ],
        "Requests and errors": [
            timeseries(service.rate.by("endpoint"), stacked=True),
            timeseries(service.errors.only("5xx").by("endpoint"), key="5xx"),
            timeseries(service.errors.only("4xx").by("endpoint"), key="4xx"),
        ],
        "Response time": [
            timeseries(service.latency.only("P50").by("endpoint"), key="P50"),
            timeseries(service.latency.only("P95").by("endpoint"), key="P95"),
            timeseries(service.latency.only("P99").by("endpoint"), key="P99"),
            heatmap(service.spread, width=24),
        ],
    },
)
