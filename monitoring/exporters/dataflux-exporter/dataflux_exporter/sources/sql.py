"""Queries on PostgreSQL: read-only, each in a transaction of its own with a time-out that the server keeps."""

import math
import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from dataflux_exporter import secret
from dataflux_exporter.errors import Broken, Fails
from dataflux_exporter.run import Read, Run
from dataflux_exporter.samples import Family, Sample

_Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Metric:
    family: Family
    value: str


class Queries:
    """The entries under `queries`; a part is a query's name."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._password = secret.of(options.get("password"))
        self._metrics = {
            name: tuple(_metric(one) for one in query["metrics"]) for name, query in options["queries"].items()
        }
        self.parts = tuple(self._metrics)

    @contextmanager
    def open(self, run: Run) -> Iterator[Read]:
        """A connection; broken off from outside when the run's time is up, for the server may answer never."""
        connection = self._connect(run)
        try:
            run.cut_by(lambda: _cut(connection))
            yield lambda part: self._read(part, connection, run)
        finally:
            run.cut_by(None)
            connection.close()

    def _connect(self, run: Run) -> _Connection:
        options = self._options
        given: dict[str, Any] = {
            "host": options["host"],
            "port": options.get("port", 5432),
            "dbname": options["database"],
            "user": options["user"],
            "password": run.reveal(self._password),
            "sslmode": options.get("sslmode", "prefer"),
            "sslrootcert": options.get("ca_file"),
        }
        try:
            connection = psycopg.connect(
                **{key: value for key, value in given.items() if value is not None},
                connect_timeout=max(2, math.ceil(run.left())),
                application_name="dataflux-exporter",
            )
        except psycopg.Error as error:
            raise Broken(f"PostgreSQL at {options['host']} cannot be used: {error}") from None
        connection.read_only = True
        return connection

    def _read(self, part: str, connection: _Connection, run: Run) -> tuple[Sample, ...]:
        try:
            columns, rows = _rows(connection, self._options["queries"][part]["sql"], run)
        except psycopg.Error as error:
            if connection.closed or connection.broken:
                run.left()
                raise Broken("PostgreSQL broke the connection off") from None
            raise Fails(f"PostgreSQL refuses the query: {error.diag.message_primary or error}") from None
        return tuple(sample for metric in self._metrics[part] for sample in _samples(metric, columns, rows))


def _metric(given: Mapping[str, Any]) -> _Metric:
    labels = tuple(given.get("labels", ()))
    kind = given.get("type", "gauge")
    return _Metric(Family(given["name"], given["help"], labels, kind, given.get("negative", False)), given["value"])


def _rows(connection: _Connection, sql: str, run: Run) -> tuple[list[str], Sequence[tuple[Any, ...]]]:
    """Column names and rows. A cursor on the server lets a flood of rows stay there, and takes one query only."""
    with connection.transaction():
        milliseconds = max(1, int(run.left() * 1000))
        connection.execute(f"SET LOCAL statement_timeout = {milliseconds}".encode())
        with connection.cursor(name="dataflux_exporter") as cursor:
            cursor.execute(sql.strip().rstrip(";").encode())
            columns = [column.name for column in cursor.description or ()]
            rows = cursor.fetchmany(run.max_series + 1)
    if len(rows) > run.max_series:
        raise Fails(f"it gives more than {run.max_series:,} rows; aggregate them in the query or raise max_series")
    return columns, rows


def _samples(metric: _Metric, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[Sample]:
    at = {name: index for index, name in enumerate(columns)}
    for name in (metric.value, *metric.family.labels):
        if name not in at:
            raise Fails(f"it gives no column '{name}', only {', '.join(columns)}; use AS in the query")
    for row in rows:
        # NULL is an aggregate of nothing: no sample, and no mistake.
        if row[at[metric.value]] is not None:
            labels = tuple(_label(name, row[at[name]]) for name in metric.family.labels)
            yield Sample(metric.family, labels, _number(metric.value, row[at[metric.value]]))


def _number(column: str, value: object) -> float:
    if isinstance(value, int | float | Decimal):
        return float(value)
    raise Fails(f"its value column '{column}' holds {_kind(value)}, not a number; cast it in the query")


def _label(column: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None:
        raise Fails(f"its label column '{column}' holds NULL; use COALESCE in the query")
    raise Fails(f"its label column '{column}' holds {_kind(value)}, not text; cast it in the query")


def _kind(value: object) -> str:
    return "text" if isinstance(value, str) else f"a {type(value).__name__}"


def _cut(connection: _Connection) -> None:
    """End a connection from another thread: the one that waits for the server wakes up and finds it closed."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as twin:
        twin.shutdown(socket.SHUT_RDWR)
