"""The exporter at work: collectors, schedule and HTTP put together, until a signal ends it."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress

from dataflux_exporter import __version__
from dataflux_exporter.config.model import Config
from dataflux_exporter.logs import Teller, begin, say
from dataflux_exporter.render import registry
from dataflux_exporter.schedule import Job, Scheduler
from dataflux_exporter.sources import source_of
from dataflux_exporter.store import Limits, Store
from dataflux_exporter.web import Server


def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT, then end the process with exit code 0. Raises CannotListen."""
    ended = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ended.set())
    store = Store({one.name: Limits(one.stale_after, one.max_series) for one in config.collectors}, time.monotonic)
    teller = Teller()
    jobs = [
        Job(one.name, source_of(one), one.interval, one.timeout, one.max_series, store, teller)
        for one in config.collectors
    ]
    scheduler = Scheduler(jobs)
    server = Server(config.listen, registry(store), scheduler.alive, store.unfinished)
    begin(config.log_level)
    host, port = server.server_address[:2]
    say("INFO", f"listening on {host!s}:{port}", version=__version__, collectors=len(jobs))
    scheduler.begin()
    threading.Thread(target=server.serve_forever, args=(0.1,), name="http", daemon=True).start()
    # A signal that arrives just before a wait without end would be seen only with the next one.
    while not ended.wait(0.5):
        pass
    server.shutdown()
    server.drain(1)
    say("INFO", "ended by a signal")
    # A thread that hangs in a client library must not hold the exit, nor be torn down while it runs.
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(0)
