"""The program: exit codes, sentences, signals."""

import json
import signal
import socket
import sys
import urllib.error
import urllib.request

import pytest

from kit.live.programs import answers, free_port, running, stop


@pytest.fixture
def good(configuration, tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "asset").write_bytes(b"x" * 1234)
    entry = {"path": str(tmp_path / "store"), "service": "ingestion-service", "store": "uploads", "capacity": 10_000}
    return configuration({"collectors": {"disks": {"type": "path", "paths": [entry]}}})


def test_check_says_that_all_is_well(program, good):
    ran = program("--config", good, "--check")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 collectors, nothing is wrong" in ran.stdout


def test_check_and_serving_refuse_a_mistake(program, configuration):
    path = configuration("collectors:\n  disks: {type: path}\n")
    for more in ([], ["--check"]):
        ran = program("--config", path, *more)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr == f"{path}:2: collectors.disks: the key 'paths' is missing\n"


def test_a_wrong_address_is_refused(program, good):
    ran = program("--config", good, "--listen", "nowhere")
    assert ran.returncode == 2
    assert ran.stderr == "--listen: an address like 0.0.0.0:9400 or [::]:9400 is needed\n"


def test_a_port_in_use_is_a_sentence(program, good):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = program("--config", good, "--listen", where)
    assert ran.returncode == 1
    assert ran.stderr == f"cannot listen on {where}: Address already in use; free it or choose another with --listen\n"
    assert ran.stdout == ""


def test_an_address_of_nobody_is_a_sentence(program, good):
    ran = program("--config", good, "--listen", "192.0.2.1:9400")
    assert ran.returncode == 1
    assert ran.stderr.startswith("cannot listen on 192.0.2.1:9400: ") and len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_cleanly(good, exporter, tmp_path, sign):
    port, log = free_port(), tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    argv = [sys.executable, "-m", "dataflux_exporter", "--config", str(good), "--listen", f"127.0.0.1:{port}"]
    with running(argv, log=log, until=lambda: answers(f"{url}/readyz"), cwd=exporter) as process:
        text = urllib.request.urlopen(f"{url}/metrics", timeout=10).read().decode()
        assert 'dataflux_storage_used_bytes{service="ingestion-service",store="uploads"} 1234.0' in text
        assert 'dataflux_storage_capacity_bytes{service="ingestion-service",store="uploads"} 10000.0' in text
        assert 'dataflux_exporter_collector_success{collector="disks"} 1.0' in text
        assert "process_cpu_seconds_total" in text and "dataflux_exporter_build_info{" in text
        assert answers(f"{url}/healthz")
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(f"{url}/other", timeout=10)
        assert error.value.code == 404
        process.send_signal(sign)
        assert process.wait(30) == 0
        assert stop(process) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["message"] for line in lines] == [f"listening on 127.0.0.1:{port}", "ended by a signal"]
    assert all(line["service"] == "dataflux-exporter" and line["timestamp"].endswith("Z") for line in lines)
