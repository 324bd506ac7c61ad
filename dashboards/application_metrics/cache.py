"""Does the cache help, and is Redis well?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import gauge, stat, table, timeseries
from signals import cache

page = Page(
    "Cache",
    variables=[services],
    rows={
        "Now": [
            stat(cache.up, width=4),
            gauge(cache.hit_rate.by("cache"), width=8),
            gauge(cache.redis_hit_rate, width=4),
            gauge(cache.memory_share, width=4),
            stat(cache.clients, width=4),
        ],
        "Hit rates": [
            timeseries(cache.hit_rate),
            timeseries(cache.lookup_rate, stacked=True),
            timeseries(cache.redis_hit_rate),
        ],
        "Redis": [
            timeseries(cache.memory),
            timeseries(cache.evictions),
            timeseries(cache.keys),
            timeseries(cache.commands.top(10), width=12),
            table(cache.commands, cache.command_time, title="Commands", width=12),
        ],
    },
)
