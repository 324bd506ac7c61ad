"""A connection to Redis, as lists and streams share it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from dataflux_exporter import secret
from dataflux_exporter.errors import Broken, Fails
from dataflux_exporter.run import Read, Run
from dataflux_exporter.samples import Sample


class Queues:
    """The entries under `queues`; a part is named by its queue. Lists and streams say how one is read."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._entries: dict[str, Mapping[str, Any]] = {one["queue"]: one for one in options["queues"]}
        self.parts = tuple(self._entries)

    @contextmanager
    def open(self, run: Run) -> Iterator[Read]:
        """A client; it connects when it is asked."""
        with client(self._options, run) as made:
            yield lambda part: asked(lambda: self.read(made, self._entries[part]), self._options["host"], run)

    def read(self, client: "redis.Redis", entry: Mapping[str, Any]) -> tuple[Sample, ...]:
        """How many wait in the queue of an entry, and how old the oldest is."""
        raise NotImplementedError


@contextmanager
def client(options: Mapping[str, Any], run: Run) -> Iterator["redis.Redis"]:
    """A client whose every answer must come within the time that the run has now."""
    left = run.left()
    made = redis.Redis(
        host=options["host"],
        port=options.get("port", 6379),
        db=options.get("database", 0),
        username=options.get("user"),
        password=run.reveal(secret.of(options.get("password"))),
        ssl=options.get("tls", False),
        **({"ssl_ca_certs": options["ca_file"]} if "ca_file" in options else {}),
        socket_timeout=left,
        socket_connect_timeout=left,
        # The next run is the retry.
        retry=Retry(NoBackoff(), 0),
        client_name="dataflux-exporter",
        # Keys are told apart by their bytes, and items need be no text.
        decode_responses=False,
    )
    try:
        yield made
    finally:
        made.close()


def asked(read: Callable[[], tuple[Sample, ...]], host: str, run: Run) -> tuple[Sample, ...]:
    """What `read` gives, with Redis' own errors turned into ours."""
    try:
        return read()
    except redis.AuthenticationError as error:
        raise Broken(f"Redis at {host} refuses user or password: {error}") from None
    except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
        run.left()
        raise Broken(f"Redis at {host} is out of reach: {error}") from None
    except redis.ResponseError as error:
        raise Fails(f"Redis refuses: {error}") from None
