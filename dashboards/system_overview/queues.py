"""Does the work keep up with what comes in?"""

from dashboards.variables import queue_name
from kit.draw.page import Page
from kit.draw.panel import bargauge, heatmap, stat, timeseries
from signals import queue

page = Page(
    "Queues",
    variables=[queue_name],
    rows={
        "Now": [
            bargauge(queue.depth, width=12, height=6),
            stat(queue.drain, width=6, height=6),
            stat(queue.oldest, width=6, height=6),
        ],
        "Depth": [timeseries(queue.depth, width=12), timeseries(queue.oldest, width=12)],
        "In and out": [timeseries(queue.flow, width=12), timeseries(queue.drain, width=12)],
        "Processing": [
            timeseries(queue.processing, width=12),
            heatmap(queue.processing_spread, width=12),
        ],
        "Kafka (collapsed)": [
            timeseries(queue.consumer_lag),
            timeseries(queue.produced),
            timeseries(queue.replication),
            stat(queue.brokers),
        ],
    },
)
