"""What can be read. Each type's module, and with it the client library, is imported only where it is configured."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dataflux_exporter.config.model import Collector
from dataflux_exporter.errors import Broken
from dataflux_exporter.run import Read, Run, Source

# Type → the module that reads it, and the function there that makes a source of a collector's options.
_MODULES: Mapping[str, tuple[str, str]] = {
    "path": ("path", "Paths"),
    "s3": ("s3", "Buckets"),
    "sql": ("sql", "Queries"),
    "redis_list": ("redis_list", "Lists"),
    "redis_stream": ("redis_stream", "Streams"),
    "kafka": ("kafka", "Groups"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A source whose client library is not there; its collector fails, the others go on."""

    why: str
    parts: tuple[str, ...] = ()

    def open(self, run: Run) -> AbstractContextManager[Read]:
        """Raises Broken."""
        raise Broken(self.why)


def source_of(collector: Collector) -> Source:
    """The source that a collector reads."""
    module, name = _MODULES[collector.type]
    options: Mapping[str, Any] = collector.options
    try:
        made = getattr(import_module(f"{__name__}.{module}"), name)
    except ImportError as error:
        return Missing(f"collectors of type {collector.type} need the package '{error.name}'; install requirements.txt")
    source: Source = made(options)
    return source
