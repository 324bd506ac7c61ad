"""Buckets: a server that speaks ListObjectsV2, and one that lies."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

USED = "dataflux_storage_used_bytes"
CAPACITY = "dataflux_storage_capacity_bytes"
SUCCESS = "dataflux_exporter_collector_success"
KEY = "an-access-key"


def page(contents, following=None):
    """A page of a listing."""
    when = "<LastModified>2024-01-01T12:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
    entries = "".join(f"<Contents><Key>{key}</Key>{when}<Size>{size}</Size></Contents>" for key, size in contents)
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{following}</NextContinuationToken>"
    end = more if following else "<IsTruncated>false</IsTruncated>"
    return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>x</Name>{entries}{end}</ListBucketResult>'


def refusal(code, message):
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"


class Bucket(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        status, body = self._answer(parts.path.strip("/"), query)
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _answer(self, bucket, query):
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            return 403, refusal("InvalidAccessKeyId", "The access key does not exist")
        number = int(query.get("continuation-token", 0))
        if bucket == "assets" and query.get("prefix"):
            return 200, page([(query["prefix"] + "x", 7)])
        if bucket == "assets":
            return 200, page([(f"{number}-{n}", 1000) for n in range(10)], number + 1 if number < 2 else None)
        if bucket == "endless":
            return 200, page([], number + 1)
        if bucket == "negative":
            return 200, page([("a", -5)])
        if bucket == "garbage":
            return 200, "<html>not a listing"
        return 404, refusal("NoSuchBucket", "The specified bucket does not exist")

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def s3(endpoint):
    """`s3(buckets)`: a collector of the type s3."""
    keys = {"access_key": {"env": "ACCESS_KEY"}, "secret_key": {"env": "SECRET_KEY"}}
    return lambda buckets, **more: {"type": "s3", "endpoint": endpoint, **keys, "buckets": buckets, **more}


ENV = {"ACCESS_KEY": KEY, "SECRET_KEY": "hunter2-secret-key"}


def test_pages_and_prefixes_add_up(exporter, s3):
    buckets = [
        {"bucket": "assets", "service": "ingestion-service", "capacity": "1MiB"},
        {"bucket": "assets", "prefix": "previews/", "service": "analysis-service", "store": "previews"},
    ]
    with exporter({"objects": s3(buckets)}, ENV) as it:
        found = it.until_value(1, SUCCESS, "objects")
        assert found[USED, "ingestion-service", "assets"] == 30_000
        assert found[CAPACITY, "ingestion-service", "assets"] == 1 << 20
        assert found[USED, "analysis-service", "previews"] == 7
        assert (CAPACITY, "analysis-service", "previews") not in found


def test_stores_that_lie_cost_their_bucket(exporter, s3, brief):
    names = ("negative", "garbage", "nowhere", "assets")
    with exporter(
        {
            "liar": s3([{"bucket": name, "service": "s"} for name in names]),
            "endless": s3([{"bucket": "endless", "service": "s"}], **brief),
        },
        ENV,
    ) as it:
        it.until_said("liar: s/negative: an object has no size, or a negative one")
        it.until_said("liar: s/garbage: the store at ")
        it.until_said("liar: s/nowhere: the store at ")
        it.until_said("endless: it did not finish within 2 s")
        found = it.until(lambda found: len([key for key in found if key[0] == SUCCESS]) == 2, "two ended runs")
        assert found[USED, "s", "assets"] == 30_000
        assert [key for key in found if key[0] == USED] == [(USED, "s", "assets")]
        assert found[SUCCESS, "liar"] == found[SUCCESS, "endless"] == 0


def test_wrong_credentials_cost_their_collector_and_are_not_told(exporter, s3):
    wrong = s3([{"bucket": "assets", "service": "other"}], access_key={"env": "WRONG"})
    good = s3([{"bucket": "assets", "service": "s"}])
    with exporter({"wrong": wrong, "good": good}, {**ENV, "WRONG": "hunter2-access"}) as it:
        it.until_said("refuses to list it: InvalidAccessKeyId (The access key does not exist)")
        found = it.until_value(1, SUCCESS, "good")
        assert found[USED, "s", "assets"] == 30_000 and (USED, "other", "assets") not in found
        assert "hunter2" not in it.log
