"""Every folder is built by the real Kustomize, and every object that comes out is one of Kubernetes."""

import os
import re

import kubernetes_validate
import pytest
import yaml

from tests.e2e.k8s.conftest import FOLDERS, MONITORING, command, named

# From the oldest that somebody may still run to the newest that the schemas know.
VERSIONS = ("1.34", "1.37")
EVERYWHERE = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
OTHER = "somewhere-else"
# What these are differs too much from the stack itself: they have their own tests, called like them.
OF_THEIR_OWN = ("k8s/operator", "overlays/mimir")
# Whatever has programs can be what an overlay of one's own stands upon.
UPON = (*FOLDERS, "overlays/mimir")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(build, folder, version):
    objects = build(folder)
    for one in objects:
        kubernetes_validate.validate(one, version, strict=True)
    kinds = {one["kind"] for one in objects}
    assert {"Namespace", "ConfigMap", "Service", "ServiceAccount", "ClusterRole", *WORKLOADS} <= kinds


def test_what_is_no_object_of_kubernetes_is_told(build):
    deployment = named(build("k8s"), "Deployment", "prometheus")
    broken = deployment | {"spec": deployment["spec"] | {"replicaz": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)


def test_every_object_has_a_name_of_its_own_and_a_namespace(build, folder):
    objects = build(folder)
    seen = [(one["kind"], one["metadata"]["name"]) for one in objects]
    assert len(seen) == len(set(seen))
    for one in objects:
        assert ("namespace" in one["metadata"]) != (one["kind"] in EVERYWHERE), one["metadata"]["name"]
        assert one["metadata"]["labels"]["app.kubernetes.io/part-of"] == "dataflux-monitoring"


def references(value, found):
    """Every ConfigMap that a pod asks for."""
    if isinstance(value, list):
        for one in value:
            references(one, found)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("configMap", "configMapRef", "configMapKeyRef"):
                found.add(inner["name"])
            references(inner, found)
    return found


def test_every_config_map_that_is_asked_for_is_made_and_fits(build, folder):
    objects = build(folder)
    made = {one["metadata"]["name"]: one["data"] for one in objects if one["kind"] == "ConfigMap"}
    asked = set()
    for one in objects:
        if one["kind"] in WORKLOADS:
            references(one["spec"]["template"]["spec"], asked)
    assert asked - made.keys() == {"dataflux-exporter-config"}
    assert made.keys() <= asked
    for name, data in made.items():
        assert sum(len(key) + len(text.encode()) for key, text in data.items()) < 1024 * 1024, name


def test_files_are_the_compiled_ones_byte_for_byte(build, folder):
    """And some ConfigMap is above the 256 KiB that a plain `kubectl apply` can note down."""
    objects = build(folder)
    texts = {text for one in objects if one["kind"] == "ConfigMap" for text in one["data"].values()}
    files = [*MONITORING.glob("grafana/dashboards/*/*.json"), *MONITORING.glob("prometheus/rules/*.yml")]
    files += [
        *MONITORING.glob("alerts/*.yml"),
        *MONITORING.glob("grafana/*/*.yml"),
        *MONITORING.glob("grafana/*/*/*.yml"),
    ]
    assert len(files) > 30
    for path in files:
        assert path.read_text() in texts, path
    assert max(sum(map(len, one["data"].values())) for one in objects if one["kind"] == "ConfigMap") > 256 * 1024


def test_prometheus_keeps_its_name_and_the_rest_is_told_by_its_content(build, folder):
    names = [one["metadata"]["name"] for one in build(folder) if one["kind"] == "ConfigMap"]
    assert [name for name in names if not re.search(r"-[a-z0-9]{10}$", name)] == ["prometheus-config"]


def test_a_laptop_has_no_volumes(build):
    objects = build("overlays/dev")
    assert "PersistentVolumeClaim" not in {one["kind"] for one in objects}
    for one in objects:
        if one["kind"] in WORKLOADS:
            volumes = one["spec"]["template"]["spec"]["volumes"]
            assert not one["spec"].get("volumeClaimTemplates")
            assert not [volume for volume in volumes if "persistentVolumeClaim" in volume]
    assert {one["metadata"]["name"] for one in objects if one["kind"] == "Deployment"} >= {"prometheus", "grafana"}


def test_production_has_replicas_that_keep_what_they_know(build):
    objects = build("overlays/production")
    assert ("Deployment", "prometheus") not in {(one["kind"], one["metadata"]["name"]) for one in objects}
    assert "PersistentVolumeClaim" not in {one["kind"] for one in objects}
    sets = {one["metadata"]["name"]: one["spec"] for one in objects if one["kind"] == "StatefulSet"}
    assert {name: spec["replicas"] for name, spec in sets.items()} == {"prometheus": 2, "alertmanager": 3, "loki": 1}
    assert all(spec["volumeClaimTemplates"] for spec in sets.values())
    assert named(objects, "Deployment", "grafana")["spec"]["replicas"] == 2


def test_what_is_made_of_a_variable_comes_after_it(build):
    """Kubernetes fills in only what stands above; a patch may come before or after what it patches."""
    for one in build("overlays/production"):
        if one["kind"] in WORKLOADS:
            known = set()
            for entry in one["spec"]["template"]["spec"]["containers"][0].get("env", ()):
                assert set(re.findall(r"\$\((\w+)\)", entry.get("value", ""))) <= known, one["metadata"]["name"]
                known.add(entry["name"])


def test_grafanas_plain_settings_are_those_of_base_and_production(build):
    data = named(build("overlays/production"), "ConfigMap", "grafana-environment")["data"]
    assert (data["GF_DATABASE_TYPE"], data["GF_UNIFIED_ALERTING_HA_PEERS"]) == ("postgres", "grafana-peers:9094")
    assert data["SLACK_WEBHOOK_URL"] and data["GF_SERVER_ROOT_URL"]
    assert "GF_DATABASE_TYPE" not in named(build("k8s"), "ConfigMap", "grafana-environment")["data"]


def page():
    return (MONITORING.parent / "docs/deployment.md").read_text()


def documented(which=""):
    """The overlay that docs/deployment.md shows: upon production, or another one, as its first line says."""
    return yaml.safe_load(re.search(rf"```yaml\n# kustomization\.yaml{which}\n(.*?)```", page(), re.S)[1])


def upon(folder, whole, tmp_path):
    """Where an overlay stands that is the one of a page, upon another folder."""
    assert (MONITORING.parent / whole["resources"][0].removeprefix("../")).is_dir()
    resources = [os.path.relpath(MONITORING / folder, tmp_path), *whole["resources"][1:]]
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(whole | {"resources": resources}))
    return tmp_path


