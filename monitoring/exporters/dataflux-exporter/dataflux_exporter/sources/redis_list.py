"""Redis lists that are queues: how many items, and how old the one is that is taken next."""

import json
import time
from collections.abc import Mapping
from typing import Any

import redis

from dataflux_exporter.errors import Fails
from dataflux_exporter.samples import Sample, waiting
from dataflux_exporter.sources.redis_client import Queues
from dataflux_exporter.units import age, moment

_ENDS = {"head": 0, "tail": -1}


class Lists(Queues):
    """Redis lists."""

    def read(self, client: "redis.Redis", entry: Mapping[str, Any]) -> tuple[Sample, ...]:
        """See Queues."""
        # In one transaction, so that size and item are of the same moment.
        pipeline = client.pipeline(transaction=True)
        pipeline.llen(entry["key"])
        if "time" in entry:
            pipeline.lindex(entry["key"], _ENDS[entry.get("oldest", "tail")])
        length, *items = pipeline.execute()
        oldest = oldest_age(items[0], entry["time"], time.time()) if items else None
        return waiting(entry["queue"], length, oldest)


def oldest_age(item: bytes | None, where: Mapping[str, str], now: float) -> float:
    """Seconds since the item was put in, as its JSON object says; 0 where there is none. Raises Fails."""
    if item is None:
        return 0.0
    field, form = where["field"], where.get("format", "epoch_s")
    try:
        found = json.loads(item)
    except (ValueError, RecursionError):
        raise Fails("its oldest item is no JSON, so its age is unknown; look at what puts items in") from None
    if not isinstance(found, dict) or field not in found:
        raise Fails(f"its oldest item has no field '{field}', so its age is unknown; look at what puts items in")
    try:
        return age(moment(found[field], form), now)
    except (ValueError, OverflowError):
        raise Fails(f"the field '{field}' of its oldest item is no time in the past in the form {form}") from None
