"""Small HTTP servers on loopback, in threads of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEXT = "text/plain; charset=utf-8"


class Taken(Exception):
    """A port that something else listens on; one sentence."""


class Handler(BaseHTTPRequestHandler):
    """Answers, and does not say so on the terminal."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes = b"", kind: str = TEXT, **headers: str) -> None:
        """The whole answer."""
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    """Does not wait for those who still talk to it."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


@contextmanager
def serving(address: str, handler: type[Handler], otherwise: str) -> Iterator[None]:
    """Answer at `address` (host:port) within the block. Raises Taken, which says what follows."""
    host, port = address.rsplit(":", 1)
    try:
        server = _Server((host, int(port)), handler)
    except OSError as error:
        raise Taken(f"port {port} of {host} cannot be used ({error.strerror}), so {otherwise}") from None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
