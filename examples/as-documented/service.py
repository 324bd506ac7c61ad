"""A service that is instrumented exactly as the documentation's example shows, and no further.

The counter has `service` and `endpoint`, histogram and gauge have no labels, the buckets are the library's own. What
it does: it takes uploads, and works them off one by one.
"""

import argparse
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

request_count = Counter("dataflux_requests_total", "Total requests", ["service", "endpoint"])
request_duration = Histogram("dataflux_request_duration_seconds", "Request duration")
queue_size = Gauge("dataflux_queue_size", "Queue size")

waiting: SimpleQueue[bytes] = SimpleQueue()


@request_duration.time()
def upload(content: bytes) -> None:
    """Take one upload."""
    request_count.labels(service="ingestion", endpoint="/upload").inc()
    waiting.put(content)
    queue_size.set(waiting.qsize())


def work(pause: float) -> None:
    """Take one upload after the other from the queue, each in `pause` seconds."""
    while True:
        time.sleep(pause)
        waiting.get()
        queue_size.set(waiting.qsize())


class Handler(BaseHTTPRequestHandler):
    """POST /upload, GET /metrics."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """An upload."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/upload":
            self.answer(404)
            return
        upload(content)
        self.answer(202)

    def do_GET(self) -> None:
        """A scrape."""
        if self.path != "/metrics":
            self.answer(404)
            return
        self.answer(200, generate_latest(), CONTENT_TYPE_LATEST)

    def answer(self, status: int, body: bytes = b"", kind: str = "text/plain") -> None:
        """Send an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The documentation's example logs nothing."""


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description="A service instrumented as the documentation's example shows.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8001, help="port (%(default)s)")
    parser.add_argument("--pause", type=float, default=0.05, help="seconds that each upload takes (%(default)s)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Thread(target=work, args=(asked.pause,), daemon=True).start()
    with ThreadingHTTPServer((asked.host, asked.port), Handler) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    main()
