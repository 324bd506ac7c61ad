"""A real Prometheus as the agent of overlays/mimir: it takes its configuration, scrapes, and sends on.

Debian's (2.42) is told to be an agent by a feature's name, and finds no Kubernetes: files stand in for it. Where Mimir
would be, somebody listens who keeps what it is sent.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from kit.live.programs import LOOPBACK, answers, free_port, running
from tests.e2e.k8s.conftest import named
from tests.e2e.k8s.snappy import unpacked

FEATURES = "--enable-feature=agent,expand-external-labels"
JOB = "prometheus"


@pytest.fixture
def mimir():
    """Its address, and the requests that it got, as (path, headers, body)."""
    found, came = [], threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            found.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            came.set()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{LOOPBACK}:{server.server_port}", found, came
    server.shutdown()


def configured(build, folder, mimir, own):
    """The overlay's configuration with one target, the agent itself; where it stands."""
    whole = yaml.safe_load(named(build("overlays/mimir"), "ConfigMap", "prometheus-config")["data"]["prometheus.yml"])
    whole["global"]["scrape_interval"] = "1s"
    [job] = [one for one in whole["scrape_configs"] if one["job_name"] == JOB]
    port = own.rsplit(":", 1)[1]
    meta = {"namespace": "dataflux-monitoring", "pod_name": "prometheus-0", "pod_phase": "Running"}
    meta |= {"pod_container_name": "prometheus", "pod_container_init": "false", "pod_container_port_number": "9090"}
    labels = {f"__meta_kubernetes_{name}": value for name, value in meta.items()}
    (folder / "pods.json").write_text(json.dumps([{"targets": [f"{LOOPBACK}:{port}"], "labels": labels}]))
    job.pop("kubernetes_sd_configs")
    whole["scrape_configs"] = [job | {"file_sd_configs": [{"files": [str(folder / "pods.json")]}]}]
    [there] = whole["remote_write"]
    assert there["url"].startswith("http://mimir:8080/")
    there["url"] = there["url"].replace("mimir:8080", mimir)
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(whole))
    return path


def label(name, value):
    """How a label stands in what is sent: https://prometheus.io/docs/specs/prw/remote_write_spec/."""
    return b"\n" + bytes([len(name)]) + name.encode() + b"\x12" + bytes([len(value)]) + value.encode()


def test_it_sends_what_it_scrapes_with_the_labels_by_which_mimir_tells_replicas_apart(
    build, mimir, tool, tmp_path, monkeypatch
):
    monkeypatch.setenv("POD_NAME", "prometheus-7")
    address, found, came = mimir
    own = f"{LOOPBACK}:{free_port()}"
    path = configured(build, tmp_path, address, own)
    argv = [tool("prometheus"), f"--config.file={path}", FEATURES, f"--storage.agent.path={tmp_path / 'data'}"]
    argv += [f"--web.listen-address={own}"]
    with running(argv, log=tmp_path / "log", until=lambda: answers(f"http://{own}/-/ready")):
        assert came.wait(30), (tmp_path / "log").read_text()
    path, headers, body = found[0]
    assert path == "/api/v1/push" and headers["Content-Encoding"] == "snappy"
    sent = b"".join(unpacked(body) for _, _, body in found)
    series = sent.count(label("__name__", "")[:-1])
    assert series > 100
    expected = {
        "cluster": "dataflux",
        "environment": "production",
        "prometheus_replica": "prometheus-7",
        "instance": "prometheus-0:9090",
        "job": JOB,
        "service": "prometheus",
    }
    assert {name: sent.count(label(name, value)) for name, value in expected.items()} == dict.fromkeys(expected, series)
