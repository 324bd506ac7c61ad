"""SQL on a real PostgreSQL: what is told, and sources that lie, hang, refuse, vanish and come back."""

import os
import signal
import threading
import time

import pytest
import yaml

READER = "a reader's secret"


@pytest.fixture(scope="module")
def tables(postgres):
    """DataFlux's tables, as the example's queries know them, and a user who may only read."""
    for statement in (
        "DROP TABLE IF EXISTS assets, user_actions",
        "CREATE TABLE assets (state text, media_type text, size_bytes bigint)",
        "INSERT INTO assets VALUES ('stored', 'video', 500), ('stored', 'video', 700), ('failed', 'audio', 30)",
        "CREATE TABLE user_actions (user_id int, at timestamptz)",
        "INSERT INTO user_actions VALUES (1, now()), (1, now()), (2, now() - interval '5 hours')",
        f"DO $$ BEGIN CREATE USER reader PASSWORD '{READER.replace(chr(39), chr(39) * 2)}'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT SELECT ON assets, user_actions TO reader",
    ):
        postgres.sql(statement)
    return postgres


@pytest.fixture
def sql(tables):
    """`sql(queries, **more)`: a collector of the type sql."""
    where = {"type": "sql", "host": tables.host, "port": tables.port, "database": tables.database, "user": "reader"}
    return lambda queries, **more: {**where, "password": {"env": "READER"}, "queries": queries, **more}


def query(text, name="dataflux_x", labels=("state",), **more):
    metric = {"name": name, "help": "x", "labels": list(labels), "value": "n", **more}
    return {"sql": text, "metrics": [metric]}


ALIVE = query("SELECT 'now' AS state, extract(epoch FROM clock_timestamp()) AS n", "dataflux_now")
ENV = {"READER": READER}
DB = ("dataflux_exporter_collector_success", "db")


def runs_again(it, times=2):
    """Wait until the collector has run so many times more."""
    for _ in range(times):
        before = it.scrape().get(("dataflux_now", "now"))
        it.until(lambda found, before=before: found.get(("dataflux_now", "now")) not in (None, before), "another run")


def test_the_examples_queries(exporter, sql, folder):
    example = yaml.safe_load((folder / "config.example.yml").read_text())["collectors"]
    collectors = {name: sql(example[name]["queries"]) for name in ("assets", "users")}
    with exporter(collectors, ENV) as it:
        found = it.until_value(1, "dataflux_exporter_collector_success", "assets")
        assert found["dataflux_assets", "video", "stored"] == 2
        assert found["dataflux_assets", "audio", "failed"] == 1
        assert found["dataflux_assets_bytes", "video"] == 1200
        assert found["dataflux_assets_largest_bytes", "audio"] == 30
        found = it.until_value(1, "dataflux_exporter_collector_success", "users")
        assert (found["dataflux_active_users", "1h"], found["dataflux_active_users", "24h"]) == (1, 2)
        assert ("dataflux_last_user_action_seconds",) in found


LIES = {
    "text": (query("SELECT 'a' AS state, 'three' AS n"), "text: its value column 'n' holds text, not a number"),
    "nan": (query("SELECT 'b' AS state, 'NaN'::float AS n"), 'nan: dataflux_x{state="b"} is nan; only finite'),
    "negative": (query("SELECT 'c' AS state, -1 AS n"), 'negative: dataflux_x{state="c"} is negative'),
    "twice": (query("SELECT 'd' AS state, n FROM generate_series(1, 2) n"), 'twice: dataflux_x{state="d"} comes twice'),
    "none": (query("SELECT NULL AS state, 1 AS n"), "none: its label column 'state' holds NULL; use COALESCE"),
    "flood": (query("SELECT s AS state, 1 AS n FROM generate_series(1, 1000000) s"), "flood: it gives more than"),
    "column": (query("SELECT 'e' AS stat, 1 AS n"), "column: it gives no column 'state', only stat, n"),
    "syntax": (query("SELEC 1"), "syntax: PostgreSQL refuses the query: syntax error at or near"),
    "table": (query("SELECT state, 1 AS n FROM nowhere"), 'relation "nowhere" does not exist'),
    "secret": (query("SELECT rolpassword AS state, 1 AS n FROM pg_authid"), "permission denied for table pg_authid"),
    "asleep": (query("SELECT 'f' AS state, 1 AS n FROM pg_sleep(600)"), "canceling statement due to statement timeout"),
}  # fmt: skip


def test_queries_that_lie_cost_themselves(exporter, sql):
    lies = {name: text for name, (text, _) in LIES.items() if name != "asleep"}
    with exporter(
        {"liar": sql({**lies, "alive": ALIVE}), "good": sql({"q": query("SELECT 'x' AS state, 3 AS n", "dataflux_y")})},
        ENV,
    ) as it:
        for name, (_, said) in LIES.items():
            if name != "asleep":
                it.until_said(said)
        runs_again(it)
        found = it.until_value(0, "dataflux_exporter_collector_success", "liar")
        assert found["dataflux_y", "x"] == 3 and found["dataflux_exporter_collector_success", "good"] == 1
        assert not any(key[0] == "dataflux_x" for key in found)
        for _, said in LIES.values():
            assert sum(said in one for one in it.messages) <= 1, "a sentence is not repeated every run"


