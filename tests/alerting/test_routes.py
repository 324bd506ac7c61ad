"""Who is told: the routes as they are compiled, walked as amtool walks them."""

import subprocess

import pytest
import yaml

from kit.alerting.routes import notifying, told
from kit.check.parts.matchers import Matcher, matchers
from kit.check.parts.routing import Tree

ROUTE = {"receiver": "all", "group_by": ["alertname"], "group_wait": "1m", "repeat_interval": "2h"}
CASES = {
    "nobody asks": ([], {}),
    "one takes it": ([{"receiver": "a", "matchers": ['severity = "critical"']}], {"severity": "critical"}),
    "none takes it": ([{"receiver": "a", "matchers": ['severity = "critical"']}], {"severity": "warning"}),
    "one goes on": ([{"receiver": "a", "continue": True}, {"receiver": "b"}, {"receiver": "c"}], {}),
    "the last goes on": ([{"receiver": "a", "continue": True}], {}),
    "a label is absent": ([{"receiver": "a", "matchers": ['team = ""']}], {}),
    "a label is not that": ([{"receiver": "a", "matchers": ['team != "b"']}, {"receiver": "b"}], {"team": "b"}),
    "a pattern is whole": (
        [{"receiver": "a", "matchers": ['team =~ "b|c"']}, {"receiver": "b", "matchers": ['team !~ "b.*"']}],
        {"team": "bc"},
    ),
    "all matchers count": (
        [{"receiver": "a", "matchers": ['x = "1"', 'y = "2"']}, {"receiver": "b", "matchers": ['x = "1"']}],
        {"x": "1", "y": "3"},
    ),
    "one lies deeper": (
        [{"receiver": "a", "routes": [{"receiver": "b", "matchers": ['x = "1"']}, {"receiver": "c"}]}],
        {"x": "1"},
    ),
    "one above has no receiver": ([{"routes": [{"receiver": "b", "matchers": ['x = "1"']}]}], {"x": "2"}),
}


def tree(routes):
    return Tree("alertmanager/alertmanager.yml", {**ROUTE, "routes": routes}, {}, {}, "")


@pytest.fixture
def amtool(tool, tmp_path):
    """`amtool(config, labels)`: the receivers that amtool finds."""

    def find(config, labels):
        (tmp_path / "alertmanager.yml").write_text(config)
        asked = [f"{name}={value}" for name, value in labels.items()]
        command = [tool("amtool"), "config", "routes", "test", f"--config.file={tmp_path / 'alertmanager.yml'}", *asked]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout.strip().split(",")

    return find


@pytest.mark.parametrize("case", CASES)
def test_it_reaches_those_whom_amtool_finds(amtool, case):
    routes, labels = CASES[case]
    receivers = [{"name": name} for name in ("all", "a", "b", "c")]
    config = yaml.safe_dump({"route": {**ROUTE, "routes": routes}, "receivers": receivers})
    assert [one.receiver for one in told(tree(routes), labels)] == amtool(config, labels)


def test_every_alert_reaches_those_whom_amtool_finds(amtool, rows_by, compiled_by):
    config = compiled_by("prometheus").files["alertmanager/alertmanager.yml"]
    found = {}
    for row in rows_by("prometheus").values():
        key = (row.severity, tuple(one.receiver for one in row.told))
        labels = {"alertname": row.name, "severity": row.severity, "signal": row.rule.alert.signal.name}
        if key not in found:
            found[key] = amtool(config, labels)
    assert found and all(list(key[1]) == receivers for key, receivers in found.items())


def test_both_evaluators_tell_the_same_receivers_at_the_same_times(rows_by):
    def seen(row):
        return [(one.receiver, one.wait, one.interval, one.repeat, one.group_by, one.muted) for one in row.told]

    assert {name: seen(row) for name, row in rows_by("grafana").items()} == {
        name: seen(row) for name, row in rows_by("prometheus").items()
    }


def test_what_a_route_leaves_out_comes_from_above_but_for_its_mute_timings():
    child = {"receiver": "a", "group_wait": "5s", "mute_time_intervals": ["night"], "routes": [{"receiver": "b"}]}
    [one] = told(tree([child]), {})
    assert (one.receiver, one.wait, one.interval, one.repeat) == ("b", "5s", "5m", "2h")
    assert (one.group_by, one.muted) == (("alertname",), ())


def test_a_receiver_says_how_and_where_in_either_dialect(rows_by):
    for evaluator, webhook in (("grafana", "$WEBHOOK_URL"), ("prometheus", "http://localhost:9095/alerts")):
        told_of = {one.receiver: (one.kinds, one.addresses) for one in rows_by(evaluator)["ServiceDown"].told}
        assert told_of == {
            "dataflux-slack": (("slack",), ("#dataflux-alerts",)),
            "dataflux-email": (("email",), ("admin@dataflux.local",)),
            "dataflux-webhook": (("webhook",), (webhook,)),
        }


def test_a_mute_timing_is_told_with_its_hours(rows_by):
    [one] = rows_by()["CpuUsageHigh"].told
    assert one.muted == ("dataflux-maintenance (sunday 03:00–04:00 UTC)",)
    assert all(one.muted == () for one in rows_by()["ServiceDown"].told)


def test_the_routes_of_the_evaluator_that_notifies_are_walked(build_by):
    assert notifying(build_by("grafana")).path.startswith("grafana/")
    assert notifying(build_by("prometheus")).path.startswith("alertmanager/")


def test_a_matcher_is_read_alike_from_either_dialect():
    grafana, alertmanager = {"object_matchers": [["a", "=~", "b|c"]]}, {"matchers": ['a =~ "b|c"']}
    assert list(matchers(grafana)) == list(matchers(alertmanager)) == [Matcher("a", "=~", "b|c")]
    assert [Matcher("a", "=~", "b|c").wants(value) for value in ("b", "bc", "")] == [True, False, False]
