"""The requests of a publish, sent bare by the same client: `python -m bench.bare URL FILE`. Nothing is compared.

The file holds phases as JSON, each with how many of its requests go side by side, and with the requests, as
[method, path, query, body, status].
"""

import sys
from pathlib import Path
from typing import Any

import orjson

from kit.publish.client import Grafana
from kit.publish.http.errors import Refusal
from kit.publish.http.login import Login
from kit.publish.together import READS, together

WRITES = 4


def phases(log: list[list[Any]]) -> list[tuple[int, list[list[Any]]]]:
    """The requests of a log, cut where another number of them goes side by side."""
    cut: list[tuple[int, list[list[Any]]]] = []
    for request in log:
        at_once = _at_once(request[0], request[1])
        if not cut or cut[-1][0] != at_once:
            cut.append((at_once, []))
        cut[-1][1].append(_unlocked(request))
    return cut


def _at_once(method: str, path: str) -> int:
    if method == "GET":
        return READS
    return WRITES if "/dashboards" in path or "/rule-groups/" in path else 1


def _unlocked(request: list[Any]) -> list[Any]:
    """Without the version that locks a write: it is another each time."""
    method, path, query, body, status = request
    if isinstance(body, dict) and "resourceVersion" in body.get("metadata", {}):
        metadata = {key: value for key, value in body["metadata"].items() if key != "resourceVersion"}
        body = {**body, "metadata": metadata}
    return [method, path, query, body, status]


def main(url: str, file: Path) -> None:
    """Send them all. Fails where one is answered otherwise than it was."""
    grafana = Grafana(url, Login("", "admin", "admin"))

    def send(request: list[Any]) -> None:
        method, path, query, body, status = request
        try:
            if method == "GET":
                said = grafana.get(path, query).status
            else:
                said = grafana.send(method, path, body, query).status
        except Refusal as error:
            said = error.status
        assert said == status, request

    for at_once, requests in orjson.loads(file.read_bytes()):
        together(send, requests, at_once)
    grafana.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
