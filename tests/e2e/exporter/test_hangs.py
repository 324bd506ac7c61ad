"""Sources that accept a connection and never answer: nothing waits for them, not even the end. And who runs it."""

import os
import shutil
import signal
import urllib.request
from pathlib import Path

import pytest
import yaml

from kit.live.programs import LOOPBACK, answers, free_port, running

SUCCESS = "dataflux_exporter_collector_success"


def collectors(port, **times):
    """One collector of each type that has a server."""
    secret = {"env": "HANGING_SECRET"}
    where = {"host": LOOPBACK, "port": port}
    query = {"sql": "SELECT 1 AS n", "metrics": [{"name": "dataflux_x", "help": "x", "value": "n"}]}
    found = {
        "sql": {"type": "sql", **where, "database": "d", "user": "u", "password": secret, "queries": {"q": query}},
        "lists": {"type": "redis_list", **where, "password": secret, "queues": [{"key": "a", "queue": "a"}]},
        "streams": {"type": "redis_stream", **where, "queues": [{"key": "b", "queue": "b"}]},
        "s3": {
            "type": "s3", "endpoint": f"{LOOPBACK}:{port}", "access_key": secret, "secret_key": secret,
            "buckets": [{"bucket": "assets", "service": "s"}],
        },
        "kafka": {
            "type": "kafka", "brokers": [f"{LOOPBACK}:{port}"], "groups": [{"group": "g", "topic": "t", "queue": "c"}]
        },
    }  # fmt: skip
    return {name: {**one, **times} for name, one in found.items()}


ENV = {"HANGING_SECRET": "hunter2-hanging"}


def test_every_collector_gives_up_and_the_scrape_does_not_wait(exporter, silent, tmp_path):
    disks = {"type": "path", "paths": [{"path": str(tmp_path), "service": "s", "store": "t"}]}
    with exporter({**collectors(silent.port, timeout="1s"), "disks": disks}, ENV) as it:
        found = it.until_value(1, SUCCESS, "disks")
        found = it.until(lambda found: sum(key[0] == SUCCESS for key in found) == 6, "an end of every first run")
        assert {key[1] for key, value in found.items() if key[0] == SUCCESS and value == 0} == {
            "sql", "lists", "streams", "s3", "kafka",
        }  # fmt: skip
        it.until_ready()
        assert "hunter2" not in it.log and "Traceback" not in it.log


def test_nothing_piles_up(exporter, silent):
    with exporter(collectors(silent.port, timeout="1s"), ENV) as it:
        it.until(lambda found: sum(key[0] == SUCCESS for key in found) == 5, "an end of every first run")
        tasks = Path(f"/proc/{it.process.pid}/task")
        most = len(list(tasks.iterdir())) + 10  # librdkafka and HTTP have threads of their own, which come and go
        seen = len(silent.held)
        it.until(lambda _: len(silent.held) >= seen + 10, "many more runs")
        assert len(list(tasks.iterdir())) <= most


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_while_its_collectors_hang(exporter, silent, sign):
    # An hour: whoever waited for a collector would not be done in this test's time.
    times = {"interval": "1h", "timeout": "1h", "stale_after": "2h"}
    with exporter(collectors(silent.port, **times), ENV) as it:
        it.scrape()
        it.process.send_signal(sign)
        assert it.process.wait(60) == 0
        assert it.messages[-1] == "ended by a signal"


def test_it_runs_without_being_root(server_folder, postgres, nobody, folder):
    user, python, env = nobody
    there = server_folder("exporter")
    # The project may stand where only root gets in.
    shutil.copytree(folder / "dataflux_exporter", there / "dataflux_exporter")
    port = free_port()
    query = {"sql": "SELECT 3 AS n", "metrics": [{"name": "dataflux_x", "help": "x", "value": "n"}]}
    database = {
        "type": "sql", "host": postgres.host, "port": postgres.port, "database": postgres.database,
        "user": postgres.user, "password": {"env": "PASSWORD"}, "queries": {"q": query},
    }  # fmt: skip
    disks = {"type": "path", "paths": [{"path": str(there), "service": "s", "store": "t", "used": "filesystem"}]}
    (there / "config.yml").write_text(yaml.safe_dump({"collectors": {"database": database, "disks": disks}}))
    (there / "config.yml").chmod(0o644)
    url = f"http://{LOOPBACK}:{port}"
    argv = [python, "-m", "dataflux_exporter", "--config", str(there / "config.yml"), "--listen", f"{LOOPBACK}:{port}"]
    with running(
        argv,
        log=there / "log",
        until=lambda: answers(f"{url}/readyz"),
        timeout=60,
        env={**env, "PASSWORD": postgres.password, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=there,
        user=user,
    ) as process:
        owner = Path(f"/proc/{process.pid}").stat().st_uid
        assert owner != 0 and (os.geteuid() == 0 or owner == os.geteuid())
        text = urllib.request.urlopen(f"{url}/metrics", timeout=30).read().decode()
        assert 'dataflux_exporter_collector_success{collector="database"} 1.0' in text
        assert 'dataflux_exporter_collector_success{collector="disks"} 1.0' in text
        process.terminate()
        assert process.wait(60) == 0