def test_an_overlay_of_ones_own_is_as_documented_and_may_have_another_namespace(build, tmp_path):
    objects = build(upon("overlays/production", documented() | {"namespace": OTHER}, tmp_path))
    assert {one["metadata"]["namespace"] for one in objects if one["kind"] not in EVERYWHERE} == {OTHER}
    assert named(objects, "Namespace", OTHER)
    bound = [one for one in objects if one["kind"] == "ClusterRoleBinding"]
    assert [subject["namespace"] for one in bound for subject in one["subjects"]] == [OTHER] * 3
    stores = named(objects, "ConfigMap", "stores")["data"]
    assert stores["REDIS_ADDR"] == "redis://cache.media:6379" and len(stores) == 3
    grafana = named(objects, "ConfigMap", "grafana-environment")["data"]
    assert (grafana["GF_DATABASE_TYPE"], grafana["GF_DATABASE_SSL_MODE"]) == ("postgres", "verify-full")
    [container] = named(objects, "Deployment", "dataflux-exporter")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example.org/dataflux-exporter:0.1.0"


def test_prometheus_can_be_given_more_as_documented(build, tmp_path):
    objects = build(upon("overlays/production", documented(), tmp_path))
    spec = named(objects, "StatefulSet", "prometheus")["spec"]
    [container], [claim] = spec["template"]["spec"]["containers"], spec["volumeClaimTemplates"]
    assert "--storage.tsdb.retention.size=400GB" in command(objects, container)
    assert container["resources"]["limits"] == {"cpu": "4000m", "memory": "16Gi"}
    assert (container["resources"]["requests"]["memory"], claim["spec"]["resources"]["requests"]) == (
        "8Gi",
        {"storage": "500Gi"},
    )


