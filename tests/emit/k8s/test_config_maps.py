"""ConfigMaps are made of the compiled files, all of them, each once, and are what the pods mount."""

import re
from pathlib import PurePosixPath

import pytest
import yaml

from kit.emit.k8s import grafana
from kit.load import ROOT

MONITORING = ROOT / "monitoring"
MOST = 1024 * 1024


def text(path, compiled):
    """A compiled file, or one that is written by hand."""
    return compiled.files[path] if path in compiled.files else (MONITORING / path).read_text()


@pytest.fixture(scope="module")
def maps(read, compiled):
    """ConfigMap → key → path under monitoring/; what is no file (`literals`) is not among them."""
    folders = {path.rsplit("/", 1)[0]: found[0] for path, found in read.items() if path.endswith("/Kustomization")}
    folders["exporters/logs"] = yaml.safe_load((MONITORING / "exporters/logs/Kustomization").read_text())
    folders["k8s"] = read["k8s/kustomization.yaml"][0]
    found = {}
    for folder, whole in folders.items():
        for one in whole["configMapGenerator"]:
            for file in one.get("files", ()):
                key, _, path = file.rpartition("=")
                key = key or PurePosixPath(path).name
                keys = found.setdefault(one["name"], {})
                assert key not in keys, (one["name"], key)
                keys[key] = f"{folder}/{path}"
    return found


@pytest.fixture(scope="module")
def mounted(pods):
    """ConfigMap → the items that are mounted of it; None for all of it."""
    found = {}
    for pod in pods.values():
        for volume in pod["volumes"]:
            for source in (volume, *volume.get("projected", {}).get("sources", ())):
                if "configMap" in source:
                    found[source["configMap"]["name"]] = source["configMap"].get("items")
    return found


def test_keys_are_such_as_kubernetes_takes(maps):
    assert all(re.fullmatch(r"[-._a-zA-Z0-9]{1,253}", key) for keys in maps.values() for key in keys)


def test_none_has_more_in_it_than_kubernetes_takes(maps, compiled):
    for name, keys in maps.items():
        assert sum(len(key) + len(text(path, compiled).encode()) for key, path in keys.items()) < MOST, name


def test_every_compiled_file_that_is_read_is_in_one_of_them_and_once(maps, compiled):
    wanted = {
        path
        for path in compiled.files
        if path.startswith(("grafana/", "alerts/", "alertmanager/", "prometheus/rules/"))
        and not path.endswith("Kustomization")
    }
    assert len([path for path in wanted if path.endswith(".json")]) > 15
    found = [path for keys in maps.values() for path in keys.values()]
    assert len(found) == len(set(found))
    by_hand = {path for path in found if path.startswith("exporters/")}
    assert set(found) - by_hand - {"k8s/config/prometheus.yml"} == wanted
    assert by_hand == {"exporters/logs/loki/loki.yml", "exporters/logs/alloy/kubernetes.alloy"}
    assert all((MONITORING / path).is_file() for path in by_hand)


def test_every_one_is_mounted_and_every_one_that_is_mounted_is_made(maps, mounted):
    # What it looks at only you know.
    assert mounted.keys() - maps.keys() == {"dataflux-exporter-config"}
    assert maps.keys() <= mounted.keys()


def test_items_are_keys_and_no_key_is_left_out(maps, mounted):
    for name, items in mounted.items():
        if items is not None:
            assert {one["key"] for one in items} == maps[name].keys(), name


def test_dashboards_lie_where_their_providers_look(maps, pods, compiled):
    """Each set in a volume that is mounted as its provider's folder, all of each ConfigMap."""
    volumes = {one["name"]: one for one in pods["grafana"]["volumes"]}
    found = {
        mount["mountPath"]: [
            path
            for source in volumes[mount["name"]]["projected"]["sources"]
            for path in maps[source["configMap"]["name"]].values()
        ]
        for mount in pods["grafana"]["containers"][0]["volumeMounts"]
        if mount["mountPath"].startswith("/var/lib/grafana/dashboards")
    }
    providers = yaml.safe_load(compiled.files["grafana/provisioning/dashboards/dataflux.yml"])["providers"]
    assert found.keys() == {one["options"]["path"] for one in providers}
    for folder, paths in found.items():
        assert {path.split("/")[-2] for path in paths} == {folder.rsplit("/", 1)[1]}


def test_nothing_that_grafana_reads_is_in_a_folder_of_its_volume(pods):
    """A folder at the top of a volume is a link to one that is called otherwise in every pod, which Grafana follows."""
    for volume in pods["grafana"]["volumes"]:
        for source in (volume, *volume.get("projected", {}).get("sources", ())):
            for item in source.get("configMap", {}).get("items", ()):
                assert "/" not in item["path"], (volume["name"], item["path"])


