"""What the kinds of alerting have in common: the provisioning API, its provenance, and whose an object is.

https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/alerting_provisioning/
"""

from collections.abc import Mapping
from typing import Any

from kit.publish import canonical
from kit.publish.client import path
from kit.publish.model import Found
from kit.publish.server import Server

# What is ours by name, where nothing else says so.
PREFIX = "dataflux"
FILE = "file"


def provisioning(*segments: str) -> str:
    """A path of the provisioning API."""
    return path("api", "v1", "provisioning", *segments)


def headers(content: Mapping[str, Any]) -> dict[str, str]:
    """What leaves an object editable in Grafana, where its content says so: its provenance is empty."""
    return {} if content["provenance"] == "api" else {"X-Disable-Provenance": "true"}


def provenance(server: Server) -> str:
    """The provenance that what is published gets, as Grafana reads it back."""
    return "api" if server.target.provenance == "api" else ""


def found(kind: str, key: str, title: str, content: Any, *, place: str = "", version: str = "", raw: Any = None,
          ours: bool | None = None) -> Found:  # fmt: skip
    """One object, with its content in canonical form (its `provenance` included).

    It is ours by its name's prefix and the provenance of the API. What carries that cannot be edited in Grafana, so
    that it is its own base until the ledger says otherwise.
    """
    origin, digest = content.get("provenance") or "", canonical.digest(content)
    mine = title.startswith(PREFIX) and origin == "api" if ours is None else ours
    return Found(
        kind, key, title, digest,
        content=content,
        place=place,
        version=version,
        ours=mine and origin in ("", "api"),
        manager="" if origin in ("", "api") else f"provenance:{origin}",
        bases=(digest,) if origin == "api" else (),
        raw=raw,
    )  # fmt: skip


def without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The mapping without these keys, and without what is null."""
    return {key: one for key, one in value.items() if key not in keys and one is not None}
