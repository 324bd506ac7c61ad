"""AlertmanagerConfig: the alerts go where alertmanager.yml sends them."""

import re
import subprocess

import pytest
import yaml
from attrs import evolve

from kit.alerting.routes import told
from kit.check.parts.routing import Tree
from kit.emit import prometheus_config
from kit.emit.k8s.alertmanager import SECRETS
from kit.emit.k8s.operator import alertmanager
from kit.live import relabel
from kit.load import ROOT
from kit.model.channel import Mute

PATH, FILE = "k8s/operator/alertmanager-config.yaml", "alertmanager/alertmanager.yml"


@pytest.fixture(scope="module")
def built(compiled_by):
    return compiled_by("prometheus")


@pytest.fixture(scope="module")
def object_(built, parsed):
    return parsed(built, PATH)


@pytest.fixture(scope="module")
def file(built, parsed):
    return parsed(built, FILE)


def snake(value):
    """Keys as Alertmanager's file writes them, all the way down."""
    if isinstance(value, dict):
        return {
            re.sub("[A-Z]+", lambda found: f"_{found[0].lower()}", key): snake(inner) for key, inner in value.items()
        }
    return [snake(inner) for inner in value] if isinstance(value, list) else value


def matchers(found):
    """As the file writes them."""
    return [f'{one["name"]} {one["matchType"]} "{one["value"]}"' for one in found]


def route(found):
    """A route as the file writes it, with those below."""
    plain = {key: value for key, value in found.items() if key not in ("routes", "matchers")}
    asked = {"matchers": matchers(found["matchers"])} if "matchers" in found else {}
    below = {"routes": [route(one) for one in found["routes"]]} if "routes" in found else {}
    return snake(plain) | asked | below


def test_the_routes_are_those_of_the_file_word_for_word(object_, file):
    assert route(object_["spec"]["route"]) == file["route"]


def tree(root, receivers):
    return Tree(FILE, root, {one["name"]: one for one in receivers}, {}, "")


def test_every_alert_reaches_the_same_receivers(object_, file, built):
    ours = tree(route(object_["spec"]["route"]), object_["spec"]["receivers"])
    theirs = tree(file["route"], file["receivers"])
    rules = [rule for rules in built.product.rules.values() for rule in rules]
    reached = set()
    for rule in rules:
        labels = {"alertname": rule.name, "severity": rule.alert.severity, "signal": rule.alert.signal.name}
        names = [one.receiver for one in told(ours, labels)]
        assert names == [one.receiver for one in told(theirs, labels)] != []
        reached.add((rule.alert.severity, tuple(names)))
    assert {severity for severity, _ in reached} == {"critical", "warning", "none"}
    assert told(ours, {"severity": "unknown"})[0].receiver == told(theirs, {"severity": "unknown"})[0].receiver


def test_critical_silences_its_warning_as_in_the_file(object_, file):
    [rule], [in_file] = object_["spec"]["inhibitRules"], file["inhibit_rules"]
    assert rule["equal"] == in_file["equal"]
    assert matchers(rule["sourceMatch"]) == in_file["source_matchers"]
    assert matchers(rule["targetMatch"]) == in_file["target_matchers"]


def test_it_is_silent_when_the_file_is(object_, file):
    [mute], [in_file] = object_["spec"]["muteTimeIntervals"], file["time_intervals"]
    assert mute["name"] == in_file["name"]
    assert [{**snake(one), "location": "UTC"} for one in mute["timeIntervals"]] == in_file["time_intervals"]


def test_a_mute_timing_of_another_zone_is_left_out_with_all_that_names_it(built):
    routing = built.product.routing
    elsewhere = evolve(routing, mutes=tuple(evolve(mute, location="Europe/Berlin") for mute in routing.mutes))
    both = evolve(elsewhere, mutes=(*elsewhere.mutes, Mute("nights", times=(("00:00", "06:00"),))))
    spec = alertmanager.config(both, built.product)["spec"]
    assert [mute["name"] for mute in spec["muteTimeIntervals"]] == ["nights"]
    assert not [one for one in spec["route"]["routes"] if "muteTimeIntervals" in one]
    assert "muteTimeIntervals" not in alertmanager.config(elsewhere, built.product)["spec"]


