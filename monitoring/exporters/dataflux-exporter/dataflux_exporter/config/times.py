"""How often, how long, how old: a collector's own times, or those of the whole file, or ours."""

from collections.abc import Mapping
from typing import Any

from dataflux_exporter.units import seconds

INTERVAL, TIMEOUT = "30s", "10s"
_STALE_INTERVALS = 5


def times(collector: Mapping[str, Any], top: Mapping[str, Any]) -> tuple[float, float, float]:
    """Interval, time-out and stale_after in seconds."""
    interval = seconds(collector.get("interval", top.get("interval", INTERVAL)))
    timeout = seconds(collector.get("timeout", top.get("timeout", TIMEOUT)))
    stale = collector.get("stale_after", top.get("stale_after"))
    if stale is None:
        return interval, timeout, max(_STALE_INTERVALS * interval, interval + timeout)
    return interval, timeout, seconds(stale)
