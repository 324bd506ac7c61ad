"""Data sources of the build, brought to those of another Grafana."""

import pytest

from kit.publish.client import Login
from kit.publish.here.targets import Target
from kit.publish.mapping import mapped, uids
from kit.publish.server import DataSource, Server

THERE = (DataSource("P18", "Prom there", "prometheus"), DataSource("loki", "Loki", "loki"))


def server(**asked):
    target = Target("prod", "http://x", data_sources=asked, login=Login(token="t"))
    return Server(None, target, "13.1.0", 1, "Main Org.", "default", frozenset(), THERE)


PROM = server(prometheus="P18")


@pytest.mark.parametrize("asked", [{}, {"prometheus": "create"}, {"prometheus": "prometheus"}])
def test_where_none_differs_the_value_itself_is_taken(asked):
    value = {"datasource": {"uid": "prometheus"}}
    assert uids(server(**asked)) == {}
    assert mapped(value, server(**asked)) is value


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"datasource": {"type": "x", "uid": "prometheus"}}, {"datasource": {"type": "x", "uid": "P18"}}),
        ({"datasourceUid": "prometheus", "model": {}}, {"datasourceUid": "P18", "model": {}}),
        ({"panels": [{"targets": [{"datasource": {"uid": "prometheus"}}]}]},
         {"panels": [{"targets": [{"datasource": {"uid": "P18"}}]}]}),
        ({"record": {"targetDatasourceUid": "prometheus"}}, {"record": {"targetDatasourceUid": "P18"}}),
        ({"datasource": {"uid": "loki"}}, {"datasource": {"uid": "loki"}}),
        ({"datasource": {"uid": "${ds}"}}, {"datasource": {"uid": "${ds}"}}),
        ({"datasource": "prometheus", "title": "prometheus"}, {"datasource": "prometheus", "title": "prometheus"}),
        ({"datasourceUid": "__expr__"}, {"datasourceUid": "__expr__"}),
        ({"uid": "prometheus"}, {"uid": "prometheus"}),
        ({"datasource": None}, {"datasource": None}),
    ],
)  # fmt: skip
def test_references_are_brought_to_the_uid_there_and_nothing_else(ours, theirs):
    assert mapped(ours, PROM) == theirs


def test_the_value_that_was_given_stays_as_it_is():
    value = {"datasource": {"uid": "prometheus"}}
    mapped(value, PROM)
    assert value == {"datasource": {"uid": "prometheus"}}


def test_a_data_source_variable_begins_with_the_one_that_is_meant():
    variable = {"name": "ds", "type": "datasource", "query": "prometheus", "current": {}}
    made = mapped({"templating": {"list": [variable, {**variable, "query": "loki"}]}}, PROM)["templating"]["list"]
    assert made[0]["current"] == {"text": "Prom there", "value": "P18"}
    assert made[1]["current"] == {}
