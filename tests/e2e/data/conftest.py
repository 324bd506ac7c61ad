"""`build.py demo` as it is run, with the example services and real exporters beside what is played."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from attrs import frozen

from kit.check.build import Build
from kit.compile import compiled as compile_all
from kit.coverage.ask import coverage
from kit.live.programs import LOOPBACK, answers, free_port, running
from kit.live.prometheus import Prometheus
from simulator import stage

# Fixtures: how the example services are run.
from tests.e2e.examples.conftest import go, go_binary, go_service, python_service, started, wait_for  # noqa: F401

ROOT = Path(__file__).resolve().parents[3]
EXPORTER = ROOT / "monitoring" / "exporters" / "dataflux-exporter"
PATIENCE = 240
# So that what is normally empty has something to show: an alert fires, a container waits, a queue shrinks.
INCIDENTS = ("replica_lost", "crash_loop", "reindexing")


@pytest.fixture(scope="session")
def real(tool, postgres, redis, python_service, go_service, tmp_path_factory):  # noqa: F811
    """What runs for real, as --beside takes it; the services are driven while the tests run."""
    folder = tmp_path_factory.mktemp("beside")
    with ExitStack() as stack:
        node = _exporter(stack, folder, [tool("prometheus-node-exporter")], "--web.listen-address")
        # As its documentation says; that version cannot take a password with spaces.
        postgres.sql("CREATE ROLE watcher LOGIN PASSWORD 'watching'")
        postgres.sql("GRANT pg_monitor TO watcher")
        source = f"postgresql://watcher:watching@{postgres.host}:{postgres.port}/{postgres.database}?sslmode=disable"
        named = {"DATA_SOURCE_NAME": source}
        database = _exporter(stack, folder, [tool("prometheus-postgres-exporter")], "--web.listen-address", named)
        at = f"redis://{redis.host}:{redis.port}"
        cache = [tool("prometheus-redis-exporter"), f"-redis.addr={at}"]
        cache = _exporter(stack, folder, cache, "-web.listen-address")
        own = _dataflux_exporter(stack, folder, postgres, redis)
        python = stack.enter_context(python_service(folder / "python"))
        query = stack.enter_context(go_service(folder / "go"))
        stack.enter_context(driven(python, query))
        yield (
            f"node=real-host:9100@{node}",
            f"postgres=real-postgres:9187@{database}",
            f"redis=real-redis:9121@{cache}",
            f"dataflux-exporter=real-exporter:9400@{own}",
            f"dataflux-services=ingestion-service:8101@{python.at}",
            f"dataflux-services=query-service:8102@{query.at}",
        )


def _exporter(stack, folder, argv, flag, env=None):
    port = free_port()
    url = f"http://{LOOPBACK}:{port}/metrics"
    log = folder / f"{Path(argv[0]).name}.log"
    stack.enter_context(
        running([*argv, f"{flag}={LOOPBACK}:{port}"], log=log, until=lambda: answers(url), timeout=60, env=env)
    )
    return f"{LOOPBACK}:{port}"


CONFIG = """\
interval: 2s
collectors:
  assets:
    type: sql
    host: {pg_host}
    port: {pg_port}
    database: {pg_database}
    user: {pg_user}
    password: {{env: E2E_PG_PASSWORD}}
    queries:
      by_state:
        sql: SELECT state, media_type, count(*) AS assets FROM assets GROUP BY 1, 2
        metrics:
          - {{name: dataflux_assets, help: Assets by state, labels: [state, media_type], value: assets}}
      active:
        sql: SELECT '1h' AS "window", count(DISTINCT owner) AS people FROM assets
        metrics:
          - {{name: dataflux_active_users, help: People, labels: [window], value: people}}
  disk:
    type: path
    paths:
      - {{path: {folder}, service: ingestion-service, store: e2e, used: files}}
  waiting:
    type: redis_list
    host: {redis_host}
    port: {redis_port}
    queues:
      - {{key: waiting, queue: e2e, oldest: tail, time: {{field: queued_at, format: epoch_s}}}}
