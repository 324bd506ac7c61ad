"""Who stores how much, and how long will there be room?"""

from kit.draw.page import Page
from kit.draw.panel import bargauge, gauge, pie, stat, table, timeseries
from signals import storage

page = Page(
    "Storage",
    rows={
        "Now": [
            pie(storage.usage, width=8),
            bargauge(storage.fill, width=8),
            gauge(storage.objects, width=4, height=8),
            stat(storage.nodes, height=4),
        ],
        "Use": [
            timeseries(storage.usage, stacked=True),
            timeseries(storage.fill),
            timeseries(storage.growth),
            table(storage.usage, storage.growth, title="Services", width=24),
        ],
        "Object storage": [
            timeseries(storage.s3_rate),
            timeseries(storage.s3_failures),
            timeseries(storage.s3_traffic),
            bargauge(storage.buckets, width=16),
            timeseries(storage.drives),
        ],
    },
)
