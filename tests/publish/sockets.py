"""A server of raw bytes: what arrives can be read as it was sent, what it answers can be anything."""

import socket
import ssl
import threading
from contextlib import contextmanager

from attrs import field, frozen


@frozen
class Request:
    """One request: its first line, its headers (names in small letters), its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def target(self):
        return self.line.split(" ")[1]


@frozen
class Served:
    """A server that runs: its address, the requests and the number of connections so far."""

    url: str
    seen: list = field(factory=list)
    connections: list = field(factory=list)

    @property
    def targets(self):
        return [one.target for one in self.seen]


def answer(status=200, body=b"{}", **headers):
    """An answer, whole and kept alive."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"Content-Type": "application/json", "Content-Length": str(len(body)), **given}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value is not None)
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode() + body


def cut(bytes_):
    """Bytes after which the connection ends."""
    return lambda connection: connection.sendall(bytes_)


def hang_up(connection):
    """No answer at all."""


PAGE = {"Content_Type": "text/html; charset=utf-8"}


@contextmanager
def serving(*answers, host="127.0.0.1", wrap=None):
    """Answers one after another, the last one for ever: bytes, or a function of the connection, which then ends.

    `wrap` makes TLS of a connection.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        shown = f"[{host}]" if ":" in host else host
        served = Served(f"{'https' if wrap else 'http'}://{shown}:{listener.getsockname()[1]}")
        left, lock = list(answers), threading.Lock()

        def talk(connection):
            try:
                with wrap(connection) if wrap else connection as wrapped:
                    if isinstance(wrapped, ssl.SSLSocket):
                        _greet(wrapped)
                    while request := _read(wrapped):
                        with lock:
                            served.seen.append(request)
                            what = left.pop(0) if len(left) > 1 else left[0]
                        if callable(what):
                            what(wrapped)
                            return
                        wrapped.sendall(what)
            except OSError:
                pass  # a client that went away, or one that TLS did not like

        def accept():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                served.connections.append(connection)
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield served
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in served.connections:
                connection.close()


def _greet(wrapped):
    """Shake hands; where that fails, stay until the client has read why."""
    try:
        wrapped.do_handshake()
    except OSError:
        wrapped.shutdown(socket.SHUT_WR)
        while wrapped.recv(65536):
            pass
        raise


def _read(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
        if data[0] == 0x16:  # somebody wants to talk TLS with a server that does not
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    return Request(line, headers, body)


class FakeClock:
    """A clock that passes only by sleeping, and says how long that was."""

    def __init__(self, chance=1.0):
        self.time, self.chance, self.slept = 1000.0, chance, []

    def now(self):
        return self.time

    def sleep(self, seconds, stop):
        self.slept.append(seconds)
        self.time += seconds

    def random(self):
        return self.chance


def without_proxies(monkeypatch):
    """Where the tests run, a proxy may be set."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