"""


def _dataflux_exporter(stack, folder, postgres, redis):
    postgres.sql("CREATE TABLE assets (state text, media_type text, owner int)")
    postgres.sql("INSERT INTO assets SELECT 'stored', 'image', g % 7 FROM generate_series(1, 50) g")
    redis.client().lpush("waiting", *(json.dumps({"queued_at": time.time() - 30}) for _ in range(5)))
    (folder / "asset.bin").write_bytes(b"x" * 10_000)
    given = {
        "pg_host": postgres.host, "pg_port": postgres.port, "pg_database": postgres.database, "pg_user": postgres.user,
        "redis_host": redis.host, "redis_port": redis.port, "folder": folder,
    }  # fmt: skip
    config = folder / "exporter.yml"
    config.write_text(CONFIG.format(**given))
    port = free_port()
    argv = [sys.executable, "-m", "dataflux_exporter", "--config", str(config), "--listen", f"{LOOPBACK}:{port}"]
    env = {"E2E_PG_PASSWORD": postgres.password, "PYTHONPATH": str(EXPORTER)}
    ready = f"http://{LOOPBACK}:{port}/readyz"
    log = folder / "dataflux-exporter.log"
    stack.enter_context(running(argv, log=log, until=lambda: answers(ready), timeout=60, env=env))
    return f"{LOOPBACK}:{port}"


@contextmanager
def driven(python, query):
    """Some requests a second for the example services, now and then a failing one."""
    done = threading.Event()

    def drive():
        number = 0
        while not done.wait(0.15):
            number += 1
            with suppress(OSError):
                python.upload(b"asset %d" % (number % 40))
                query.ask(f"/search?q=asset{number % 9}")
                python.ask("/assets/none")
                if number % 20 == 0:
                    python.ask("/fault")
                    query.ask("/fault")

    thread = threading.Thread(target=drive, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(30)


@frozen(slots=False)
class Demo:
    """A running `build.py demo`."""

    process: subprocess.Popen
    url: str
    control: str
    work: Path
    log: Path
    beside: tuple[str, ...]

    def query(self, text, at=None):
        """The series of an instant query: labels as dict, value."""
        asked = {"query": text} | ({"time": str(at)} if at else {})
        found = _json(f"{self.url}/api/v1/query?{urllib.parse.urlencode(asked)}")
        return [(one["metric"], float(one["value"][1])) for one in found["data"]["result"]]

    def series(self, matching, begin, end):
        """The label sets of the series that have samples between two times."""
        asked = urllib.parse.urlencode({"match[]": matching, "start": begin, "end": end})
        found = _json(f"{self.url}/api/v1/series?{asked}")["data"]
        return {frozenset(one.items()) for one in found}

    def targets(self):
        """(job, instance) → health."""
        found = _json(f"{self.url}/api/v1/targets")["data"]["activeTargets"]
        return {(one["labels"]["job"], one["labels"]["instance"]): one["health"] for one in found}

    def play(self, name, verb="play"):
        data = urllib.parse.urlencode({"name": name}).encode()
        with urllib.request.urlopen(f"{self.control}/{verb}", data, timeout=20) as answer:
            assert answer.status == 200

    def covered(self):
        """Every query of everything that is compiled, asked now."""
        asked = stage.Stage(
            root=ROOT, work=self.work, settings=ROOT / "settings.py", beside=tuple(map(stage.Beside.read, self.beside))
        )
        result, faults = compile_all(stage.settings(asked), ROOT)
        assert not faults
        return coverage(Build(result.files, result.documents, result.product), Prometheus(self.url))


def _json(url):
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def waiting(what, timeout=PATIENCE, every=1.0):
    """See wait_for: a demo takes its time."""
    return wait_for(what, timeout, every)


@contextmanager
def demo_of(work, *more, beside=(), first=None):
    """`build.py demo` from when it has said where everything is."""
    port, first = free_port(), first or free_port(32)
    argv = [sys.executable, "build.py", "demo", "--work", str(work), f"--prometheus-port={port}"]
    argv += [f"--first-port={first}", *more, *(f"--beside={one}" for one in beside)]
    log = work.parent / f"{work.name}.log"
    env = {"PYTHONUNBUFFERED": "1", "GRAFANA_URL": "http://grafana.example:3000"}
    said = lambda: log.exists() and "Ctrl-C ends it." in log.read_text()  # noqa: E731
    with running(argv, log=log, until=said, timeout=PATIENCE, env=env, cwd=ROOT) as process:
        at = f"http://{LOOPBACK}"
        yield Demo(process, f"{at}:{port}", f"{at}:{first}", work, log, tuple(beside))


@pytest.fixture(scope="session")
def demo(tool, real, tmp_path_factory):
    """DataFlux played, with its whole past, and real programs beside it."""
    tool("prometheus")
    tool("promtool")
    work = tmp_path_factory.mktemp("demo") / "work"
    with demo_of(work, *(f"--incident={name}" for name in INCIDENTS), beside=real) as running_demo:
        yield running_demo


@pytest.fixture(scope="session")
def results(demo):
    """Every query's result, once an alert fires (after a minute) and a queue shrinks."""
    waiting(lambda: demo.query('ALERTS{alertstate="firing",alertname="ServiceDown"}'), every=3)
    shrinks = 'rate(dataflux_queue_dequeued_total{queue="reindex"}[1m])'
    waiting(lambda: demo.query(f"sum({shrinks}) > sum({shrinks.replace('dequeued', 'enqueued')})"), every=3)
    found = demo.covered()
    keep(found)
    return found


def keep(found):
    """The table of results, as an artifact."""
    from kit.coverage.table import markdown

    folder = ROOT / ".cache" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "every-panel-has-data.md").write_text(
        markdown(found, lambda where: f"{Path(where.file).relative_to(ROOT)}:{where.line}")
    )


def ended(demo, sign=signal.SIGINT):
    """The exit code and last line after a signal."""
    demo.process.send_signal(sign)
    code = demo.process.wait(60)
    return code, re.findall(r"\S.*", demo.log.read_text())[-1]
