"""A server that answers as it is told, and a Prometheus that knows some queries by heart."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import orjson
import pytest

from kit.coverage.facts import Facts
from kit.live.answers import QueryFailed, Series
from kit.model.metric import Counter, Gauge

JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(answer):
    """The address of a server; `answer(path, form, headers)` gives status, headers and body of each request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            path, _, query = self.path.partition("?")
            form = parse_qs(self.rfile.read(length).decode() or query)
            status, headers, body = answer(path, form, self.headers)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that does not wait for the whole answer
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def serve():
    return serving


def data(result):
    return 200, JSON, orjson.dumps({"status": "success", "data": result})


def vector(*values):
    """An answer with a series without labels for each value."""
    return data({"resultType": "vector", "result": [{"metric": {}, "value": [0, str(value)]} for value in values]})


@pytest.fixture(scope="session")
def answers():
    """Answers of an API: `answers.data(…)`, `answers.vector(1)`."""
    return type("Answers", (), {"data": staticmethod(data), "vector": staticmethod(vector), "json": JSON})


def series(value=1.0, **labels):
    return Series(labels, ((0.0, float(value)),))


class Remembering:
    """A Prometheus that knows the answers to some queries, written on one line; to all others there is nothing."""

    def __init__(self, known, rules=(), targets=(), jobs=(), broken=()):
        self.known, self.broken = known, broken
        self.rules, self.targets, self.jobs = (lambda: rules), (lambda: targets), (lambda: frozenset(jobs))

    def query(self, text, at):
        text = " ".join(text.split())
        if text in self.broken:
            raise QueryFailed("it cannot")
        return tuple(self.known.get(text, ()))

    def query_range(self, text, start, end, step):
        return self.query(text, end)


CATALOGUE = {
    "requests_total": Counter("requests_total", "service status", job="api"),
    "depth": Gauge("depth", "queue service", job="api"),
    "kube_things": Gauge("kube_things", job="kube"),
}


@pytest.fixture
def facts():
    """`facts({query: [series]}, …)`: what a Prometheus knows that knows these queries."""

    def make(known=(), recorded=None, expected=None, **more):
        expected = {"api": True} if expected is None else expected
        return Facts(Remembering(dict(known), **more), 1000, CATALOGUE, recorded or {}, expected)

    return make


@pytest.fixture(scope="session")
def one():
    """`one(0.5, service="a")`: a series."""
    return series
