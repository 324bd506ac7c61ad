"""Prometheus on Kubernetes: the Deployment that was asked for, and the files that it reads."""

import yaml


def test_the_deployment_is_as_asked_for(compiled, parsed):
    one = parsed(compiled, "k8s/prometheus-deployment.yaml")
    assert (one["kind"], one["metadata"]["name"]) == ("Deployment", "prometheus")
    labels = [one["metadata"]["labels"], one["spec"]["selector"]["matchLabels"]]
    assert [*labels, one["spec"]["template"]["metadata"]["labels"]] == [{"app": "prometheus"}] * 3
    sources = [
        volume["configMap"]["name"] for volume in one["spec"]["template"]["spec"]["volumes"] if "configMap" in volume
    ]
    assert sources == ["prometheus-config"]


def test_its_config_map_holds_the_configuration_and_every_rule_under_the_names_that_it_mounts(compiled, parsed):
    pod = parsed(compiled, "k8s/prometheus-deployment.yaml")["spec"]["template"]["spec"]
    items = {one["key"]: one["path"] for one in pod["volumes"][0]["configMap"]["items"]}
    files = yaml.safe_load(compiled.files["prometheus/Kustomization"])["configMapGenerator"][0]["files"]
    rest = yaml.safe_load(compiled.files["k8s/kustomization.yaml"])["configMapGenerator"][0]["files"]
    made = dict(one.split("=") for one in (*files, *rest))
    assert made.keys() == items.keys()
    assert {path for path in made.values() if path.startswith("rules/")} == {
        path.removeprefix("prometheus/") for path in compiled.files if path.startswith("prometheus/rules/")
    }
    for key, path in items.items():
        assert made[key] in (path, f"config/{path}")
