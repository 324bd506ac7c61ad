"""What a Prometheus answered, read: its data, or one sentence that says what answered instead."""

from collections.abc import Mapping
from typing import Any

import orjson
from attrs import frozen

from kit.live.web import flat, is_page, title, without_secrets

MEANT = "give --prometheus the address under which Prometheus' own pages open, http://localhost:9090 for instance"
# What Prometheus itself answers with a JSON error: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
_OWN_ERRORS = frozenset({400, 404, 405, 422, 500, 503})


class NoPrometheus(Exception):
    """Nothing that can be asked answers at the address; one sentence, without credentials."""


class QueryFailed(Exception):
    """Prometheus refused this one query, or did not get done with it; its own words."""


@frozen
class Series:
    """One series of an answer: its labels, and (unix seconds, value) of its samples, the oldest first."""

    labels: Mapping[str, str]
    samples: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """Its newest value."""
        return self.samples[-1][1]


def data(status: int, kind: str, body: bytes, address: str, to: str = "") -> Any:
    """The `data` of an answer of Prometheus' HTTP API.

    `kind` is its Content-Type, `to` where a redirection leads, `address` fit to be shown.

    Raises NoPrometheus where something else answers, QueryFailed with Prometheus' words where it refuses.
    """
    found = _json(body)
    if isinstance(found, dict) and found.get("status") == "success" and "data" in found:
        return found["data"]
    if isinstance(found, dict) and found.get("status") == "error" and status in _OWN_ERRORS | {200}:
        raise QueryFailed(flat(str(found.get("error") or found.get("errorType") or "it gives no reason")))
    if 300 <= status < 400:
        where = f" to {without_secrets(to)}" if to else ""
        raise NoPrometheus(f"{address} sends us on{where} ({status}), as a login does; {MEANT}")
    raise NoPrometheus(_instead(status, kind, body, found, address))


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _instead(status: int, kind: str, body: bytes, found: Any, address: str) -> str:
    if status in (401, 403):
        words = "refuses us" if status == 403 else "wants credentials"
        return f"{address} {words} ({status}); put user:password@ into the address, or name --bearer-file"
    if status == 407:
        return f"a proxy before {address} wants credentials (407); set HTTP(S)_PROXY with them, or NO_PROXY"
    if status in (502, 503, 504):
        return f"{address} is a proxy that does not reach its Prometheus ({status}); look whether Prometheus runs"
    if is_page(kind, body):
        return f"{address} answers with a web page{title(body)} ({status}), not with Prometheus' API; {MEANT}"
    if found is not None:
        return f"{address} answers with other JSON ({status}) than Prometheus' API; {MEANT}"
    return f"{address} answers with something else ({status}) than Prometheus' API; {MEANT}"


def series(found: Any) -> tuple[Series, ...]:
    """The series of a query's data: a vector, a matrix, or a scalar as one series without labels.

    Raises NoPrometheus where the data has another shape.
    """
    try:
        kind, result = found["resultType"], found["result"]
        if kind in ("scalar", "string"):
            return (Series({}, (_sample(result),)),) if kind == "scalar" else ()
        key = {"vector": "value", "matrix": "values"}[kind]
        return tuple(_series(one, key) for one in result if key in one)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise NoPrometheus(f"a query was answered in another shape than Prometheus' ({error!r}); {MEANT}") from None


def _series(one: Mapping[str, Any], key: str) -> Series:
    samples = one[key] if key == "values" else [one[key]]
    return Series(dict(one.get("metric", {})), tuple(map(_sample, samples)))


def _sample(pair: Any) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
