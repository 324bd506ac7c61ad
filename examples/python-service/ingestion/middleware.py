"""Every request: its id, how long it took, how it ended. Written once, so that no endpoint can forget it."""

import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect

from ingestion import SERVICE, logs, metrics

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger(__name__)

# A stranger's id is written into logs and sent on: only what is short and harmless is taken over.
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
# Asked by machines every few seconds; counted, they would hide how few people ask and how many of them fail.
UNCOUNTED = ("/metrics", "/healthz")
# Everything that no route takes is one value, however many addresses somebody tries.
UNKNOWN = "unknown"
# The caller hung up before there was an answer: nobody sees it, and it is no failure of ours.
GONE = 499
FAILED = b'{"detail":"Something went wrong here; the log tells it by the request id."}'


class Measured:
    """ASGI middleware around the whole application."""

    def __init__(self, app: App) -> None:
        """`app`: what answers the requests."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and measure it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = id_of(scope)
        token = logs.request_id.set(request_id)
        started, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            status = GONE
        except Exception as error:
            log.exception("Request failed", exc_info=error)
            answered, status = status, 500
            if answered:
                raise  # half an answer is out: only closing the connection tells that it is broken
            await fail(send, request_id)
        finally:
            count(scope, status or 500, time.perf_counter() - started)
            logs.request_id.reset(token)


def id_of(scope: Scope) -> str:
    """The caller's X-Request-ID where it is one, else a new id."""
    given: bytes = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if REQUEST_ID.fullmatch(given) else f"req-{uuid.uuid4().hex[:16]}"


def endpoint_of(scope: Scope) -> str:
    """The template of the route that took the request, never its path."""
    return getattr(scope.get("route"), "path", UNKNOWN)


async def fail(send: Send, request_id: str) -> None:
    """Answer with 500."""
    headers = [(b"content-type", b"application/json"), (b"x-request-id", request_id.encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": FAILED})


def count(scope: Scope, status: int, seconds: float) -> None:
    """Add the request to the metrics and to the log."""
    endpoint = endpoint_of(scope)
    counted = endpoint not in UNCOUNTED
    if counted:
        metrics.requests.labels(SERVICE, endpoint, str(status)).inc()
        metrics.request_duration.labels(SERVICE, endpoint).observe(seconds)
    level = logging.DEBUG if not counted else logging.ERROR if status >= 500 else logging.INFO
    log.log(
        level,
        "%s %s answered with %d",
        scope["method"],
        endpoint,
        status,
        extra={"duration_ms": round(seconds * 1000, 1)},
    )
