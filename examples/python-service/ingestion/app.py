"""The endpoints: uploads come in, are hashed, known ones told apart, new ones stored and queued for analysis."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ingestion import SERVICE, metrics
from ingestion.analysis import Full, Queue, stage
from ingestion.middleware import Measured
from ingestion.store import Asset, Store, asset_id_of

log = logging.getLogger(__name__)

LARGEST = 50 * 1024 * 1024  # bytes


def application(
    folder: Path, *, pause: float = 0, faults: bool = False, connections: Callable[[], int] = lambda: 0
) -> FastAPI:
    """The service, storing under `folder`.

    `pause`: how long the analysis of an asset takes at least, in seconds. `faults`: with an endpoint that fails, for
    drills. `connections`: how many are open, as the server knows it.
    """
    store = Store(folder)
    metrics.begin()
    metrics.active_connections.labels(SERVICE).set_function(connections)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.queue = Queue(store, pause=pause)
        worker = asyncio.create_task(app.state.queue.work())
        yield
        worker.cancel()

    app = FastAPI(title=SERVICE, lifespan=lifespan, openapi_url=None)
    app.add_middleware(Measured)
    _uploads(app, store)
    _assets(app, store)
    _for_machines(app)
    if faults:
        _faults(app)
    return app


def _uploads(app: FastAPI, store: Store) -> None:
    @app.post("/upload", status_code=202)
    async def upload(request: Request) -> JSONResponse:
        return await take(request, media_type_of(request))

    @app.post("/upload/video", status_code=202)
    async def upload_video(request: Request) -> JSONResponse:
        if media_type_of(request) != "video":
            raise HTTPException(415, "This takes videos: send Content-Type video/…, or use /upload.")
        return await take(request, "video")

    async def take(request: Request, media_type: str) -> JSONResponse:
        started = time.perf_counter()
        content = await body_of(request)
        metrics.user_actions.labels(SERVICE, "upload").inc()
        metrics.asset_bytes.labels(SERVICE, media_type).inc(len(content))
        with stage("hash"):
            asset_id = asset_id_of(content)
        if known := store.get(asset_id):
            metrics.assets_processed.labels(SERVICE, known.media_type, "duplicate").inc()
            log.info("Asset is known already", extra={"asset_id": asset_id})
            return JSONResponse({"asset_id": asset_id, "duplicate": True}, 200)
        asset = Asset(asset_id, media_type, len(content))
        with stage("store"):
            store.put(asset, content)
        try:
            request.app.state.queue.put(asset)
        except Full as full:
            store.remove(asset_id)
            log.warning("Upload refused: %s", full, extra={"asset_id": asset_id})
            raise HTTPException(503, "Too much waits to be analysed: try again later.") from None
        took = round((time.perf_counter() - started) * 1000, 1)
        log.info("Asset uploaded successfully", extra={"asset_id": asset_id, "duration_ms": took})
        return JSONResponse({"asset_id": asset_id, "duplicate": False}, 202)


def media_type_of(request: Request) -> str:
    """One of metrics.MEDIA_TYPES, whatever the caller says."""
    kind = request.headers.get("content-type", "").partition("/")[0].lower()
    return kind if kind in metrics.MEDIA_TYPES else "document"


async def body_of(request: Request) -> bytes:
    """What was sent. Raises HTTPException where that is nothing, or too much."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            raise HTTPException(413, f"An asset has at most {LARGEST} bytes.")
    if not content:
        raise HTTPException(400, "Nothing was sent: the body is the asset.")
    return bytes(content)


def _assets(app: FastAPI, store: Store) -> None:
    def known(asset_id: str) -> Asset:
        if asset := store.get(asset_id):
            return asset
        raise HTTPException(404, "There is no such asset.")

    @app.get("/assets/{asset_id}")
    async def look(asset_id: str) -> Asset:
        return known(asset_id)

    @app.get("/assets/{asset_id}/content")
    async def download(asset_id: str) -> Response:
        content = store.content(known(asset_id).asset_id)
        metrics.user_actions.labels(SERVICE, "download").inc()
        return Response(content, media_type="application/octet-stream")

    @app.delete("/assets/{asset_id}", status_code=204)
    async def delete(asset_id: str) -> None:
        store.remove(known(asset_id).asset_id)
        metrics.user_actions.labels(SERVICE, "delete").inc()
        log.info("Asset deleted", extra={"asset_id": asset_id})


def _for_machines(app: FastAPI) -> None:
    @app.get("/metrics")
    async def scraped() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/healthz")
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}


def _faults(app: FastAPI) -> None:
    @app.get("/fault")
    async def fault(seconds: float = 0) -> None:
        await asyncio.sleep(min(seconds, 60))
        raise RuntimeError("this was asked for, as a drill")
