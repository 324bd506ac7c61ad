"""The commands of the Compose stack, given to the real programs that this machine has, instead of containers.

Debian's are older than the images; paths are those of the mounts, ports are free ones. What the stack says of health,
flags and missing secrets holds for them.
"""

import json
import re
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from kit.live.programs import LOOPBACK, NotStarted, answers, free_port, running
from kit.load import ROOT

MONITORING = ROOT / "monitoring"
SERVICES = yaml.safe_load((MONITORING / "docker-compose.monitoring.yml").read_text())["services"]
LISTEN = "--web.listen-address={address}"
# Service → the program, how it is told where to listen, the flags that Debian's older one does not know. (Prometheus
# reads changed files by itself from 3.0 on; Debian has 2.42.)
PROGRAMS = {
    "prometheus": ("prometheus", LISTEN, ("--config.auto-reload",)),
    "alertmanager": ("prometheus-alertmanager", LISTEN, ()),
    "node-exporter": ("prometheus-node-exporter", LISTEN, ("--path.rootfs", "--path.procfs", "--path.sysfs")),
    "redis-exporter": ("prometheus-redis-exporter", LISTEN, ()),
    "postgres-exporter": ("prometheus-postgres-exporter", LISTEN, ("--collector.stat_statements",)),
    "dataflux-exporter": (sys.executable, "--listen={address}", ()),
}


def plain(text):
    """With every variable by its default, as Compose fills it in where nothing is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$")


def folders(service, work):
    """Where the container's paths lie here: our files as they are, volumes below `work`."""
    found = {}
    for mount in service.get("volumes", ()):
        origin, target, *_ = plain(mount).split(":")
        if origin.startswith("."):
            found[target] = (MONITORING / origin).resolve()
        elif not origin.startswith("/"):
            found[target] = work / origin
            found[target].mkdir()
    return found


def here(word, places):
    for target in sorted(places, key=len, reverse=True):
        word = re.sub(rf"(^|=){re.escape(target)}(?=/|$)", rf"\g<1>{places[target]}", word)
    return word


@contextmanager
def started(name, tool, work, **more):
    """The service's command, running; the address at which it answers its health check."""
    service, (program, listen, unknown) = SERVICES[name], PROGRAMS[name]
    port, places = free_port(), folders(service, work)
    command = [here(plain(word), places) for word in service.get("command", ())]
    words = [word for word in command if not word.startswith(unknown or ("\0",))]
    address = f"{LOOPBACK}:{port}"
    argv = [tool(program) if program != sys.executable else program]
    if name == "dataflux-exporter":
        argv += ["-m", "dataflux_exporter", "--config", str(places["/etc/dataflux-exporter"] / "config.yml")]
    path = "/healthz"
    if probe := service.get("healthcheck"):
        path = re.search(r"://[^/]+(/.*)", probe["test"][-1])[1]
    environment = {key: plain(value) for key, value in service.get("environment", {}).items()} | more
    argv += [*words, listen.format(address=address)]
    url = f"http://{address}{path}"
    home = MONITORING / "exporters/dataflux-exporter"
    with running(argv, log=work / "log", until=lambda: answers(url), timeout=60, env=environment, cwd=home):
        yield address


def read(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def targets(address):
    """The hosts of everything that a Prometheus scrapes."""
    found = read(f"http://{address}/api/v1/targets")["data"]["activeTargets"]
    return {one["discoveredLabels"]["__address__"].split(":")[0] for one in found}


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", LOOPBACK)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_takes_its_command_and_is_healthy_with_nothing_set_and_nobody_there(name, tool, tmp_path):
    """No store, no secret, no variable: it answers its health check all the same."""
    with started(name, tool, tmp_path) as address:
        assert answers(f"http://{address}/metrics")


def test_alertmanager_has_its_configuration_without_any_secret(tool, tmp_path):
    assert not Path("/etc/alertmanager/secrets/slack_url").exists()
    with started("alertmanager", tool, tmp_path) as address:
        loaded = read(f"http://{address}/api/v2/status")["config"]["original"]
    assert "dataflux-slack" in loaded and "slack_url" in loaded


def test_prometheus_has_every_rule_and_target(tool, tmp_path):
    with started("prometheus", tool, tmp_path) as address:
        rules = read(f"http://{address}/api/v1/rules")["data"]["groups"]
        until = time.monotonic() + 30
        # It looks for targets only once it is ready.
        while len(hosts := targets(address)) < 2 and time.monotonic() < until:
            time.sleep(0.5)
    assert sum(len(group["rules"]) for group in rules) > 40
    assert "ingestion-service" in hosts and hosts <= SERVICES.keys()


def test_a_port_in_use_is_said(tool, tmp_path, monkeypatch):
    port = free_port()
    monkeypatch.setattr("tests.e2e.compose.test_programs.free_port", lambda: port)
    with started("alertmanager", tool, tmp_path):
        (tmp_path / "second").mkdir()
        argv = [tool("prometheus-alertmanager"), f"--config.file={MONITORING}/alertmanager/alertmanager.yml"]
        argv += [f"--storage.path={tmp_path}/second", "--cluster.listen-address=", f"--web.listen-address=:{port}"]
        with pytest.raises(NotStarted, match="ended"), running(argv, log=tmp_path / "log2", until=lambda: False):
            pass
    assert "address already in use" in (tmp_path / "log2").read_text()