def test_receivers_say_what_the_file_says_and_their_secrets_lie_in_one_secret(object_, file):
    ours = {one["name"]: one for one in object_["spec"]["receivers"]}
    whole = file["global"]
    for receiver in file["receivers"]:
        [kind] = receiver.keys() - {"name"}
        [way], [found] = receiver[kind], ours[receiver["name"]][re.sub("_(.)", lambda f: f[1].upper(), kind)]
        same = {key: value for key, value in way.items() if key not in ("headers", "http_config")}
        assert same.items() <= snake(found).items()
        if kind == "slack_configs":
            assert found["apiURL"] == {"name": SECRETS, "key": whole["slack_api_url_file"].rsplit("/", 1)[1]}
        if kind == "email_configs":
            assert {one["key"]: one["value"] for one in found["headers"]} == way["headers"]
            sender = (whole["smtp_from"], whole["smtp_smarthost"], whole["smtp_require_tls"])
            assert (found["from"], found["smarthost"], found["requireTLS"]) == sender
        if kind == "webhook_configs":
            asked, in_file = found["httpConfig"]["authorization"], way["http_config"]["authorization"]
            assert asked["type"] == in_file["type"]
            assert asked["credentials"] == {"name": SECRETS, "key": in_file["credentials_file"].rsplit("/", 1)[1]}


def test_amtool_takes_what_the_operator_makes_of_it(object_, file, tool, tmp_path):
    spec = object_["spec"]
    made = {**file, "route": route(spec["route"]), "templates": []}
    made["receivers"] = [{"name": one["name"]} for one in spec["receivers"]]
    mutes = [{"name": one["name"], "time_intervals": snake(one["timeIntervals"])} for one in spec["muteTimeIntervals"]]
    made["time_intervals"] = mutes
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(made))
    ran = subprocess.run(
        [tool("amtool"), "check-config", tmp_path / "alertmanager.yml"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_where_grafana_notifies_there_are_no_routes(compiled_by):
    assert PATH not in compiled_by("grafana").files
    assert PATH.rsplit("/", 1)[1] not in compiled_by("grafana").files["k8s/operator/kustomization.yaml"]
    assert PATH.rsplit("/", 1)[1] in compiled_by("prometheus").files["k8s/operator/kustomization.yaml"]


def unsent():
    """What the page has one write for Prometheus where Grafana notifies."""
    page = (ROOT / "docs/deployment.md").read_text()
    [block] = [one for one in re.findall(r"```yaml\n(.*?)```", page, re.S) if "additionalAlertRelabelConfigs" in one]
    return yaml.safe_load(block)["prometheus"]["prometheusSpec"]["additionalAlertRelabelConfigs"]


def test_where_grafana_notifies_prometheus_sends_none_of_ours_and_all_of_others(compiled_by):
    text = compiled_by("grafana").files["k8s/operator/rules.yaml"]
    groups = [group for one in yaml.safe_load_all(text) for group in one["spec"]["groups"]]
    rules = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    place = prometheus_config.place(compiled_by("grafana").product.settings)
    for rule in rules:
        ours = {"alertname": rule["alert"], **rule["labels"]} | place
        assert relabel.relabelled(ours, unsent()) is None
        assert relabel.relabelled(ours | {"cluster": "theirs"}, unsent())
    assert rules
    assert relabel.relabelled({"alertname": "Watchdog", "severity": "none"}, unsent())
    assert relabel.relabelled({"alertname": "KubePodCrashLooping", **place}, unsent())


def test_promtool_takes_what_is_not_sent(tool, tmp_path):
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"alerting": {"alert_relabel_configs": unsent()}}))
    asked = [tool("promtool"), "check", "config", tmp_path / "prometheus.yml"]
    ran = subprocess.run(asked, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
