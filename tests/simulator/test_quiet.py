"""An ordinary week wakes nobody, so that what an incident shows is the incident."""

import numpy as np
import pytest

from signals import cache, container, database, host, queue, service, storage
from simulator import cast
from tests.simulator.mornings import MORNING, hours


@pytest.fixture(scope="module")
def week():
    midnight = MORNING // 86_400 * 86_400
    return hours(begin=midnight, many=7 * 24, step=300).frame


def test_hosts_stay_below_their_levels(week):
    for one in cast.HOSTS:
        assert week["host", one.name].cpu.max() < host.cpu.warning.value
        assert week["host", one.name].memory.max() < host.memory.critical.value
        for mountpoint in one.mounts:
            used = week["mount", one.name, mountpoint].used.max()
            excepted = host.disk.critical.except_["mountpoint"]
            assert used < (excepted.get(mountpoint) or host.disk.critical.value)


def test_queues_stay_below_their_levels(week):
    for one in cast.QUEUES:
        depth, oldest = week["queue", one.name].depth.max(), week["queue", one.name].oldest.max()
        assert depth < (queue.depth.warning.except_["queue"].get(one.name) or queue.depth.warning.value)
        assert one.name in queue.oldest.warning.except_["queue"] or oldest < queue.oldest.warning.value


def test_stores_stay_below_their_levels(week):
    assert week["database"].used.max() / cast.CONNECTIONS < database.connections.warning.value
    assert week["cache"].memory.max() < cache.memory_share.warning.value
    for (_, name), (_, capacity) in cast.STORES.items():
        assert week["store", name].used.max() / capacity < storage.fill.warning.value
    for box in cast.CONTAINERS:
        if box.limit:
            used = week["container", box.service, box.host].memory.max() / box.limit
            assert used < container.memory_share.critical.value


def test_requests_fail_rarely_and_are_answered_in_time(week):
    for route in cast.ENDPOINTS:
        one = week["endpoint", route.path]
        assert one.fails.max() < 0.02
        # The 95th percentile of the log-logistic distribution that durations are spread by.
        slowest = (one.time * 19 ** (1 / route.shape)).max()
        excepted = service.latency.warning.except_["endpoint"]
        assert slowest < (excepted.get(route.path) or service.latency.warning.value)


def test_nothing_is_down(week):
    for key, actor in week.actors.items():
        if hasattr(actor, "up"):
            assert np.all(actor.up > 0), key
