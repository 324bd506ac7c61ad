"""HTTP: /metrics, /healthz, /readyz. Answers from memory; a slow client costs nobody but itself."""

import gzip
import json
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from dataflux_exporter.logs import say

_INDEX = b"dataflux-exporter: /metrics /healthz /readyz\n"


class CannotListen(Exception):
    """The address cannot be listened on; one sentence."""


class Server(ThreadingHTTPServer):
    """`alive()` and `waiting()` answer /healthz and /readyz. Raises CannotListen when it is made."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        registry: CollectorRegistry,
        alive: Callable[[], bool],
        waiting: Callable[[], tuple[str, ...]],
    ) -> None:
        self.registry = registry
        self.alive = alive
        self.waiting = waiting
        self._busy = 0
        self._lock = threading.Lock()
        host, port = address
        shown = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        try:
            # An empty host means all addresses.
            [(family, _, _, _, where), *_] = socket.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            self.address_family = family
            super().__init__(where[:2], _Handler)  # type: ignore[arg-type]
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise CannotListen(f"cannot listen on {shown}: {why}; free it or choose another with --listen") from None

    def server_bind(self) -> None:
        """Bind without looking up our own name, which HTTPServer does and which may take a resolver's time-out."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def busy(self, by: int) -> None:
        """An answer begins (1) or ends (-1)."""
        with self._lock:
            self._busy += by

    def drain(self, patience: float) -> None:
        """Wait until what is being answered has been answered, at most so many seconds."""
        end = time.monotonic() + patience
        while self._busy and time.monotonic() < end:
            time.sleep(0.01)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news, anything else one line without a traceback."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            say("ERROR", f"a request could not be answered ({type(error).__name__})")


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "dataflux-exporter"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self.server.busy(1)
        try:
            self._answer()
        finally:
            self.server.busy(-1)

    do_HEAD = do_GET

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        if path == "/metrics":
            encode, kind = choose_encoder(self.headers.get("Accept", ""))
            self._send(HTTPStatus.OK, encode(self.server.registry), kind)
        elif path == "/healthz":
            alive = self.server.alive()
            self._json(alive, {"status": "ok" if alive else "the scheduler stands still; restart the exporter"})
        elif path == "/readyz":
            waiting = self.server.waiting()
            self._json(not waiting, {"status": "waiting" if waiting else "ok", "waiting_for": list(waiting)})
        elif path == "/":
            self._send(HTTPStatus.OK, _INDEX, "text/plain; charset=utf-8")
        else:
            self._send(HTTPStatus.NOT_FOUND, b"There is nothing here; ask for /metrics.\n", "text/plain; charset=utf-8")

    def _json(self, good: bool, body: dict[str, object]) -> None:
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, json.dumps(body).encode() + b"\n", "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if len(body) > 1000 and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, compresslevel=1)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Scrapes are not logged."""
