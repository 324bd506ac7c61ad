"""Lists and streams of a real Redis: what is told, and sources that lie, hang, refuse, vanish and come back."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def client(redis):
    found = redis.client()
    found.flushall()
    return found


@pytest.fixture
def lists(redis):
    """`lists(queues)`: a collector of the type redis_list."""
    return lambda queues, **more: {
        "type": "redis_list",
        "host": redis.host,
        "port": redis.port,
        "queues": queues,
        **more,
    }


def ago(seconds):
    return json.dumps({"at": time.time() - seconds, "ms": (time.time() - seconds) * 1000})


def entry(name, **more):
    return {"key": f"q:{name}", "queue": name, **more}


OLDEST = "dataflux_queue_oldest_age_seconds"
SIZE = "dataflux_queue_size"
SUCCESS = "dataflux_exporter_collector_success"


def test_lists_from_either_end(exporter, client, lists):
    for seconds in (4000, 3000, 2000):
        client.lpush("q:tail", ago(seconds))
        client.rpush("q:head", ago(seconds))
    text = (datetime.now(UTC) - timedelta(seconds=9000)).isoformat()
    client.rpush("q:text", json.dumps({"put": text}))
    client.rpush("q:plain", "anything", "at all")
    queues = [
        entry("tail", time={"field": "at"}),
        entry("head", oldest="head", time={"field": "ms", "format": "epoch_ms"}),
        entry("text", time={"field": "put", "format": "rfc3339"}),
        entry("plain"),
        entry("empty", time={"field": "at"}),
    ]
    with exporter({"lists": lists(queues)}) as it:
        found = it.until_value(1, SUCCESS, "lists")
        assert [found[SIZE, name] for name in ("tail", "head", "text", "plain", "empty")] == [3, 3, 1, 2, 0]
        assert 4000 <= found[OLDEST, "tail"] < 4000 + 300
        assert 4000 <= found[OLDEST, "head"] < 4000 + 300
        assert 9000 <= found[OLDEST, "text"] < 9000 + 300
        assert found[OLDEST, "empty"] == 0 and (OLDEST, "plain") not in found


def test_streams_with_and_without_a_group(exporter, redis, client):
    begun = int(time.time() * 1000)
    for number in range(5):
        client.xadd("q:events", {"n": number}, id=f"{begun - 600_000 + number}-0")
    client.xgroup_create("q:events", "workers", id="0")
    client.xreadgroup("workers", "one", {"q:events": ">"}, count=3)
    client.xack("q:events", "workers", f"{begun - 600_000}-0")
    client.xadd("q:done", {"n": 1}, id=f"{begun - 600_000}-0")
    client.xgroup_create("q:done", "workers", id="$")
    client.xadd("q:new", {"n": 1}, id=f"{begun - 300_000}-0")
    client.xgroup_create("q:new", "workers", id="0")
    queues = [
        entry("events", group="workers"),
        {"key": "q:events", "queue": "all events"},
        {"key": "q:done", "queue": "done", "group": "workers"},
        entry("new", group="workers"),
        entry("nothing"),
        {"key": "q:events", "queue": "strangers", "group": "strangers"},
    ]
    collector = {"type": "redis_stream", "host": redis.host, "port": redis.port, "queues": queues}
    with exporter({"streams": collector}) as it:
        it.until_said("streams: strangers: it has no consumer group 'strangers'")
        found = it.until_value(0, SUCCESS, "streams")
        sizes = {key[1]: value for key, value in found.items() if key[0] == SIZE}
        assert sizes == {"events": 4, "all events": 5, "done": 0, "new": 1, "nothing": 0}
        assert 600 <= found[OLDEST, "events"] < 900 and 600 <= found[OLDEST, "all events"] < 900
        assert 300 <= found[OLDEST, "new"] < 600
        assert found[OLDEST, "done"] == found[OLDEST, "nothing"] == 0


def test_items_that_lie_cost_their_queue(exporter, client, lists):
    client.rpush("q:garbage", "{not json hunter2")
    client.rpush("q:future", json.dumps({"at": time.time() + 86_400}))
    client.set("q:text", "hunter2")
    client.rpush("q:good", ago(100))
    queues = [entry(name, time={"field": "at"}) for name in ("garbage", "future", "text", "good")]
    with exporter({"lists": lists(queues)}) as it:
        it.until_said("lists: garbage: its oldest item is no JSON, so its age is unknown")
        it.until_said("lists: future: the field 'at' of its oldest item is no time in the past in the form epoch_s")
        it.until_said("lists: text: Redis refuses: ")
        found = it.until_value(0, SUCCESS, "lists")
        assert found[SIZE, "good"] == 1
        assert [key for key in found if key[0] == SIZE] == [(SIZE, "good")]
        assert "hunter2" not in it.log


def test_a_redis_that_hangs_then_vanishes_and_comes_back(exporter, redis, client, lists, brief, tmp_path):
    client.rpush("q:mail", ago(10))
    disks = {"type": "path", "paths": [{"path": str(tmp_path), "service": "s", "store": "t"}]}
    with exporter({"lists": lists([entry("mail", time={"field": "at"})], **brief), "disks": disks}) as it:
        it.until_value(1, SIZE, "mail")
        redis.pause()
        try:
            it.until_value(0, SUCCESS, "lists")
            it.until_value(None, SIZE, "mail")
            it.until_value(1, SUCCESS, "disks")
        finally:
            redis.resume()
        it.until_value(1, SIZE, "mail")
        redis.stop()
        try:
            it.until_value(None, SIZE, "mail")
            it.until_said(f"lists: Redis at {redis.host} is out of reach")
        finally:
            redis.start()
        # It kept nothing: an empty queue is a queue.
        it.until_value(0, SIZE, "mail")
        it.until_value(1, SUCCESS, "lists")


def test_a_wrong_password_costs_its_collector_and_is_not_told(exporter, redis_server, tmp_path):
    guarded = redis_server("the right one")
    guarded.client().rpush("q:mail", "x")
    (tmp_path / "right").write_text("the right one\n")
    base = {"type": "redis_list", "host": guarded.host, "port": guarded.port}
    collectors = {
        "right": {**base, "password": {"file": str(tmp_path / "right")}, "queues": [entry("mail")]},
        "wrong": {**base, "password": {"env": "WRONG"}, "queues": [{"key": "q:mail", "queue": "other"}]},
        "without": {**base, "queues": [{"key": "q:mail", "queue": "third"}]},
    }
    with exporter(collectors, {"WRONG": "hunter2-not-it"}) as it:
        it.until_value(1, SIZE, "mail")
        it.until_said(f"wrong: Redis at {guarded.host} refuses user or password")
        it.until_said(f"without: Redis at {guarded.host} refuses user or password")
        for value, name in ((1, "right"), (0, "wrong"), (0, "without")):
            it.until_value(value, SUCCESS, name)
        assert "hunter2" not in it.log and "the right one" not in it.log