def test_no_dashboard_stands_in_a_file_for_kubernetes(compiled):
    for path, content in compiled.files.items():
        if path.startswith(("k8s/", "overlays/")) or path.endswith("Kustomization"):
            assert '"panels"' not in content and len(content) < 80_000, path


def test_grafana_finds_each_kind_of_file_in_the_folder_where_it_looks(mounted, pods):
    container = pods["grafana"]["containers"][0]
    volumes = {one["name"]: one for one in pods["grafana"]["volumes"]}
    root = "/etc/dataflux/grafana"
    found = {}
    for mount in container["volumeMounts"]:
        if mount["mountPath"].startswith(root):
            chosen, folder = mount["mountPath"].removeprefix(f"{root}/").split("/")
            found.setdefault(chosen, {})[folder] = volumes[mount["name"]]
    assert {chosen: folders.keys() for chosen, folders in found.items()} == dict.fromkeys(
        ("all", "datasources"), {"datasources", "dashboards", "alerting", "plugins"}
    )
    for folders in found.values():
        assert folders["datasources"]["configMap"]["name"] == "grafana-datasources"
    names = [one["configMap"]["name"] for one in found["all"]["alerting"]["projected"]["sources"]]
    assert names == ["grafana-alerting", "grafana-contact-points"]
    assert found["datasources"]["alerting"].keys() == {"name", "emptyDir"}


def test_every_file_that_a_command_names_is_mounted(pods, maps):
    seen = 0
    for name, pod in pods.items():
        container = pod["containers"][0]
        for word in container.get("args", ()):
            path = word.rpartition("=")[2]
            for mount in container["volumeMounts"]:
                volume = next((one for one in pod["volumes"] if one["name"] == mount["name"]), {})
                if "configMap" in volume and path.startswith(f"{mount['mountPath']}/"):
                    seen += 1
                    items = volume["configMap"].get("items")
                    there = [one["path"] for one in items] if items else maps[volume["configMap"]["name"]]
                    assert path.removeprefix(f"{mount['mountPath']}/") in there, (name, word)
    assert seen == 4


def test_what_is_read_again_by_itself_keeps_its_name_and_what_is_not_gets_another(read):
    fixed = {
        one["name"]
        for path, found in read.items()
        if path.lower().endswith(("kustomization", "kustomization.yaml"))
        for one in found[0].get("configMapGenerator", ())
        if one.get("options", {}).get("disableNameSuffixHash")
    }
    assert fixed == {"prometheus-config"}
    # A flag that is said twice stops Prometheus.
    said = [path for path in read if "--config.auto-reload" in str(read[path])]
    assert len(said) == 3 and all(str(read[path]).count("--config.auto-reload") == 1 for path in said)


def test_grafana_does_not_read_the_kustomizations_beside_its_files(compiled):
    """It reads every .yaml and .yml of a folder, and stops at one that is none of its own."""
    for path in compiled.files:
        if path.startswith(("grafana/", "alerts/", "alertmanager/", "prometheus/")):
            assert "kustomization." not in path.lower()


def test_a_set_that_is_too_large_for_one_is_put_into_several():
    files = {f"grafana/dashboards/Big/df-{at}.json": "x" * 400_000 for at in range(5)}
    found = grafana.maps(files | {"grafana/dashboards/Small & Other/df-s.json": "{}"}).dashboards
    assert {name: list(keys) for name, keys in found.items()} == {
        "grafana-dashboards-big": ["df-0.json", "df-1.json"],
        "grafana-dashboards-big-2": ["df-2.json", "df-3.json"],
        "grafana-dashboards-big-3": ["df-4.json"],
        "grafana-dashboards-small-other": ["df-s.json"],
    }


def test_a_set_in_several_is_one_folder_all_the_same():
    files = {f"grafana/dashboards/Big Set/df-{at}.json": "x" * 400_000 for at in range(5)}
    [(name, volume)] = grafana._boards(grafana.maps(files)).items()
    assert (name, volume.paths) == ("dashboards-big-set", ("/var/lib/grafana/dashboards/Big Set",))
    assert [one["configMap"] for one in volume.source["projected"]["sources"]] == [
        {"name": f"grafana-dashboards-big-set{more}"} for more in ("", "-2", "-3")
    ]


def test_a_dashboard_of_its_own_size_gets_one_to_itself():
    files = {f"grafana/dashboards/Big/df-{at}.json": "x" * 1_020_000 for at in range(2)}
    found = grafana.maps(files).dashboards
    assert [len(keys) for keys in found.values()] == [1, 1]
