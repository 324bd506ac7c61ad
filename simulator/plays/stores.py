"""PostgreSQL, Redis, Kafka and MinIO, as their exporters tell of them."""

from typing import Any

import numpy as np

from signals import cache, database, queue, storage
from simulator import cast
from simulator.sheet import Page, Sheet

# Statement → its share of all calls, seconds each.
STATEMENTS = {
    "5940291110086291274": (0.42, 0.0011),
    "-2113908842311": (0.33, 0.0004),
    "771928340012": (0.2, 0.0031),
    "88123746512345": (0.05, 0.022),
}
LOCKS = {"accesssharelock": 14, "rowexclusivelock": 6, "rowsharelock": 2, "exclusivelock": 0.6, "sharelock": 0.2}
COMMANDS = {"get": 0.62, "set": 0.18, "mget": 0.1, "expire": 0.07, "del": 0.03}
PARTITIONS = 3
GROUPS = {"analysis": "analysis-service", "thumbnails": "analysis-service", "reindex": "analysis-service"}
APIS = {"putobject": 0.32, "getobject": 0.5, "headobject": 0.14, "listobjectsv2": 0.04}
[SERVER] = cast.EXPORTERS["minio"]


def play(sheet: Sheet) -> None:
    """See the package."""
    _postgres(sheet, sheet.only("postgres"))
    _redis(sheet, sheet.only("redis"))
    _kafka(sheet, sheet.only("kafka"))
    _minio(sheet, sheet.only("minio"), sheet.only("minio-bucket"))


def _where(up: Any, values: Any) -> Any:
    """The values while the store answers its exporter, nothing otherwise."""
    return np.where(up > 0, values, np.nan)


def _postgres(sheet: Sheet, page: Page) -> None:
    db = sheet.frame["database"]
    page.gauge(database.pg_up, db.up)
    page.gauge(database.max_connections, _where(db.up, cast.CONNECTIONS), server="postgres:5432")
    rates = {"dataflux": (90 + 800 * db.load, "16384", 0.94), "postgres": (0.6, "5", 0.06)}
    for name, (rate, oid, part) in rates.items():
        of = {"datname": name, "datid": oid}
        page.gauge(database.backends, _where(db.up, np.round(db.used * part)), **of)
        page.counter(database.commits, rate * (1 - db.rolled_back) * db.up, **of)
        page.counter(database.rollbacks, rate * db.rolled_back * db.up, **of)
        page.counter(database.blocks_hit, rate * 42 * (0.992 - 0.01 * db.load) * db.up, **of)
        page.counter(database.blocks_read, rate * 42 * (0.008 + 0.01 * db.load) * db.up, **of)
        page.counter(database.deadlocks_seen, (db.deadlocked + 0.0002) * (name == "dataflux") * db.up, **of)
        page.gauge(database.database_size, _where(db.up, np.round(db.size if oid == "16384" else 7.6e6)), datname=name)
        for mode, held in LOCKS.items():
            more = db.locked if mode == "exclusivelock" else 0.0
            values = np.round(held * (0.4 + db.load) + more) if name == "dataflux" else 0.0
            page.gauge(database.locks_held, _where(db.up, values), datname=name, mode=mode)
    for query, (part, mean) in STATEMENTS.items():
        of = {"user": "dataflux", "datname": "dataflux", "queryid": query}
        calls = (60 + 500 * db.load) * part * db.up
        page.counter(database.statement_calls, calls, **of)
        page.counter(database.statement_seconds, calls * mean * db.time, **of)


def _redis(sheet: Sheet, page: Page) -> None:
    one = sheet.frame["cache"]
    page.gauge(cache.redis_up, one.up)
    page.counter(cache.key_hits, one.rate * one.hit * one.up)
    page.counter(cache.key_misses, one.rate * (1 - one.hit) * one.up)
    page.gauge(cache.memory_used, _where(one.up, np.round(one.memory * 2 * cast.GIB)))
    page.gauge(cache.memory_max, _where(one.up, 2 * cast.GIB))
    page.gauge(cache.clients_connected, _where(one.up, np.round(18 + one.rate / 14)))
    page.counter(cache.evicted, one.evicted * one.up)
    page.counter(cache.expired, one.rate * 0.05 * one.up)
    for cmd, part in COMMANDS.items():
        page.counter(cache.commands_run, one.rate * part * 1.6 * one.up, cmd=cmd)
        page.counter(cache.commands_time, one.rate * part * 1.6 * 4.2e-5 * one.slow_now * one.up, cmd=cmd)
    page.gauge(cache.keys_held, _where(one.up, np.round(4.1e5 * one.memory)), db="db0")
    page.gauge(cache.keys_held, _where(one.up, 1200), db="db1")


def _kafka(sheet: Sheet, page: Page) -> None:
    kafka = sheet.frame["kafka"]
    page.gauge(queue.brokers_known, kafka.brokers)
    for topic, group in GROUPS.items():
        one = sheet.frame["queue", topic]
        for number in range(PARTITIONS):
            at = {"topic": topic, "partition": str(number)}
            there = np.where(kafka.brokers > 0, 1.0, np.nan)
            page.growing(queue.current_offset, one.put / PARTITIONS, there, **at)
            page.gauge(queue.under_replicated, np.where(number < kafka.lagging, 1.0, 0.0) * there, **at)
            page.gauge(queue.lag, np.round(one.depth / PARTITIONS) * there, consumergroup=group, **at)


def _minio(sheet: Sheet, cluster: Page, bucket: Page) -> None:
    one = sheet.frame["objects"]
    used = sum(sheet.frame["store", store].used for store in ("assets", "results"))
    cluster.gauge(storage.usable_total, cast.OBJECT_BYTES, server=SERVER)
    cluster.gauge(storage.usable_free, np.round(np.maximum(0, cast.OBJECT_BYTES - used)), server=SERVER)
    cluster.gauge(storage.nodes_offline, one.offline_nodes, server=SERVER)
    cluster.gauge(storage.drives_offline, one.offline_drives, server=SERVER)
    for api, part in APIS.items():
        rate = (one.put + one.got) * part
        cluster.counter(storage.s3_requests, rate, api=api, server=SERVER)
        cluster.counter(storage.s3_errors, rate * one.fails, api=api, server=SERVER)
    cluster.counter(storage.s3_in, one.bytes_in, server=SERVER)
    cluster.counter(storage.s3_out, one.bytes_out, server=SERVER)
    sizes = {
        "assets": sheet.frame["store", "assets"].used,
        "results": sheet.frame["store", "results"].used,
        "models": cast.MODEL_BYTES,
    }
    for name, size in sizes.items():
        bucket.gauge(storage.bucket_bytes, np.round(size), bucket=name, server=SERVER)
