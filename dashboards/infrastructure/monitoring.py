"""Can the monitoring itself be trusted?"""

from kit.draw.page import Page
from kit.draw.panel import stat, states, table, timeseries
from signals import monitoring, service, watchers

page = Page(
    "Monitoring",
    rows={
        "Health": [
            stat(monitoring.prometheus_up, width=4),
            stat(monitoring.firing, width=4),
            stat(monitoring.reload.by("job"), title="Configuration read", width=4),
            states(service.exporters.by("job"), title="Exporters", width=12, height=9),
        ],
        "Alerting": [
            timeseries(monitoring.firing_by, stacked=True),
            timeseries(monitoring.sent),
            timeseries(monitoring.failed),
            stat(monitoring.alertmanager, width=6, height=9),
            stat(monitoring.silenced, width=6, height=9),
            stat(watchers.notifiers, width=4, height=9),
            timeseries(monitoring.dropped),
        ],
        "What is collected": [
            states(monitoring.collectors, width=12),
            timeseries(monitoring.collected_age, width=12),
        ],
        "Prometheus": [
            timeseries(monitoring.series),
            timeseries(monitoring.samples),
            timeseries(monitoring.storage),
            timeseries(monitoring.scrapes),
            timeseries(monitoring.query_time),
            timeseries(monitoring.rule_time),
            table(monitoring.scraped, monitoring.scrapes, title="Jobs", width=12),
            timeseries(monitoring.rules, width=12),
        ],
        "Grafana": [
            timeseries(monitoring.grafana_latency),
            timeseries(monitoring.grafana_rate),
            timeseries(monitoring.grafana_alerting),
        ],
        "Loki": [
            timeseries(monitoring.loki_intake),
            timeseries(monitoring.loki_line_rate),
            timeseries(monitoring.loki_lost),
            timeseries(monitoring.loki_latency.only("P95"), key="P95", width=12),
            timeseries(monitoring.loki_stream_count, width=12),
        ],
    },
)
