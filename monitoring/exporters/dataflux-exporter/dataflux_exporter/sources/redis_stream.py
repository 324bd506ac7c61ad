"""Redis streams that are queues: what a consumer group has not acknowledged, and how old the first of it is."""

import time
from collections.abc import Mapping
from typing import Any

from dataflux_exporter.errors import Fails
from dataflux_exporter.samples import Sample, waiting
from dataflux_exporter.sources.redis_client import Queues
from dataflux_exporter.units import age


class Streams(Queues):
    """Redis streams."""

    def read(self, client: Any, entry: Mapping[str, Any]) -> tuple[Sample, ...]:
        """See Queues."""
        key = entry["key"]
        size, first = _of_group(client, key, entry["group"]) if "group" in entry else _of_all(client, key)
        return waiting(entry["queue"], size, _age(first))


def _of_all(client: Any, key: str) -> tuple[int, bytes | None]:
    pipeline = client.pipeline(transaction=True)
    pipeline.xlen(key).xrange(key, count=1)
    length, items = pipeline.execute()
    return length, items[0][0] if items else None


def _of_group(client: Any, key: str, group: str) -> tuple[int, bytes | None]:
    """What the group was not given yet and what it was given and has not acknowledged."""
    found = client.xinfo_groups(key)
    told = next((one for one in found if one["name"] == group.encode()), None)
    if told is None:
        raise Fails(f"it has no consumer group '{group}'; create it or correct the name")
    if told.get("lag") is None:
        raise Fails("Redis does not know the group's lag: before 7.0, or after XDEL within the stream, it cannot")
    if told["lag"]:
        [(first, _), *_] = client.xrange(key, min=b"(" + told["last-delivered-id"], count=1) or [(None, None)]
    else:
        first = None
    pending = client.xpending(key, group)
    ids = [one for one in (first, pending["min"]) if one is not None]
    return told["lag"] + pending["pending"], min(ids, key=_milliseconds, default=None)


def _milliseconds(identity: bytes) -> int:
    return int(identity.partition(b"-")[0])


def _age(identity: bytes | None) -> float:
    """Seconds since an id was made: its first half is that moment. 0 for none. Raises Fails."""
    if identity is None:
        return 0.0
    try:
        return age(_milliseconds(identity) / 1000, time.time())
    except ValueError:
        raise Fails("the id of its oldest item is no time in the past; let Redis make the ids (XADD … *)") from None
