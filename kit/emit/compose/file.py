"""docker-compose.monitoring.yml: the whole stack on one host; and a second file that changes a part of it.

An exporter is there where `settings.py` scrapes it under its name; what is scraped under another name runs elsewhere.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.emit.compose import demo, exporters, host_network, logs, stack
from kit.emit.compose.part import Part, variable
from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.settings import Settings

PATH = "docker-compose.monitoring.yml"


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    texts = {PATH: document(product)}
    if f"{exporters.HOST}:{exporters.HOST_PORT}" in addresses(product.settings):
        texts[host_network.PATH] = host_network.document()
    return {path: yaml_text(text, "settings.py and kit/emit/compose/") for path, text in texts.items()}


def document(product: Product) -> dict[str, Any]:
    """The whole file. DataFlux's own containers join the network by its name."""
    services = tuple(parts(product))
    return {
        "version": "3.9",
        "services": {part.name: part.document() for part in services},
        "networks": {"default": {"name": variable("DATAFLUX_NETWORK", "dataflux")}},
        "volumes": {name: {} for name in dict.fromkeys(name for part in services for name in _volumes(part))},
    }


def parts(product: Product) -> Iterator[Part]:
    """Every service, in the order of the file."""
    yield from stack.parts(product)
    scraped = addresses(product.settings)
    yield from (part for part in exporters.parts(product.settings) if f"{part.name}:{part.port}" in scraped)
    yield from logs.parts(product.settings)
    yield from demo.parts(product.settings)


def addresses(settings: Settings) -> frozenset[str]:
    """Everything that Prometheus scrapes, `host:port`."""
    return frozenset((*settings.services, *(address for job in settings.jobs for address in job.addresses)))


def _volumes(part: Part) -> Iterator[str]:
    """Its volumes that have a name; the rest are folders of the host."""
    yield from (name for mount in part.mounts if (name := mount.split(":")[0]).isidentifier())
