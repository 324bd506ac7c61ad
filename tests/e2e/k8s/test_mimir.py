"""What Kustomize makes of overlays/mimir: production, with the configurations exchanged."""

import kubernetes_validate
import pytest
import yaml

from kit.check.schema import file_problems


@pytest.fixture(scope="module")
def objects(build):
    """(Kind, name without what Kustomize appends) → object."""
    found = {}
    for one in build("overlays/mimir"):
        name = one["metadata"]["name"]
        base, _, last = name.rpartition("-")
        hashed = one["kind"] == "ConfigMap" and len(last) == 10
        found[one["kind"], base if hashed else name] = one
    return found


@pytest.mark.parametrize("version", ["1.34", "1.37"])
def test_every_object_is_valid(objects, version):
    for one in objects.values():
        kubernetes_validate.validate(one, version, strict=True)


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("mimir-config", "mimir.yml", "mimir"),
        ("loki-config", "loki.yml", "loki"),
        ("prometheus-config", "prometheus.yml", "prometheus"),
        ("grafana-datasources", "prometheus.yml", "datasources"),
    ],
)
def test_the_configurations_are_those_of_the_overlay(name, key, kind, objects, build):
    text = objects["ConfigMap", name]["data"][key]
    assert list(file_problems(yaml.safe_load(text), kind)) == []
    before = {one["metadata"]["name"].rpartition("-")[0]: one for one in build("overlays/production")}
    before |= {one["metadata"]["name"]: one for one in build("overlays/production")}
    assert name not in before or before[name]["data"][key] != text


def test_what_is_mounted_is_there(objects):
    """Each ConfigMap under the name that it got, with the keys that are mounted of it."""
    maps = {one["metadata"]["name"]: one["data"] for (kind, _), one in objects.items() if kind == "ConfigMap"}
    for name in ("mimir", "prometheus", "loki"):
        for volume in objects["StatefulSet", name]["spec"]["template"]["spec"]["volumes"]:
            if "configMap" in volume:
                keys = {one["key"] for one in volume["configMap"].get("items", ())}
                assert keys <= maps[volume["configMap"]["name"]].keys()
        for source in objects["StatefulSet", name]["spec"]["template"]["spec"]["containers"][0].get("envFrom", ()):
            assert source.get("configMapRef", {"name": next(iter(maps))})["name"] in maps


def test_loki_and_prometheus_keep_what_production_says_of_them(objects):
    prometheus, loki = (objects["StatefulSet", name]["spec"] for name in ("prometheus", "loki"))
    assert prometheus["replicas"] == 2 and loki["replicas"] == 3
    assert "--agent" in prometheus["template"]["spec"]["containers"][0]["args"]
    assert prometheus["template"]["spec"]["containers"][0]["readinessProbe"]
    assert loki["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    assert ("PodDisruptionBudget", "loki") in objects and ("PodDisruptionBudget", "mimir") in objects
