"""What do people get out of DataFlux today?"""

from kit.draw.page import Page
from kit.draw.panel import bargauge, pie, stat, timeseries
from signals import business, service, storage

page = Page(
    "Business Metrics",
    rows={
        "Asset processing rates": [
            stat(business.assets.by()),
            timeseries(business.assets, stacked=True, width=10),
            timeseries(business.asset_failures, width=10),
        ],
        "Search performance": [
            stat(business.search_rate.by()),
            timeseries(business.search_latency.by(), width=10),
            timeseries(business.search_empty, width=10),
        ],
        "User activity": [
            stat(business.active_users, width=8),
            timeseries(business.user_actions, stacked=True, width=8),
            timeseries(service.connections),
        ],
        "Storage utilization": [
            pie(storage.usage, width=8),
            timeseries(storage.usage, stacked=True),
            bargauge(storage.fill),
        ],
    },
)
