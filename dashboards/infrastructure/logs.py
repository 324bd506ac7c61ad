"""What do the services say, and who complains?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import logs, timeseries
from signals import logs as log

page = Page(
    "Logs",
    variables=[services],
    rows={
        "How much": [
            timeseries(log.by_level, stacked=True, width=12),
            timeseries(log.errors_by_service, width=12),
        ],
        "Errors and warnings": [logs(log.troubles, height=10)],
        "Everything": [logs(log.every, height=14)],
        "Durations (collapsed)": [timeseries(log.said_duration, width=24)],
    },
)
