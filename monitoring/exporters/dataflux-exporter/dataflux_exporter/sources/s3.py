"""Buckets of MinIO or another S3: the sum of what they list."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from dataflux_exporter import secret
from dataflux_exporter.errors import Broken, Fails
from dataflux_exporter.run import Read, Run
from dataflux_exporter.samples import Sample, stored
from dataflux_exporter.units import size


class _Pool(urllib3.PoolManager):
    """Gives every request the time that its run has left: a listing that never ends is asked for page after page."""

    def __init__(self, run: Run, **more: Any) -> None:
        super().__init__(retries=False, **more)
        self._run = run

    def urlopen(self, *given: Any, **more: Any) -> Any:
        """As PoolManager's. Raises TimedOut."""
        more |= {"timeout": urllib3.Timeout(total=self._run.left()), "retries": False}
        return super().urlopen(*given, **more)


class Buckets:
    """The entries under `buckets`; a part is named by service and store."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._access_key = secret.of(options["access_key"])
        self._secret_key = secret.of(options["secret_key"])
        self._entries: dict[str, Mapping[str, Any]] = {
            f"{one['service']}/{one.get('store', one['bucket'])}": one for one in options["buckets"]
        }
        self.parts = tuple(self._entries)

    @contextmanager
    def open(self, run: Run) -> Iterator[Read]:
        """A client; it connects when it is asked."""
        options = self._options
        pool = _Pool(run, **({"ca_certs": options["ca_file"]} if "ca_file" in options else {}))
        client = Minio(
            endpoint=options["endpoint"],
            access_key=run.reveal(self._access_key),
            secret_key=run.reveal(self._secret_key),
            secure=options.get("tls", False),
            # Else it would ask for the region first.
            region=options.get("region", "us-east-1"),
            http_client=pool,
        )
        try:
            yield lambda part: _read(self._entries[part], client, options["endpoint"], run)
        finally:
            pool.clear()


def _read(entry: Mapping[str, Any], client: Minio, endpoint: str, run: Run) -> tuple[Sample, ...]:
    bucket = entry["bucket"]
    try:
        used = 0
        for found in client.list_objects(bucket_name=bucket, prefix=entry.get("prefix"), recursive=True):
            run.left()
            if found.size is None or found.size < 0:
                raise Fails("an object has no size, or a negative one; look at the store itself")
            used += found.size
    except S3Error as error:
        raise Fails(f"the store at {endpoint} refuses to list it: {error.code} ({error.message})") from None
    except urllib3.exceptions.HTTPError as error:
        run.left()
        raise Broken(f"the store at {endpoint} is out of reach ({type(error).__name__})") from None
    except (MinioException, ValueError, SyntaxError) as error:
        raise Fails(f"the store at {endpoint} answers with what is no listing ({type(error).__name__})") from None
    capacity = entry.get("capacity")
    return stored(entry["service"], entry.get("store", bucket), used, None if capacity is None else size(capacity))