def test_nothing_can_be_written(exporter, sql, tables):
    tables.sql("CREATE TABLE IF NOT EXISTS precious (n int)")
    tables.sql("INSERT INTO precious VALUES (1)")
    tries = {
        "second": query("SELECT 'a' AS state, 1 AS n; DELETE FROM precious"),
        "ends": query("SELECT 'b' AS state, 1 AS n; COMMIT; DELETE FROM precious"),
        "within": query("WITH gone AS (DELETE FROM precious RETURNING n) SELECT 'c' AS state, n FROM gone"),
        "sets": query("SELECT nextval('counting') AS n, 'd' AS state"),
    }
    tables.sql("CREATE SEQUENCE IF NOT EXISTS counting")
    as_owner = {"user": tables.user, "password": {"env": "OWNER"}}
    with exporter({"writer": sql(tries, **as_owner)}, {**ENV, "OWNER": tables.password}) as it:
        it.until_said("second: PostgreSQL refuses the query: cannot insert multiple commands into a prepared statement")
        it.until_said("ends: PostgreSQL refuses the query: cannot insert multiple commands")
        it.until_said("within: PostgreSQL refuses the query")
        it.until_said("sets: PostgreSQL refuses the query: cannot execute nextval() in a read-only transaction")
    assert tables.sql("SELECT count(*) FROM precious")[0][0] >= 1


def test_a_query_that_hangs_is_ended_by_the_server(exporter, sql, tables, brief):
    with exporter({"slow": sql({"asleep": LIES["asleep"][0]}, **brief), "good": sql({"alive": ALIVE})}, ENV) as it:
        runs_again(it, 1)
        it.until_value(0, "dataflux_exporter_collector_success", "slow")
        runs_again(it, 2)
        assert it.scrape()["dataflux_exporter_collector_success", "good"] == 1
        # Whoever comes first, the server or we: the query does not go on in the database.
        asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"
        assert tables.sql(asleep)[0][0] <= 1


def test_a_query_whose_server_process_hangs_is_cut_from_our_side(sql, tables, folder, monkeypatch):
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("READER", READER)
    from dataflux_exporter.run import Run, outcomes
    from dataflux_exporter.sources.sql import Queries

    # Minutes: whoever waited for the server would not be done in this test's time.
    run = Run(600, 10)
    source = Queries(sql({"q": query("SELECT 1 AS n, pg_sleep(599)", labels=())}))
    found = []
    asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    others = set(tables.sql(asleep))
    thread = threading.Thread(target=lambda: found.extend(outcomes(source, run)), daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not (rows := set(tables.sql(asleep)) - others) and time.monotonic() < end:
        time.sleep(0.05)
    [(pid,)] = rows
    os.kill(pid, signal.SIGSTOP)
    try:
        run.cut()
        thread.join(60)
        assert not thread.is_alive()
        assert [one.problem for one in found] == ["it did not finish within 600 s"]
    finally:
        os.kill(pid, signal.SIGCONT)
        tables.sql(f"SELECT pg_terminate_backend({pid})")


def test_a_server_that_hangs_is_given_up_and_comes_back(exporter, sql, tables, brief):
    with exporter({"db": sql({"alive": ALIVE}, **brief)}, ENV) as it:
        runs_again(it, 1)
        tables.pause()
        try:
            it.until_value(0, "dataflux_exporter_collector_success", "db")
            it.until_value(None, "dataflux_now", "now")
            assert it.process.poll() is None
        finally:
            tables.resume()
        it.until(lambda found: found.get(DB) == 1 and ("dataflux_now", "now") in found, "its return")
        it.until_said("db: works again")


def test_a_server_that_vanishes_takes_its_series_and_comes_back(exporter, sql, tables, brief, tmp_path):
    disks = {"type": "path", "paths": [{"path": str(tmp_path), "service": "s", "store": "t", "capacity": 10**9}]}
    with exporter({"db": sql({"alive": ALIVE}, **brief), "disks": disks}, ENV) as it:
        runs_again(it, 1)
        tables.stop(signal.SIGQUIT)
        try:
            it.until_value(None, "dataflux_now", "now")
            found = it.scrape()
            assert found["dataflux_exporter_collector_success", "db"] == 0
            assert ("dataflux_exporter_collector_age_seconds", "db") not in found
            assert found["dataflux_storage_capacity_bytes", "s", "t"] == 10**9
            it.until_said(f"db: PostgreSQL at {tables.host} cannot be used: ")
        finally:
            tables.start()
        it.until(lambda found: found.get(DB) == 1 and ("dataflux_now", "now") in found, "its return")


def test_a_wrong_password_costs_its_collector_and_is_not_told(exporter, sql):
    wrong = "hunter2-not-it"
    with exporter(
        {
            "wrong": sql({"q": query("SELECT 1 AS n", labels=())}, password={"env": "WRONG"}),
            "good": sql({"alive": ALIVE}),
        },
        {**ENV, "WRONG": wrong},
    ) as it:
        it.until_said('password authentication failed for user "reader"')
        runs_again(it, 2)
        found = it.scrape()
        assert found["dataflux_exporter_collector_success", "wrong"] == 0
        assert found["dataflux_exporter_collector_success", "good"] == 1
        assert wrong not in it.log and READER not in it.log
        assert "Traceback" not in it.log