@pytest.mark.parametrize("folder", UPON)
def test_what_is_documented_of_an_overlay_holds_upon_every_folder(build, folder, tmp_path):
    objects = build(upon(folder, documented(), tmp_path))
    for name in ("prometheus", "alertmanager"):
        said = command(objects, container_of(objects, name))
        assert [word for word in said if "external-url" in word] == [f"--web.external-url=https://{name}.example.org"]


def container_of(objects, name):
    """The container of a program, whoever keeps it running."""
    [found] = [one for one in objects if one["kind"] in WORKLOADS and one["metadata"]["name"] == name]
    return found["spec"]["template"]["spec"]["containers"][0]


KEPT = {"k8s": ("35d", "20GB"), "overlays/dev": ("2d", "1GB"), "overlays/production": ("35d", "80GB")}


@pytest.mark.parametrize(("folder", "kept"), KEPT.items())
def test_how_much_prometheus_keeps_is_said_by_its_folder(build, folder, kept):
    objects = build(folder)
    said = command(objects, container_of(objects, "prometheus"))
    assert [word for word in said if "retention" in word] == [
        f"--storage.tsdb.retention.time={kept[0]}",
        f"--storage.tsdb.retention.size={kept[1]}",
    ]
    assert "$(" not in "".join(said)


def test_an_overlay_upon_that_of_mimir_is_as_documented(build, tmp_path):
    objects = build(upon("overlays/mimir", documented(" upon overlays/mimir"), tmp_path))
    places = named(objects, "ConfigMap", "object-storage")["data"]
    assert (places["S3_ENDPOINT"], places["LOKI_BUCKET"], len(places)) == ("s3.example.org", "lines", 5)
    found = container_of(objects, "mimir")["resources"]
    assert found == {"limits": {"cpu": "7000m", "memory": "12Gi"}, "requests": {"cpu": "1400m", "memory": "6Gi"}}


@pytest.mark.parametrize("folder", UPON)
def test_the_page_says_how_much_memory_a_folder_asks_for(build, folder):
    """A pod on each node aside, of which there is one in every folder."""
    asked = [(one, container_of([one], one["metadata"]["name"])) for one in build(folder) if one["kind"] in WORKLOADS]
    of = {
        each: sum(
            int(container["resources"]["requests"]["memory"].removesuffix("Mi")) * one["spec"].get("replicas", 1)
            for one, container in asked
            if (one["kind"] == "DaemonSet") == each
        )
        for each in (False, True)
    }
    row = re.search(rf"^\| `monitoring/{folder}` \|.*\| ([\d.]+) GiB[^|]*\|$", page(), re.M)
    assert float(row[1]) == round(of[False] / 1024, 1)
    assert f"Each node has {of[True] / 1024:.1f} GiB more to give" in page()
    if folder == "overlays/mimir":
        each = container_of(build(folder), "mimir")["resources"]["requests"]["memory"]
        assert f"3 × {int(each.removesuffix('Mi')) / 1024:.1f} for Mimir" in row[0]


def test_an_overlay_below_its_base_is_refused_which_is_why_ours_stands_beside_it(kustomize, tmp_path):
    (tmp_path / "overlay").mkdir()
    (tmp_path / "kustomization.yaml").write_text("resources: []\n")
    (tmp_path / "overlay/kustomization.yaml").write_text("resources: [..]\n")
    made = kustomize(tmp_path / "overlay")
    assert made.returncode != 0 and "cycle detected" in made.stderr


def test_every_folder_that_has_a_kustomization_is_tried():
    made = {path.parent.relative_to(MONITORING).as_posix() for path in MONITORING.rglob("kustomization.yaml")}
    assert made == {*FOLDERS, *OF_THEIR_OWN}
