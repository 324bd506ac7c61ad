"""Doubles of Grafana in a process of their own, so that what they spend is not counted: `python -m bench.grafanas 20`.

It prints their addresses as JSON. Then each line on stdin is answered by one of JSON: `log`, the requests that came to
the first of them since `forget`, in their order, as [method, path, query, body, status]; `forget`; `reset`, as they
were at first. It ends with its stdin.
"""

import json
import sys
from contextlib import ExitStack
from typing import Any

from tests.double import Double

LATENCY = (0.002, 0.008)


class Recorded(Double):  # type: ignore[misc]
    """A double that keeps whole requests."""

    def reset(self) -> None:
        """As it was at first."""
        super().reset()
        self.requests: list[list[Any]] = []

    def respond(self, request: Any) -> Any:
        """Keep the request, and answer it."""
        body = json.loads(request.body) if request.body else None
        entry = [request.method, request.path, request.query, body, 0]
        self.requests.append(entry)
        said = super().respond(request)
        entry[-1] = said.status
        return said


def main(count: int) -> None:
    """Run so many until stdin ends."""
    with ExitStack() as stack:
        doubles = [stack.enter_context(Recorded(latency=LATENCY)) for _ in range(count)]
        print(json.dumps([one.url for one in doubles]), flush=True)
        for line in map(str.strip, sys.stdin):
            said = doubles[0].requests
            for one in doubles:
                if line == "reset":
                    one.reset()
                elif line == "forget":
                    one.requests = []
            print(json.dumps(said if line == "log" else None), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
