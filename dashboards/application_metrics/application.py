"""Which part of the application is slow or failing?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import bargauge, stat, timeseries
from signals import business, cache, database, queue, service

page = Page(
    "Application Metrics",
    variables=[services],
    rows={
        "API endpoint performance": [
            timeseries(service.rate.by("endpoint")),
            timeseries(service.latency.only("P95").by("endpoint")),
            timeseries(service.errors.only("5xx").by("endpoint")),
        ],
        "Database query performance": [
            stat(database.up, width=4),
            timeseries(database.latency.only("P95"), width=10),
            timeseries(database.transactions, width=10),
        ],
        "Cache hit rates": [
            stat(cache.up, width=4),
            timeseries(cache.hit_rate, width=10),
            timeseries(cache.redis_hit_rate, width=10),
        ],
        "Processing pipeline status": [
            timeseries(business.stages),
            timeseries(business.stage_failures),
            bargauge(queue.depth),
        ],
    },
)
