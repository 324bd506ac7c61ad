import pytest
import yaml

from kit.emit.text import yaml_texts

RULES, MONITORS = "k8s/operator/rules.yaml", "k8s/operator/service-monitors.yaml"
ROUTES = "k8s/operator/alertmanager-config.yaml"


@pytest.fixture
def broken(bench, build):
    """`broken(path, change, subject)`: a file of which the list of objects was changed."""

    def hear(path, change, subject):
        objects = list(yaml.safe_load_all(build.files[path]))
        change(objects)
        return bench.file(path, yaml_texts(objects, "a test"), subject)

    return hear


def test_a_key_that_the_operator_does_not_know(broken):
    def change(objects):
        objects[0]["spec"]["endpoints"][0]["honor_labels"] = True

    said = "honor_labels is not a key of endpoints; did you mean 'honorLabels'?"
    broken(MONITORS, change, "ServiceMonitor dataflux-services").says(said, at=MONITORS)


def test_a_duration_that_is_none(broken):
    def change(objects):
        objects[0]["spec"]["endpoints"][0]["interval"] = "5 s"

    broken(MONITORS, change, "ServiceMonitor dataflux-services").says("must match", at=MONITORS)


@pytest.mark.parametrize("said", [False, None])
def test_labels_that_are_not_honoured(said, broken):
    def change(objects):
        endpoint = objects[1]["spec"]["endpoints"][0]
        endpoint.pop("honorLabels") if said is None else endpoint.update(honorLabels=said)

    broken(MONITORS, change, "ServiceMonitor prometheus").says("does not say honorLabels: true", at=MONITORS)


def test_two_of_one_name(broken):
    found = broken(MONITORS, lambda objects: objects.append(objects[1]), "ServiceMonitor prometheus")
    found.says("two have this name", at=MONITORS)


def test_an_object_that_is_none_of_the_operators(broken):
    found = broken(MONITORS, lambda objects: objects[1].update(kind="PodMonitor"), "PodMonitor prometheus")
    found.says("there is no schema for a PodMonitor: it is one of AlertmanagerConfig", at=MONITORS)


def test_another_level_than_the_files(broken):
    def change(objects):
        [group] = objects[0]["spec"]["groups"]
        group["rules"][-1]["expr"] += " + 1"

    broken(RULES, change, "group data-stores").says("has a group that has it otherwise", at=RULES)


def test_a_selector_that_asks_for_everybodys_series(broken):
    def change(objects):
        [group] = objects[0]["spec"]["groups"]
        group["rules"][0]["expr"] = group["rules"][0]["expr"].replace('cluster="dataflux",', "")

    broken(RULES, change, "group data-stores").says("has a group that has it otherwise", at=RULES)


def test_a_group_that_is_left_out_and_one_that_no_file_has(broken):
    broken(RULES, lambda objects: objects.pop(0), "group data-stores").says("has no such group", at=RULES)

    def more(objects):
        objects[0]["spec"]["groups"].append({"name": "more", "rules": [{"record": "a:b", "expr": "1"}]})

    broken(RULES, more, "group more").says("no file of prometheus/rules/ has this group", at=RULES)


ROUTE = {"receiver": "a", "matchers": [{"name": "x", "matchType": "=", "value": "1"}]}
CONFIG = {
    "apiVersion": "monitoring.coreos.com/v1alpha1",
    "kind": "AlertmanagerConfig",
    "metadata": {"name": "it"},
    "spec": {"route": {"receiver": "a", "routes": [ROUTE]}, "receivers": [{"name": "a"}]},
}


def test_a_route_that_lies_deeper_is_read_as_well(bench):
    bench.file(ROUTES, yaml_texts([CONFIG], "a test")).is_silent()
    routes = [{**ROUTE, "routes": [{**ROUTE, "groupwait": "1m"}]}]
    one = {**CONFIG, "spec": {**CONFIG["spec"], "route": {"receiver": "a", "routes": routes}}}
    said = "groupwait is not a key of route; did you mean 'groupWait'?"
    bench.file(ROUTES, yaml_texts([one], "a test"), "AlertmanagerConfig it").says(said, at=ROUTES)
