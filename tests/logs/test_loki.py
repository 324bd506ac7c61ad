"""Loki's configuration: keys that it knows, and one disk's worth of everything."""

from copy import deepcopy

import pytest
import yaml

from kit.check.schema import file_problems
from kit.load import ROOT


@pytest.fixture(scope="module")
def loki():
    return yaml.safe_load((ROOT / "monitoring/exporters/logs/loki/loki.yml").read_text())


def test_every_key_is_one_of_lokis(loki):
    assert list(file_problems(loki, "loki")) == []


@pytest.mark.parametrize("path", ["common/storages", "limits_config/retention", "compactor/retention_enable"])
def test_a_wrong_key_is_told(loki, path):
    section, key = path.split("/")
    broken = deepcopy(loki)
    broken[section][key] = 1
    assert [problem.path for problem in file_problems(broken, "loki")] == [(section, key)]


def test_it_listens_where_it_is_read_and_scraped(loki, compiled):
    assert compiled.product.settings.loki_url.endswith(f":{loki['server']['http_listen_port']}")
    [job] = [job for job in compiled.product.settings.jobs if job.name == "loki"]
    assert job.addresses == (f"loki:{loki['server']['http_listen_port']}",)


def test_what_it_keeps_lies_on_its_volume(loki, parsed, compiled):
    [volume] = [
        mount
        for mount in parsed(compiled, "docker-compose.monitoring.yml")["services"]["loki"]["volumes"]
        if mount.startswith("loki_data:")
    ]
    folder = volume.split(":")[1]
    common = loki["common"]
    assert common["path_prefix"] == folder
    places = [*common["storage"]["filesystem"].values(), loki["compactor"]["working_directory"]]
    assert all(place.startswith(f"{folder}/") for place in places)


def test_lines_are_removed_when_they_are_old(loki):
    assert loki["compactor"]["retention_enabled"] and loki["limits_config"]["retention_period"] == "744h"
