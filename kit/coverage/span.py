"""When a dashboard is looked at, and what Grafana makes of that: the step of a query, `$__rate_interval` and the like.

https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/, and for the rounding
`roundInterval` in @grafana/data `datetime/rangeutil`.
"""

import re
from collections.abc import Mapping

from attrs import frozen

# As wide as a panel of the whole width; Grafana asks for a point a pixel.
POINTS = 1000
# Up to (not with) so many milliseconds, this step.
_ROUNDED = (
    (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1500, 1000), (3500, 2000),
    (7500, 5000), (12500, 10000), (17500, 15000), (25000, 20000), (45000, 30000), (90000, 60000), (210000, 120000),
    (450000, 300000), (750000, 600000), (1050000, 900000), (1500000, 1200000), (2700000, 1800000),
    (5400000, 3600000), (9000000, 7200000), (16200000, 10800000), (32400000, 21600000), (86400000, 43200000),
    (604800000, 86400000), (1814400000, 604800000), (3628800000, 2592000000),
)  # fmt: skip
_YEAR = 31536000000
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


@frozen
class Span:
    """The `length` seconds before `at` (unix seconds), of data that is scraped every `scrape` seconds."""

    at: float
    length: float
    scrape: float = 15

    @property
    def start(self) -> float:
        """Unix seconds of its beginning."""
        return self.at - self.length

    def step(self, least: float = 0, points: int = POINTS) -> float:
        """Seconds between two points: `least` is the query's or panel's minimum, else the scrape interval's."""
        least = least or self.scrape
        wanted = self.length / max(points, 1)
        return least if wanted < least else max(rounded(wanted), least)

    def built_in(self, step: float, least: float = 0) -> Mapping[str, str]:
        """What Grafana itself fills in, by name. `least`: the query's own minimum step, in place of the scrape's."""
        scrape = least or self.scrape
        rate = max(step + scrape, 4 * scrape)
        return {
            "__interval": duration(step),
            "__interval_ms": str(round(step * 1000)),
            "__rate_interval": duration(rate),
            "__rate_interval_ms": str(round(rate * 1000)),
            "__range": f"{round(self.length)}s",
            "__range_s": str(round(self.length)),
            "__range_ms": str(round(self.length * 1000)),
            "__from": str(round(self.start * 1000)),
            "__to": str(round(self.at * 1000)),
        }


def rounded(seconds: float) -> float:
    """The step, in seconds, that Grafana takes for so many."""
    wanted = seconds * 1000
    return next((step for limit, step in _ROUNDED if wanted < limit), _YEAR) / 1000


def duration(seconds: float) -> str:
    """As Prometheus writes it: `1m15s`, `500ms`."""
    rest, out = round(seconds * 1000), ""
    for name, size in (("h", 3600000), ("m", 60000), ("s", 1000), ("ms", 1)):
        count, rest = divmod(rest, size)
        out += f"{count}{name}" if count else ""
    return out or "0s"


def seconds(text: str) -> float:
    """`1m15s`, `30` or Grafana's `>10s`, in seconds; 0 where it is none of these (a variable, nothing)."""
    text = text.strip().removeprefix(">")
    if re.fullmatch(r"\d+", text):
        return float(text)
    if not re.fullmatch(r"(?:\d+(?:ms|[smhdwy]))+", text):
        return 0
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))
