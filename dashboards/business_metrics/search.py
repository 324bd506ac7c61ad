"""Do people find what they look for, and how fast?"""

from dashboards.variables import modality
from kit.draw.page import Page
from kit.draw.panel import heatmap, stat, table, timeseries
from signals import business, cache

page = Page(
    "Search",
    variables=[modality],
    rows={
        "Now": [
            stat(business.search_rate.by(), width=6),
            stat(business.search_latency.by(), width=12),
            stat(business.search_empty.by(), width=6),
        ],
        "Searches": [
            timeseries(business.search_rate, stacked=True),
            timeseries(business.search_empty),
            timeseries(cache.hit_rate.by("cache")),
        ],
        "Search time": [
            timeseries(business.search_latency.by(), width=12),
            timeseries(business.search_latency.only("P95"), key="P95", width=12),
            heatmap(business.search_spread, width=24),
            table(business.search_rate, business.search_latency, business.search_empty, title="Modalities", width=24),
        ],
    },
)
