"""Random schedules of faults, edits and releases: a few of them, `make e2e-faults` plays more."""

import os

import pytest

from tests.double import Double
from tests.publish.faults.schedule import play
from tests.publish.faults.world import PASSWORD
from tests.publish.sockets import without_proxies

MANY = int(os.environ.get("FAULTS", "20"))
BATCH = 10


@pytest.fixture(scope="module")
def grafana():
    with pytest.MonkeyPatch.context() as patched, Double(password=PASSWORD) as double:
        without_proxies(patched)
        yield double


@pytest.mark.parametrize("first", range(0, MANY, BATCH))
def test_whatever_goes_wrong_no_edit_is_lost_and_the_report_is_true(grafana, tmp_path, first):
    for seed in range(first, min(first + BATCH, MANY)):
        play(seed, grafana, tmp_path)
