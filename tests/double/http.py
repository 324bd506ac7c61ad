"""HTTP/1.1 by hand: keep-alive, a thread a connection, head and body in one send, no Nagle stall.

http.server spends more on parsing headers than all of the double on answering; a benchmark against the double would
measure that.
"""

import contextlib
import socket
import threading
from typing import Any
from urllib.parse import parse_qsl

import orjson
from attrs import define, field, frozen

JSON = "application/json"
REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 302: "Found"}


class BadJson(Exception):
    """The body of a request is no JSON object."""


@define
class Request:
    """What came in. `path` is still percent-encoded and has no base path; header names are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    login: Any = None  # who sends it: an access.Login

    @property
    def reads(self):
        return self.method in ("GET", "HEAD")

    @property
    def target(self):
        """Path and query, as the log keeps them."""
        return self.path + ("?" + "&".join(f"{key}={value}" for key, value in self.query.items()) if self.query else "")

    def json(self):
        """The body as an object. Raises BadJson."""
        try:
            found = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise BadJson from None
        if not isinstance(found, dict):
            raise BadJson
        return found


@frozen
class Answer:
    """What goes out; `cut` is how many bytes of the body are really sent (0: not even the head), None is all."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(factory=dict)
    cut: int | None = None

    def json(self):
        return orjson.loads(self.body) if self.body else None

    @property
    def bytes(self):
        if self.cut == 0:
            return b""
        head = f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Error')}\r\nContent-Length: {len(self.body)}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return head.encode() + b"\r\n" + self.body[: self.cut]


GONE = Answer(0, cut=0)  # the connection is dropped and nothing is said


def answer(body, status=200, **headers):
    """A JSON answer; `None` is an empty one."""
    content = b"" if body is None else orjson.dumps(body)
    return Answer(status, content, {"Content-Type": JSON, **headers})


def says(status, message, /, **more):
    """What Grafana's classic API says when it says no (and when it says yes)."""
    return answer({"message": message, **more}, status)


def failure(code, message, reason="", **details):
    """A `Status` that says no."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message}
    body |= {"reason": reason} if reason else {}
    return answer(body | ({"details": details} if details else {}) | {"code": code}, code)


def failure_without_words(code):
    return answer({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code}, code)


class Server:
    """Listens on a free port of a loopback address; `respond(request)` makes each answer."""

    def __init__(self, respond, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port = self.listener.getsockname()[1]
        self.respond = respond
        self.connections = set()

    def start(self):
        threading.Thread(target=self.accept, daemon=True).start()

    def stop(self):
        for connection in [self.listener, *self.connections]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections.add(connection)
        try:
            self.exchange(connection)
        except OSError:
            pass  # the client went away
        finally:
            self.connections.discard(connection)
            connection.close()

    def exchange(self, connection):
        left = b""
        while True:
            request, left = received(connection, left)
            if request is None:
                return
            said = self.respond(request)
            connection.sendall(said.bytes)
            if said.cut is not None or request.headers.get("connection", "").lower() == "close":
                return


def received(connection, left):
    """The next request on a connection, and the bytes that came after it; None when the client has closed."""
    while (end := left.find(b"\r\n\r\n")) < 0:
        if not (more := connection.recv(65536)):
            return None, b""
        left += more
    line, *lines = left[:end].decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body, left = bytearray(left[end + 4 :]), b""
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        if not (more := connection.recv(1 << 20)):
            return None, b""
        body += more
    path, _, query = target.partition("?")
    request = Request(method, path, dict(parse_qsl(query, keep_blank_values=True)), headers, bytes(body[:length]))
    return request, bytes(body[length:])
