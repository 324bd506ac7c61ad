"""The exporter at work beside real sources, and what it is asked and heard."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from kit.live.programs import LOOPBACK, answers, free_port, running

EXPORTER = Path(__file__).resolve().parents[3] / "monitoring" / "exporters" / "dataflux-exporter"
PATIENCE = 90
OFTEN = {"interval": "1s", "timeout": "20s", "stale_after": "10m"}


def until(happens, what):
    """Wait until it happens; what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := happens():
            return found
        time.sleep(0.1)
    return pytest.fail(f"waited {PATIENCE} s in vain for {what() if callable(what) else what}")


class Exporter:
    """A running exporter."""

    def __init__(self, port, log):
        self.url = f"http://{LOOPBACK}:{port}"
        self._log = log
        self.process = None

    def scrape(self):
        """Series → value; `('dataflux_queue_size', 'mail')`: name, then label values by their labels' names."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=30) as answer:
            text = answer.read().decode()
        families = list(text_string_to_metric_families(text))
        found = [one for family in families for one in family.samples]
        return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in found}

    def until(self, condition, what):
        """The first scrape that meets a condition."""
        last = {}

        def met():
            nonlocal last
            last = self.scrape()
            return last if condition(last) else None

        return until(met, lambda: f"{what}; last scrape {self._ours(last)}; log {self.messages}")

    def until_value(self, value, *series):
        """The first scrape in which a series has a value (None: is absent)."""
        return self.until(lambda found: found.get(series) == value, f"{series} = {value}")

    def until_said(self, part):
        """The message of the log that contains the text."""
        return until(
            lambda: next((one for one in self.messages if part in one), None), lambda: f"{part!r} in {self.messages}"
        )

    def until_ready(self):
        """Wait until /readyz is content."""
        return until(lambda: answers(f"{self.url}/readyz"), "readiness")

    @staticmethod
    def _ours(found):
        return {key: value for key, value in found.items() if key[0].startswith("dataflux_")}

    @property
    def log(self):
        """All that it wrote."""
        return self._log.read_text()

    @property
    def messages(self):
        """The messages of all log lines, which are JSON every one."""
        return [json.loads(line)["message"] for line in self.log.splitlines()]


@pytest.fixture
def exporter(tmp_path):
    """`with exporter(collectors, env) as it:` an exporter that serves."""

    @contextmanager
    def run(collectors, env=None, **more):
        port = free_port()
        path = tmp_path / f"config-{port}.yml"
        path.write_text(yaml.safe_dump({**OFTEN, "collectors": collectors}))
        it = Exporter(port, tmp_path / f"log-{port}")
        argv = [sys.executable, "-m", "dataflux_exporter", "--config", str(path), "--listen", f"{LOOPBACK}:{port}"]
        given = {"PYTHONDONTWRITEBYTECODE": "1", **(env or {})}
        ready = {"until": lambda: answers(f"{it.url}/healthz"), "timeout": 60}
        with running(argv, log=it._log, env=given, cwd=EXPORTER, **ready, **more) as it.process:
            yield it

    return run


@pytest.fixture(scope="session")
def brief():
    """Times for a collector whose source will hang or vanish."""
    return {"timeout": "2s", "stale_after": "3s"}


@pytest.fixture(scope="session")
def folder():
    """The exporter's folder."""
    return EXPORTER


@dataclass
class Silent:
    """A port that accepts connections, which it holds, and never answers."""

    port: int
    held: list


@pytest.fixture
def silent():
    """Something that listens and never answers."""
    held = []
    with socket.create_server((LOOPBACK, 0)) as listener:

        def accept():
            with suppress(OSError):
                while True:
                    held.append(listener.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield Silent(listener.getsockname()[1], held)
    for one in held:
        one.close()


# What the exporter needs for `sql` and `path`, of all that is installed here.
NEEDED = (
    "attr*", "click*", "jsonschema*", "prometheus_client*", "psycopg*", "referencing*", "rpds*", "typing_extensions*",
    "yaml*", "_yaml*",
)  # fmt: skip


@pytest.fixture
def nobody(server_folder):
    """A user that is not root, and a Python that it may run: `(user, python, environment)`; user None is ourselves."""
    if os.geteuid() != 0:
        return None, sys.executable, {}
    probe = ["-c", "import click, jsonschema, prometheus_client, psycopg, yaml"]
    # Ours may stand where only root gets in; the system's then, with a copy of what it lacks.
    system = f"/usr/bin/python3.{sys.version_info.minor}"
    for python, env in ((sys.executable, {}), (system, {"PYTHONPATH": str(_copied(server_folder("packages")))})):
        given = {"user": "nobody", "env": {**os.environ, **env}, "cwd": "/", "capture_output": True}
        with suppress(OSError):
            if subprocess.run([python, *probe], **given).returncode == 0:
                return "nobody", python, env
    if os.environ.get("CI"):
        pytest.fail("there is no Python that the user nobody may run; in CI this test must not be skipped")
    return pytest.skip("there is no Python that the user nobody may run")


def _copied(folder):
    packages = Path(next(path for path in sys.path if path.endswith("site-packages")))
    for pattern in NEEDED:
        for path in packages.glob(pattern):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / path.name)
    return folder
