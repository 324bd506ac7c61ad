"""PostgreSQL, from outside (postgres_exporter) and as the services feel it."""

from kit.model.expr import ratio, share
from kit.model.matcher import Match
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import (
    BYTES,
    COUNT,
    OPERATIONS_PER_SECOND,
    PER_SECOND,
    PERCENT,
    SECONDS,
    SECONDS_PER_SECOND,
    UP_DOWN,
)
from signals.jobs import SERVICES

POSTGRES = "postgres"

# Objects that all databases share are counted under no name.
DATABASES = (Match("datname", "!=", ""),)

pg_up = Gauge("pg_up", help="1 when the exporter reached PostgreSQL", job=POSTGRES)
backends = Gauge("pg_stat_database_numbackends", "datid datname", help="Connections", job=POSTGRES, only=DATABASES)
max_connections = Gauge("pg_settings_max_connections", "server", help="Connections that it takes", job=POSTGRES)
commits = Counter("pg_stat_database_xact_commit", "datid datname", help="Commits", job=POSTGRES, only=DATABASES)
rollbacks = Counter("pg_stat_database_xact_rollback", "datid datname", help="Rollbacks", job=POSTGRES, only=DATABASES)
blocks_hit = Counter(
    "pg_stat_database_blks_hit", "datid datname", help="Blocks found in memory", job=POSTGRES, only=DATABASES
)
blocks_read = Counter(
    "pg_stat_database_blks_read", "datid datname", help="Blocks read from disk", job=POSTGRES, only=DATABASES
)
deadlocks_seen = Counter("pg_stat_database_deadlocks", "datid datname", help="Deadlocks", job=POSTGRES, only=DATABASES)
database_size = Gauge("pg_database_size_bytes", "datname", help="Size of a database", job=POSTGRES)
locks_held = Gauge("pg_locks_count", "datname mode", help="Locks", job=POSTGRES)
statement_calls = Counter("pg_stat_statements_calls_total", "user datname queryid", help="Calls", job=POSTGRES)
statement_seconds = Counter("pg_stat_statements_seconds_total", "user datname queryid", help="Time", job=POSTGRES)
query_time = Histogram(
    "dataflux_db_query_duration_seconds",
    "service query",
    help="Time of a query, as the service feels it; query is its short name in the code",
    job=SERVICES,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)

up = Signal(
    "database_up",
    "PostgreSQL",
    question="Does PostgreSQL answer its exporter?",
    bad="the database is down or refuses connections: see its log and its disk.",
    unit=UP_DOWN,
    lines=pg_up.value("min"),
    per="instance",
    critical=Level(1, above=False, hold="1m"),
)
latency = Signal(
    "database_latency",
    "Query time",
    question="How long do queries take, as the services feel it?",
    bad="find the query that got slow, then look for a missing index or a lock.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": query_time.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="service",
)
queries = Signal(
    "database_queries",
    "Queries",
    question="How many queries do the services send?",
    bad="many more queries than requests: a loop that asks one row at a time.",
    unit=OPERATIONS_PER_SECOND,
    lines=query_time.rate(),
    per="service",
)
statements = Signal(
    "database_statements",
    "Time by statement",
    question="Which statements does PostgreSQL spend its time on?",
    bad="look the queryid up in pg_stat_statements and explain it.",
    unit=SECONDS_PER_SECOND,
    lines=statement_seconds.rate(),
    per="datname queryid",
)
statement_mean = Signal(
    "database_statement_mean",
    "Mean time of a statement",
    question="Which statements are slow each time?",
    bad="a statement that became slow on its own has outgrown its plan.",
    unit=SECONDS,
    lines=ratio(statement_seconds.rate(), of=statement_calls.rate()),
    per="datname queryid",
)
transactions = Signal(
    "database_transactions",
    "Transactions",
    question="How many transactions are committed, how many taken back?",
    bad="rollbacks that rise are errors in the services.",
    unit=OPERATIONS_PER_SECOND,
    lines={"commit": commits.rate(), "rollback": rollbacks.rate()},
    per="datname",
)
hits = Signal(
    "database_cache",
    "Buffer cache hits",
    question="Which share of the blocks is found in memory?",
    bad="below 95 % for long: the working set has outgrown shared_buffers.",
    unit=PERCENT,
    lines=share(blocks_hit.rate(), of=blocks_hit.rate() + blocks_read.rate()),
    per="datname",
)
connections = Signal(
    "database_connections",
    "Connections used",
    question="Which share of the connections that PostgreSQL takes is in use?",
    bad="a pool that leaks, or too many replicas: see the connections by database.",
    unit=PERCENT,
    lines=ratio(backends.value(), of=max_connections.value("max")),
    per="instance",
    warning=Level(0.8, above=True, hold="5m"),
)
connection_count = Signal(
    "database_backends",
    "Connections",
    question="How many connections has each database?",
    bad="compare with the pools' sizes.",
    unit=COUNT,
    lines=backends.value(),
    per="datname",
)
locks = Signal(
    "database_locks",
    "Locks",
    question="Which locks are held?",
    bad="exclusive locks that stay: a migration or a transaction left open.",
    unit=COUNT,
    lines=locks_held.value(),
    per="mode",
)
deadlocks = Signal(
    "database_deadlocks",
    "Deadlocks",
    question="Do transactions block each other?",
    bad="PostgreSQL's log names the two statements.",
    unit=PER_SECOND,
    lines=deadlocks_seen.rate(),
    per="datname",
)
size = Signal(
    "database_size",
    "Database size",
    question="How big are the databases?",
    bad="a sudden growth: a table without clean-up, or bloat after a mass update.",
    unit=BYTES,
    lines=database_size.value(),
    per="datname",
)
