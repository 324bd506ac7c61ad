"""The past as text for promtool: what Prometheus would have stored, sample by sample."""

import re

import pytest

from simulator import history
from simulator.stage import Beside
from simulator.world import World
from tests.simulator.conftest import configured_for
from tests.simulator.mornings import MORNING, hours

LINE = re.compile(r"(\w+(?:\{.*\})?) (\S+) (\d+)")


def lines(sheet, configured, tmp_path):
    path = tmp_path / "past.txt"
    count = history.write(sheet, configured, path)
    text = path.read_text()
    assert text.endswith("# EOF\n")
    found = [LINE.fullmatch(line).groups() for line in text.splitlines()[:-1]]
    assert len(found) == count
    return found


@pytest.fixture(scope="module")
def written(configured, tmp_path_factory):
    return lines(hours(many=0.5, exporter_gone=600), configured, tmp_path_factory.mktemp("past"))


def test_each_series_goes_on_in_time_and_stands_together(written):
    order, last = [], {}
    for series, _, stamp in written:
        if series not in last:
            order.append(series)
        assert series == order[-1] and int(stamp) > last.get(series, 0)
        last[series] = int(stamp)
    assert len(order) > 1500


def test_it_has_the_labels_that_relabelling_gives(written):
    names = {series for series, _, _ in written}
    place = 'cluster="dataflux",environment="production",instance="ingestion-service:8001",job="dataflux-services"'
    assert f'up{{{place},service="ingestion-service"}}' in names
    boxes = [name for name in names if name.startswith("container_start_time_seconds")]
    assert all(re.search(r'service="[a-z-]+"', name) for name in boxes)
    assert not [name for name in boxes if "pause" in name]


def test_what_does_not_answer_has_up_0_and_nothing_else(written):
    at = {series: [] for series, _, _ in written if 'instance="node-2:9100"' in series}
    for series, value, stamp in written:
        if series in at:
            at[series].append((int(stamp), float(value)))
    [up] = [series for series in at if series.startswith("up{")]
    down = {stamp for stamp, value in at[up] if value == 0}
    assert len(at[up]) == 30 and len(down) > 15
    load = next(series for series in at if series.startswith("node_load1"))
    assert {stamp for stamp, _ in at[load]} == {stamp for stamp, _ in at[up]} - down


def test_it_says_how_many_samples_a_scrape_brought(written):
    exported = {series for series, _, _ in written if 'instance="loki:3100"' in series} - {
        series for series, _, _ in written if series.startswith(("up{", "scrape_"))
    }
    [said] = {v for s, v, _ in written if s.startswith("scrape_samples_scraped") and 'instance="loki:3100"' in s}
    assert float(said) == len(exported)


def test_what_runs_for_real_has_no_past(tmp_path):
    beside = configured_for(Beside("node", "real:9100", "127.0.0.1:9100"))
    assert any(target.address == "real:9100" for target in beside.targets)
    assert not [one for one in lines(hours(many=0.1), beside, tmp_path) if "real:9100" in one[0]]


@pytest.mark.parametrize("step", [15, 300])
def test_blocks_end_before_the_next_begins_and_leave_nothing_out(step):
    begin, until = MORNING + 17 * step, MORNING + 40 * history.block(step) / 7 // step * step
    found, now = [], begin
    for end in history.ends(begin, until, step):
        found += [(now + step, end)]
        now = end
    assert found[-1][1] == until
    for (first, last), (following, _) in zip(found, found[1:], strict=False):
        assert last + step == following
        assert first // history.block(step) == last // history.block(step)


def test_skipping_leads_to_the_same_world_as_filling():
    worlds = []
    for _ in range(2):
        world, totals = World(5, MORNING), {}
        history.skip(world, totals, MORNING + 7200, 300)
        worlds.append((world.now, totals))
    assert worlds[0] == worlds[1] and worlds[0][0] == MORNING + 7200


def test_rules_of_the_coarse_past_look_over_two_samples(compiled, tmp_path):
    for path, text in compiled.files.items():
        if path.startswith("prometheus/rules/"):
            (tmp_path / path.rsplit("/", 1)[1]).write_text(text)
    fine, coarse = (history._recording(tmp_path, step) for step in (15, 300))
    assert "[5m]" in fine and "[600s]" not in fine
    assert "[600s]" in coarse and "[5m]" not in coarse
    assert "alert:" not in fine
