"""load.sh, run for real: what it sends to Elasticsearch and Kibana, and what it does when they are late or refuse."""

import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kit.load import ROOT

LOGS = ROOT / "monitoring/exporters/logs"


@pytest.fixture
def server():
    """Answers what `answers` has left, status (0: it hangs up) and text, then 200; `heard` is what came."""

    class Answers(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.heard.append((self.command, self.path, dict(self.headers), body.decode()))
            status, text = self.server.answers.pop(0) if self.server.answers else (200, '{"success":true}')
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_PUT = do_POST = answer

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        running.heard, running.answers = [], []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def load(tool, server):
    tool("curl")
    url = f"http://127.0.0.1:{server.server_port}"

    def run():
        environment = {"PATH": os.environ["PATH"], "ELASTICSEARCH_URL": url, "KIBANA_URL": url}
        command = [tool("bash"), LOGS / "elasticsearch/load.sh"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, cwd="/")

    return run


def test_it_loads_the_template_and_then_what_kibana_shows(load, server):
    assert load().returncode == 0
    [(put, template, _, mapping), (post, objects, headers, form)] = server.heard
    assert (put, template) == ("PUT", "/_index_template/dataflux-logs")
    assert mapping == (LOGS / "elasticsearch/template.json").read_text()
    assert (post, objects) == ("POST", "/api/saved_objects/_import?overwrite=true")
    assert headers["kbn-xsrf"] and headers["Content-Type"].startswith("multipart/form-data")
    assert (LOGS / "kibana/dataflux.ndjson").read_text() in form
    assert 'name="file"; filename="dataflux.ndjson"' in form


def test_it_waits_for_those_that_are_not_up_yet(load, server):
    server.answers = [
        (0, ""),
        (200, '{"acknowledged":true}'),
        (503, "Kibana server is not ready yet"),
    ]
    assert load().returncode == 0
    assert [path.split("/")[1] for _, path, _, _ in server.heard] == ["_index_template"] * 2 + ["api"] * 2


def test_what_kibana_takes_only_a_part_of_is_a_failure(load, server):
    server.answers = [(200, "{}"), (200, '{"success":false,"errors":[{"id":"dataflux-logs"}]}')]
    result = load()
    assert result.returncode != 0 and '"id":"dataflux-logs"' in result.stdout
