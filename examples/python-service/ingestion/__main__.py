"""`python -m ingestion`: run the service. Each option can be set in the environment as well."""

import argparse
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path

import uvicorn

from ingestion import VERSION, logs
from ingestion.app import application

log = logging.getLogger(__name__)


def options(argv: list[str]) -> argparse.Namespace:
    """What was asked for on the command line, else in the environment."""
    get = os.environ.get
    parser = argparse.ArgumentParser(prog="ingestion", description="The ingestion-service of DataFlux, as an example.")
    parser.add_argument("--host", default=get("HOST", "127.0.0.1"), help="address to listen on ($HOST, %(default)s)")
    parser.add_argument("--port", type=int, default=get("PORT", "8001"), help="port ($PORT, %(default)s)")
    parser.add_argument("--data", type=Path, default=get("DATA"), help="folder for uploads ($DATA, a temporary one)")
    parser.add_argument(
        "--pause",
        type=float,
        default=get("PAUSE", "0"),
        help="seconds that the analysis of an asset takes at least ($PAUSE, %(default)s)",
    )
    parser.add_argument(
        "--log-level",
        type=str.upper,
        default=get("LOG_LEVEL", "INFO"),
        choices=["DEBUG", "INFO", "WARN", "ERROR"],
        help="least level that is logged ($LOG_LEVEL, %(default)s)",
    )
    parser.add_argument(
        "--faults",
        action="store_true",
        default=get("FAULTS") == "1",
        help="with GET /fault?seconds=1, which fails, for drills ($FAULTS=1)",
    )
    return parser.parse_args(argv)


def main(argv: list[str]) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished, and the exit code is 0."""
    asked = options(argv)
    logs.to_stdout(asked.log_level)
    # uvicorn raises the signal again when it is done; that was asked for, and is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="ingestion-", ignore_cleanup_errors=True) as folder:
        serve(asked, asked.data or Path(folder))


def serve(asked: argparse.Namespace, folder: Path) -> None:
    """Run uvicorn; its own lines go where ours go, and the middleware tells of requests better than it can."""
    config = uvicorn.Config(
        application(folder, pause=asked.pause, faults=asked.faults, connections=lambda: open_connections(server)),
        host=asked.host,
        port=asked.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(config)
    log.info("Version %s listens on %s:%d", VERSION, asked.host, asked.port)
    try:
        server.run()
    finally:
        log.info("Stopped")


def open_connections(server: uvicorn.Server) -> int:
    """How many connections the server has open now, the one that asks for it among them."""
    return len(server.server_state.connections)


if __name__ == "__main__":
    main(sys.argv[1:])
