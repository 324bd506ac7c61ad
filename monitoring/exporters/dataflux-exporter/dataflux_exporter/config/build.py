"""From a file to a configuration, or to every mistake that is in it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dataflux_exporter.config import check, cross
from dataflux_exporter.config.fault import Fault
from dataflux_exporter.config.lines import Document, NotYaml, read
from dataflux_exporter.config.model import Collector, Config
from dataflux_exporter.config.times import times

_COMMON = frozenset({"type", "interval", "timeout", "stale_after", "max_series"})
LISTEN, LOG_LEVEL, MAX_SERIES = "0.0.0.0:9400", "INFO", 10_000


class Refused(Exception):
    """The configuration cannot be used; one sentence a line, each with its place."""


def load(path: Path) -> Config:
    """The configuration in a file. Raises Refused."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path}: it is no UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise Refused(f"{path}: it cannot be read ({error.strerror}); name the configuration with --config") from None
    try:
        document = read(text, str(path))
    except NotYaml as error:
        raise Refused(str(error)) from None
    found = [*document.faults, *check.faults(document)]
    _refuse([*found, *cross.faults(document, {fault.key for fault in found})])
    return _config(document)


def _refuse(faults: Iterable[Fault]) -> None:
    if found := sorted(set(faults)):
        raise Refused("\n".join(map(str, found)))


def _config(document: Document) -> Config:
    top: dict[str, Any] = document.data
    listen = address(top.get("listen", LISTEN))
    assert listen, "the schema lets only addresses through"
    collectors = tuple(
        Collector(
            name,
            given["type"],
            *times(given, top),
            given.get("max_series", top.get("max_series", MAX_SERIES)),
            {key: value for key, value in given.items() if key not in _COMMON},
        )
        for name, given in top["collectors"].items()
    )
    return Config(listen, top.get("log_level", LOG_LEVEL), collectors)


def address(text: str) -> tuple[str, int] | None:
    """`"[::1]:9400"` → `("::1", 9400)`; None for what is no address."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535 or not host.isascii():
        return None
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], int(port)
    return None if ":" in host else (host, int(port))
