"""The world is deterministic, and one thing follows from another."""

import numpy as np
import pytest

from simulator import cast
from simulator.day import DAY, activity, weekday
from simulator.incident import Unknown, incident
from simulator.plays import played
from simulator.sheet import exposition
from simulator.world import World
from tests.simulator.mornings import MORNING, hours


def text(sheet):
    return "".join(exposition(series) for series in sheet.series.values())


def test_the_same_seed_and_steps_give_the_same_world():
    assert text(hours(seed=3)) == text(hours(seed=3))


def test_another_seed_gives_another_world():
    assert text(hours(seed=3)) != text(hours(seed=4))


def test_stretches_go_on_where_the_last_one_ended():
    world, totals = World(1, MORNING), {}
    for end in (600, 1800, 3600):
        sheet = played(world.play(MORNING + end, 60), totals)
    assert text(sheet) == text(hours(many=1))


def test_days_have_a_rhythm():
    monday = (MORNING - DAY) // DAY * DAY
    assert weekday(monday) == 0
    busy = [activity(monday + hour * 3600) for hour in range(24)]
    assert max(busy[9:17]) > 0.9 > 0.3 > max(busy[:5])
    saturday = monday + 5 * DAY
    assert activity(saturday + 10 * 3600) < 0.6 * activity(monday + 10 * 3600)


def test_what_people_do_drives_requests_queues_and_hosts():
    world = World(1, MORNING - 9 * 3600)
    frame = world.play(MORNING + 15 * 3600, 300)
    busy = frame["people"].activity
    for values in (frame["query-service"].rate, frame["queue", "analysis"].put, frame["host", "compose-1"].cpu):
        assert np.corrcoef(busy, values)[0, 1] > 0.8


def test_a_slow_database_makes_searches_slow_and_a_full_host_everything():
    usual, slow = World(1, MORNING), World(1, MORNING)
    slow.begin(incident("slow_query"))
    a, b = (world.play(MORNING + 600, 60) for world in (usual, slow))
    assert (b["endpoint", "/suggest"].time > 1.3 * a["endpoint", "/suggest"].time).all()
    assert (b["endpoint", "/search"].time > 5 * a["endpoint", "/search"].time).all()
    assert np.allclose(a["people"].activity, b["people"].activity)


def test_a_lost_replica_leaves_its_work_to_the_other():
    sheet = hours(replica_lost=0)
    frame = sheet.frame
    gone = frame["target", "ingestion-service:8011"].up == 0
    assert gone[:14].all() and not gone[15:].any()
    assert (frame["ingestion-service"].up[:14] == 1).all()
    first = next(s for t, s in sheet.series.items() if t.address == "ingestion-service:8001")
    uploads = next(one.values for one in first if one.name == "dataflux_requests_total")
    grown = np.diff(uploads)
    assert grown[:13].mean() > 1.6 * grown[20:].mean()


def test_nobody_who_is_not_there_can_be_asked_for():
    world = World(1, MORNING)
    with pytest.raises(Unknown, match="nobody of kind Queue is named 'analyses'; did you mean 'analysis'"):
        world.queue("analyses")
    with pytest.raises(Unknown, match="there is no incident 'bad_deplo'; did you mean 'bad_deploy'"):
        incident("bad_deplo")


def test_a_deployment_is_another_version_and_another_process():
    world, totals = World(1, MORNING), {}
    before = played(world.play(MORNING + 3600, 60), totals)
    world.deploy("query-service")
    after = played(world.play(MORNING + 7200, 60), totals)
    versions = [{dict(s.labels)["version"] for s in sheet.series[target(sheet)] if s.name == "dataflux_build_info"}
                for sheet in (before, after)]  # fmt: skip
    assert versions[0] != versions[1]
    counters = [
        next(s.values for s in sheet.series[target(sheet)] if s.name == "dataflux_requests_total")
        for sheet in (before, after)
    ]
    assert counters[1][0] < counters[0][-1]
    assert (np.diff(counters[1]) >= 0).all()


def target(sheet):
    return next(t for t in sheet.series if t.address == cast.REPLICAS["query-service"][0][0])
