"""Log lines to a Loki, where there is one: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs"""

import sys
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping

import orjson

from simulator.logs import Line

AT_LEAST = 500
PATIENCE = 5.0


class Loki:
    """Takes lines and pushes them in batches; what it refuses is said once, and the play goes on."""

    def __init__(self, url: str, labels: Mapping[str, str]):
        """`labels`: of every stream, beside `service`."""
        self._url = f"{url.rstrip('/')}/loki/api/v1/push"
        self._labels = labels
        self._kept: list[Line] = []
        self.refused = ""

    def write(self, lines: list[Line], *, now: bool = False) -> None:
        """Keep the lines until there are enough of them, or push them at once."""
        self._kept += lines
        if self._kept and (now or len(self._kept) >= AT_LEAST):
            self._push(self._kept)
            self._kept = []

    def _push(self, lines: list[Line]) -> None:
        request = urllib.request.Request(self._url, body(lines, self._labels), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):
                return
        except urllib.error.HTTPError as error:
            why = f"it answers {error.code} {error.reason}"
        except (OSError, ValueError) as error:
            why = str(getattr(error, "reason", error))
        if not self.refused:
            self.refused = f"Loki takes no log lines ({why}); they are in the files all the same"
            print(self.refused, file=sys.stderr, flush=True)


def body(lines: list[Line], labels: Mapping[str, str]) -> bytes:
    """The lines as one push: a stream a service, in the order of their times."""
    values = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.time):
        values[line.service].append([str(round(line.time * 1e9)), line.text()])
    streams = [{"stream": dict(labels, service=name), "values": found} for name, found in values.items()]
    return orjson.dumps({"streams": streams})
