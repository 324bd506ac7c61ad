"""What do the services say, and who complains?"""

from dashboards.variables import service as services
from kit.draw.page import Page
from kit.draw.panel import logs, text, timeseries
from signals import logs as log

page = Page(
    "Logs",
    variables=[services],
    rows={
        "How much": [
            timeseries(log.by_level, stacked=True, width=12),
            timeseries(log.errors_by_service, width=12),
        ],
        "How to read them": [
            text(
                "From an error to its cause",
                "Open the first error after a blue mark (a deployment). Its **request** leads to the same request in "
                "all services. ERROR is a failure, WARN something that still works, INFO normal operation; silence is "
                "worth a look as well.",
            )
        ],
        "Errors and warnings": [logs(log.troubles, height=10)],
        "Everything": [logs(log.every, height=14)],
        "Durations (collapsed)": [timeseries(log.said_duration, width=24)],
    },
)
