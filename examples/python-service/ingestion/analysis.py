"""What is queued gets analysed. In DataFlux the analysis-service does that; here one task, so that it can be seen."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ingestion import SERVICE, logs, metrics
from ingestion.store import Asset, Store

log = logging.getLogger(__name__)

# How files of each kind begin, and at which byte.
SIGNATURES: dict[str, tuple[tuple[int, bytes], ...]] = {
    "video": ((4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (8, b"AVI ")),
    "audio": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"fLaC"), (0, b"OggS"), (8, b"WAVE")),
    "image": ((0, b"\x89PNG"), (0, b"\xff\xd8\xff"), (0, b"GIF8"), (8, b"WEBP")),
}


@dataclass(frozen=True)
class Item:
    """What waits: an asset, and the request that it came with, so that its log lines are found as well."""

    asset: Asset
    request_id: str


class Full(Exception):
    """The queue takes no more."""


class Queue:
    """A queue in memory that counts what goes in and out; `pause` is what each item takes at least, in seconds."""

    def __init__(self, store: Store, limit: int = 10_000, pause: float = 0) -> None:
        """`limit`: how many items it holds."""
        self.store, self.pause = store, pause
        self.items: asyncio.Queue[Item] = asyncio.Queue(limit)
        # Asked at each scrape: a number that is kept beside the queue would drift away from it.
        metrics.queue_size.labels(metrics.QUEUE).set_function(self.items.qsize)

    def put(self, asset: Asset) -> None:
        """Add it to the end. Raises Full."""
        try:
            self.items.put_nowait(Item(asset, logs.request_id.get()))
        except asyncio.QueueFull:
            raise Full(f"{self.items.maxsize} assets wait already") from None
        metrics.queue_enqueued.labels(metrics.QUEUE).inc()

    async def work(self) -> None:
        """Take item after item, until the task is cancelled."""
        while True:
            item = await self.items.get()
            metrics.queue_dequeued.labels(metrics.QUEUE).inc()
            logs.request_id.set(item.request_id)
            with metrics.queue_processing.labels(metrics.QUEUE).time():
                await asyncio.sleep(self.pause)
                self._finish(item.asset)

    def _finish(self, asset: Asset) -> None:
        if self.store.get(asset.asset_id) is not asset:
            return  # deleted while it waited
        started = time.perf_counter()
        try:
            with stage("analyse"):
                check(asset, self.store.content(asset.asset_id))
        except Exception as error:  # whatever is wrong with one asset must not end the work on the others
            asset.state = "failed"
            log.error("Asset cannot be analysed: %s", error, extra={"asset_id": asset.asset_id})
        else:
            asset.state = "ready"
            took = round((time.perf_counter() - started) * 1000, 1)
            log.info("Asset analysed", extra={"asset_id": asset.asset_id, "duration_ms": took})
        result = "failed" if asset.state == "failed" else "ok"
        metrics.assets_processed.labels(SERVICE, asset.media_type, result).inc()


def check(asset: Asset, content: bytes) -> None:
    """Raise ValueError where the content is not of the asset's media type."""
    known = SIGNATURES.get(asset.media_type)
    if known and not any(content[at : at + len(start)] == start for at, start in known):
        raise ValueError(f"{asset.size} bytes that are no known kind of {asset.media_type}")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure a stage of the pipeline; what raises an exception has failed in it."""
    started, result = time.perf_counter(), "failed"
    try:
        yield
        result = "ok"
    finally:
        metrics.pipeline_items.labels(SERVICE, name, result).inc()
        metrics.stage_duration.labels(SERVICE, name).observe(time.perf_counter() - started)
