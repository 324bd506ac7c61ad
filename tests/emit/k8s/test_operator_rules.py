"""PrometheusRule: the rules of the files, which Prometheus itself can read, for what is ours."""

import re
import subprocess

import pytest
import yaml

from kit.model.promql_tree import selectors
from tests.stories.telling import promtool

RULES = "k8s/operator/rules.yaml"
PLACE = {"cluster": "dataflux", "environment": "production"}


def groups(compiled):
    """Of all objects together."""
    return [group for one in yaml.safe_load_all(compiled.files[RULES]) for group in one["spec"]["groups"]]


def anywhere(group):
    """The group, asking for no place."""

    def bare(text):
        text = re.sub("|".join(f'{label}="{value}",?' for label, value in PLACE.items()), "", text)
        return text.replace(",}", "}").replace("{}", "")

    return group | {"rules": [rule | {"expr": bare(rule["expr"])} for rule in group["rules"]]}


def test_the_objects_have_the_groups_of_the_files_but_for_the_place(either, parsed):
    files = [path for path in sorted(either.files) if path.startswith("prometheus/rules/")]
    from_files = [anywhere(group) for path in files for group in parsed(either, path)["groups"]]
    assert [anywhere(one) for one in sorted(groups(either), key=lambda one: one["name"])] == from_files != []


def test_every_selector_asks_for_the_place(either):
    read = [one for group in groups(either) for rule in group["rules"] for one in selectors(rule["expr"])]
    wanted = {(label, "=", value) for label, value in PLACE.items()}
    assert [name for name, asked in read if not wanted <= set(asked)] == [] != read


def test_promtool_reads_them(compiled, tool, tmp_path):
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups(compiled)}))
    ran = subprocess.run([tool("promtool"), "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    rules = sum(len(rules) for rules in compiled.product.rules.values()) + len(compiled.product.site.recorded)
    assert f"SUCCESS: {rules} rules found" in ran.stdout


def test_an_object_holds_one_file_and_is_called_after_it(compiled):
    for one in yaml.safe_load_all(compiled.files[RULES]):
        assert [one["metadata"]["name"]] == [f"dataflux-{group['name']}" for group in one["spec"]["groups"]]


# What is bad in a series of each, and the alert that it is bad for.
BAD = {
    'up{job="postgres",instance="i"%s}': ("ExporterDown", 0),
    'up{job="dataflux-services",service="s",instance="i"%s}': ("ServiceDown", 0),
    'pg_up{job="postgres",instance="i"%s}': ("DatabaseDown", 0),
    'dataflux_queue_size{queue="q"%s}': ("QueueDepthCritical", 9999),
    'instance_mode:node_cpu_seconds:rate5m{mode="user",instance="i"%s}': ("CpuUsageHigh", 1),
}
ALERTS = {name for name, _ in BAD.values()}
OURS = "".join(f',{label}="{value}"' for label, value in PLACE.items())
NOBODYS, SOMEBODYS = "", ',cluster="theirs",environment="production"'
# There is something of ours, which is well: else ServiceDown says that there is nothing.
WELL = [
    'up{job="dataflux-services",service="s",instance="well"' + OURS + "}",
    'up{job="postgres",instance="well"' + OURS + "}",
]


def fired(place, expected):
    """What promtool must find firing after half an hour: `expected` of each alert, where a place has what is bad."""
    series = [{"series": one % place, "values": f"{value}x40"} for one, (_, value) in BAD.items()]
    series += [{"series": one, "values": "1x40"} for one in WELL]
    told = (
        [{"labels": f'{{alertname="{name}"{OURS}}}', "value": expected} for name in sorted(ALERTS)] if expected else []
    )
    asked = {
        "expr": 'count by (alertname, cluster, environment) (ALERTS{alertstate="firing"})',
        "eval_time": "30m",
        "exp_samples": told,
    }
    return {"interval": "1m", "input_series": series, "promql_expr_test": [asked]}


@pytest.mark.parametrize(
    ("place", "expected"), [(OURS, 1), (NOBODYS, 0), (SOMEBODYS, 0)], ids=["ours", "nobodys", "somebodys"]
)
def test_only_what_is_ours_wakes_anybody(place, expected, compiled, tmp_path):
    kept = promtool.only(ALERTS, groups(compiled))
    kept = [group | {"rules": [rule for rule in group["rules"] if "alert" in rule]} for group in kept]
    assert promtool.alerts(kept).keys() == ALERTS
    assert promtool.failures({"it": (kept, fired(place, expected))}, promtool.asked_for(), tmp_path) == {"it": ""}


def test_without_the_place_everybodys_would(compiled, parsed, tmp_path):
    """What the rules of the files do in a Prometheus that is shared: the test above can fail."""
    files = [parsed(compiled, path)["groups"] for path in compiled.files if path.startswith("prometheus/rules/")]
    kept = promtool.only(ALERTS, [group for one in files for group in one])
    found = promtool.failures({"it": (kept, fired(NOBODYS, 0))}, promtool.asked_for(), tmp_path)
    assert "ExporterDown" in found["it"]
