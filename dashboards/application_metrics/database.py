"""Is the database the reason?"""

from kit.draw.page import Page
from kit.draw.panel import gauge, stat, table, timeseries
from signals import database

page = Page(
    "Database",
    rows={
        "Health": [
            stat(database.up, width=6),
            gauge(database.connections, width=6),
            gauge(database.hits, width=6),
            stat(database.size, width=6),
        ],
        "As the services feel it": [
            timeseries(database.latency),
            timeseries(database.latency.only("P95").by("query"), key="by query"),
            timeseries(database.queries),
        ],
        "Statements": [
            timeseries(database.statements.top(10), width=12),
            table(database.statements.top(20), database.statement_mean.top(20), title="Statements", width=12),
        ],
        "Transactions and locks": [
            timeseries(database.transactions),
            timeseries(database.locks, stacked=True),
            timeseries(database.deadlocks),
        ],
        "Connections and size (collapsed)": [
            timeseries(database.connection_count, stacked=True),
            timeseries(database.connections),
            timeseries(database.size),
        ],
    },
)
