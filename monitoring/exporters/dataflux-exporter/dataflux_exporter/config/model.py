"""A configuration that has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Collector:
    """One collector. Times in seconds; `options` is what its type takes, as it stands in the file."""

    name: str
    type: str
    interval: float
    timeout: float
    stale_after: float
    max_series: int
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Config:
    """`listen`: host (empty for all) and port; `log_level`: ERROR, WARN, INFO or DEBUG."""

    listen: tuple[str, int]
    log_level: str
    collectors: tuple[Collector, ...]
