"""overlays/mimir: keys that Mimir and Loki know, names that lead somewhere, and the same rules."""

import re
import subprocess
from copy import deepcopy

import pytest
import yaml

from kit.check.schema import file_problems
from kit.live import relabel
from kit.load import ROOT
from tests.stories.telling import promtool

FOLDER = "overlays/mimir"
SECRET = {"S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"}


@pytest.fixture(scope="module")
def config(compiled):
    """`config("mimir")`: one of the configurations."""
    return lambda name: yaml.safe_load(compiled.files[f"{FOLDER}/config/{name}.yml"])


@pytest.fixture(scope="module")
def objects(compiled):
    """(Kind, name) → object, of what the overlay adds."""
    texts = [compiled.files[f"{FOLDER}/{name}.yaml"] for name in ("mimir", "network-policies", "disruption-budgets")]
    found = [one for text in texts for one in yaml.safe_load_all(text)]
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


@pytest.fixture(scope="module")
def patches(compiled):
    texts = [text for path, text in compiled.files.items() if path.startswith(f"{FOLDER}/patches/")]
    return {one["metadata"]["name"]: one for one in map(yaml.safe_load, texts)}


@pytest.fixture(scope="module")
def overlay(compiled):
    return yaml.safe_load(compiled.files[f"{FOLDER}/kustomization.yaml"])


@pytest.fixture(scope="module")
def pod(objects):
    return objects["StatefulSet", "mimir"]["spec"]["template"]["spec"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("rules", "prometheus-rules"),
        ("mimir", "mimir"),
        ("loki", "loki"),
        ("prometheus", "prometheus"),
        ("datasource", "datasources"),
    ],
)
def test_every_key_is_known(name, kind, config):
    assert list(file_problems(config(name), kind)) == []


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mimir", "ruler_storage/local/folder"),
        ("mimir", "distributor/ha_tracker/enabled"),
        ("mimir", "limits/max_series"),
        ("mimir", "common/storage/s3/bucketnames"),
        ("loki", "common/storage/s3/bucket_name"),
        ("loki", "memberlist/join"),
    ],
)
def test_a_wrong_key_is_told(name, path, config):
    broken = inner = deepcopy(config(name))
    *above, key = path.split("/")
    for part in above:
        inner = inner[part]
    inner[key] = "x"
    assert [problem.path for problem in file_problems(broken, name)] == [(*above, key)]


def test_the_ruler_reads_every_file_of_rules_from_the_config_map_that_prometheus_has(compiled, config, overlay, pod):
    [volume] = [one for one in pod["volumes"] if one["name"] == "rules"]
    files = yaml.safe_load(compiled.files["prometheus/Kustomization"])["configMapGenerator"][0]
    [more] = [one for one in overlay["configMapGenerator"] if one["name"] == files["name"]]
    keys = dict(one.split("=") for one in (*files["files"], *more["files"]))
    assert volume["configMap"]["name"] == files["name"]
    everybodys = {path.removeprefix("prometheus/") for path in compiled.files if path.startswith("prometheus/rules/")}
    assert {keys[one["key"]] for one in volume["configMap"]["items"]} == everybodys | {"config/rules.yml"}
    assert len({one["path"] for one in volume["configMap"]["items"]}) == len(everybodys) + 1
    [mount] = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "rules"]
    assert config("mimir")["ruler_storage"] == {
        "backend": "local",
        "local": {"directory": mount["mountPath"].removesuffix("/anonymous")},
    }
    assert config("mimir")["multitenancy_enabled"] is False and mount["mountPath"].endswith("/anonymous")


def test_rules_are_evaluated_as_often_as_in_prometheus(compiled, config):
    assert config("mimir")["ruler"]["evaluation_interval"] == compiled.product.settings.rule_interval


def test_what_is_written_lies_on_the_volume(config, pod):
    mimir = config("mimir")
    places = [
        mimir["blocks_storage"]["tsdb"]["dir"],
        mimir["blocks_storage"]["bucket_store"]["sync_dir"],
        mimir["compactor"]["data_dir"],
        mimir["ruler"]["rule_path"],
        mimir["activity_tracker"]["filepath"],
    ]
    [mount] = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "data"]
    assert all(place.startswith(f"{mount['mountPath']}/") for place in places) and len(set(places)) == len(places)


def test_prometheus_is_an_agent_that_evaluates_nothing_and_tells_nobody(config, patches, compiled_by):
    args = patches["prometheus"]["spec"]["template"]["spec"]["containers"][0]["args"]
    assert "--agent" in args and not [word for word in args if word.startswith("--storage.tsdb.")]
    for evaluator in ("grafana", "prometheus"):
        text = compiled_by(evaluator).files[f"{FOLDER}/config/prometheus.yml"]
        assert yaml.safe_load(text).keys() == {"global", "scrape_configs", "remote_write"}
    assert config("prometheus")["global"].keys() == {"scrape_interval", "external_labels"}


def test_promtool_takes_it_for_an_agent(config, tool, tmp_path):
    """Debian's knows no discovery of Kubernetes: that part is left out for it."""
    whole = deepcopy(config("prometheus"))
    for job in whole["scrape_configs"]:
        job.pop("kubernetes_sd_configs", None)

    def code(document):
        (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(document))
        asked = [tool("promtool"), "check", "config", "--agent", "--syntax-only", tmp_path / "prometheus.yml"]
        return subprocess.run(asked, capture_output=True).returncode

    assert code(whole) == 0
    assert code(whole | {"rule_files": ["*.yml"]}) != 0


def test_it_scrapes_what_production_scrapes_and_mimir(compiled, config):
    whole = yaml.safe_load(compiled.files["k8s/config/prometheus.yml"])
    jobs = config("prometheus")["scrape_configs"]
    assert [one for one in jobs if one["job_name"] != "mimir"] == whole["scrape_configs"]
    assert len(jobs) == len(whole["scrape_configs"]) + 1


def test_each_pod_of_mimir_is_a_target(config, pod):
    [job] = [one for one in config("prometheus")["scrape_configs"] if one["job_name"] == "mimir"]
    [container] = pod["containers"]
    ports = [one["containerPort"] for one in container["ports"]]
    meta = {"pod_name": "mimir-2", "pod_phase": "Running", "pod_container_name": container["name"]}
    found = []
    for port in ports:
        known = {**meta, "pod_container_init": "false", "pod_container_port_number": str(port)}
        found.append(relabel.target(job, "10.0.0.7:1", {f"__meta_kubernetes_{key}": one for key, one in known.items()}))
    [kept] = [{key: one for key, one in labels.items() if key[0] != "_"} for labels in found if labels]
    place = {"cluster": "dataflux", "environment": "production"}
    assert kept == {"job": "mimir", "service": "mimir", "instance": "mimir-2:8080", **place}


WATCHED = {
    "MimirRefusesSamples": 'prometheus_remote_storage_samples_failed_total{job="prometheus",cluster="c",instance="p"}',
    "MimirRulesFailing": 'cortex_prometheus_rule_evaluation_failures_total{job="mimir",cluster="c",instance="m"}',
}


@pytest.mark.parametrize(("each_minute", "fires"), [(1, True), (0, False)])
def test_what_mimir_refuses_and_what_fails_in_it_is_told(each_minute, fires, config, tmp_path):
    groups = config("rules")["groups"]
    assert promtool.alerts(groups).keys() == WATCHED.keys()
    series = [{"series": one, "values": f"0+{each_minute}x40"} for one in WATCHED.values()]
    told = [{"labels": f'{{alertname="{name}",cluster="c"}}', "value": 1} for name in sorted(WATCHED) if fires]
    counted = 'count by (alertname, cluster) (ALERTS{alertstate="firing",severity="warning"})'
    asked = {"expr": counted, "eval_time": "30m", "exp_samples": told}
    story = {"interval": "1m", "input_series": series, "promql_expr_test": [asked]}
    assert promtool.failures({"it": (groups, story)}, promtool.asked_for(), tmp_path) == {"it": ""}


def test_the_page_says_what_to_do_about_each(config):
    """Where the alerts' runbook links lead."""
    page = (ROOT / "docs/deployment.md").read_text()
    for name, rule in promtool.alerts(config("rules")["groups"]).items():
        file, anchor = rule["annotations"]["runbook_url"].rsplit("/", 1)[1].split("#")
        assert file == "deployment.md"
        [section] = [
            one for one in re.split(r"^#+ ", page, flags=re.M) if one.lower().replace(" ", "-").startswith(anchor)
        ]
        assert f"| {name} |" in section


def test_of_two_replicas_mimir_believes_one(config):
    labels, limits = config("prometheus")["global"]["external_labels"], config("mimir")["limits"]
    assert limits["accept_ha_samples"] and config("mimir")["distributor"]["ha_tracker"]["enable_ha_tracker"]
    assert labels[limits["ha_replica_label"]] == "${POD_NAME}"
    assert limits["ha_cluster_label"] in labels


def test_everybody_asks_mimir_at_its_port(config, objects, pod):
    [port] = [one["port"] for one in objects["Service", "mimir"]["spec"]["ports"] if one["name"] == "http"]
    assert config("prometheus")["remote_write"] == [{"url": f"http://mimir:{port}/api/v1/push"}]
    [source] = config("datasource")["datasources"]
    assert source["url"] == f"http://mimir:{port}/prometheus"
    server = config("mimir")["server"]
    assert {one["name"]: one["containerPort"] for one in pod["containers"][0]["ports"]} == {
        "http": server["http_listen_port"],
        "grpc": server["grpc_listen_port"],
        "gossip": config("mimir")["memberlist"]["bind_port"],
    }


def test_the_data_source_is_the_same_but_for_its_address(config, compiled):
    base = yaml.safe_load(compiled.files["grafana/datasources/prometheus.yml"])["datasources"][0]
    [source] = config("datasource")["datasources"]
    assert source | {"url": ""} == base | {"url": ""} and source["url"] != base["url"]


def test_peers_are_found_at_the_names_that_they_have(config, objects, compiled, read):
    port = config("mimir")["memberlist"]["bind_port"]
    assert objects["Service", "mimir-peers"]["spec"]["clusterIP"] == "None"
    assert config("mimir")["memberlist"]["join_members"] == [f"dns+mimir-peers:{port}"]
    names = {one["metadata"]["name"] for one in read["k8s/loki.yaml"] if one["kind"] == "Service"}
    assert "loki-peers" in names
    assert config("loki")["memberlist"]["join_members"] == [f"loki-peers:{config('loki')['memberlist']['bind_port']}"]


def test_each_is_there_as_often_as_it_keeps_copies(config, objects, patches):
    mimir = config("mimir")
    copies = {mimir["ingester"]["ring"]["replication_factor"]}
    copies.add(mimir["store_gateway"]["sharding_ring"]["replication_factor"])
    assert copies == {objects["StatefulSet", "mimir"]["spec"]["replicas"]}
    assert config("loki")["common"]["replication_factor"] == patches["loki"]["spec"]["replicas"] == 3


def test_every_variable_is_in_the_config_map_or_in_the_secret(config, overlay, pod, patches):
    [places] = [one["literals"] for one in overlay["configMapGenerator"] if one["name"] == "object-storage"]
    given = {one.split("=")[0] for one in places} | SECRET
    asked = set(re.findall(r"\$\{(\w+)\}", f"{config('mimir')}{config('loki')}"))
    assert asked == given
    for container in (pod["containers"][0], patches["loki"]["spec"]["template"]["spec"]["containers"][0]):
        assert "-config.expand-env=true" in container["args"]
        assert container["envFrom"] == [
            {"configMapRef": {"name": "object-storage"}},
            {"secretRef": {"name": "object-storage"}},
        ]


def test_loki_is_otherwise_the_one_that_is_written_by_hand(config):
    by_hand = yaml.safe_load((ROOT / "monitoring/exporters/logs/loki/loki.yml").read_text())
    ours = config("loki")
    for key in ("auth_enabled", "server", "limits_config", "analytics"):
        assert ours[key] == by_hand[key]
    [period], [theirs] = ours["schema_config"]["configs"], by_hand["schema_config"]["configs"]
    assert period | {"object_store": ""} == theirs | {"object_store": ""} and period["object_store"] == "s3"


@pytest.mark.parametrize("evaluator", ["grafana", "prometheus"])
def test_the_ruler_tells_alertmanager_where_that_is_who_notifies(evaluator, compiled_by, read):
    [mimir, *_] = yaml.safe_load_all(compiled_by(evaluator).files[f"{FOLDER}/mimir.yaml"])
    args = mimir["spec"]["template"]["spec"]["containers"][0]["args"]
    told = [word for word in args if word.startswith("-ruler.alertmanager-url")]
    assert told == (["-ruler.alertmanager-url=dns+http://alertmanager-peers:9093"] if evaluator == "prometheus" else [])
    assert "alertmanager-peers" in {one["metadata"]["name"] for one in read["k8s/alertmanager.yaml"]}


def test_nobody_gets_in_who_need_not(objects):
    def let_in(name):
        rules = objects["NetworkPolicy", name]["spec"]["ingress"]
        return {
            (one["podSelector"]["matchLabels"]["app"], port["port"])
            for rule in rules
            for one in rule["from"]
            for port in rule["ports"]
        }

    assert let_in("mimir") == {("prometheus", 8080), ("grafana", 8080), *(("mimir", p) for p in (8080, 9095, 7946))}
    assert let_in("alertmanager-rules") == {("mimir", 9093)}
    assert let_in("loki-peers") == {("loki", 3100), ("loki", 9095), ("loki", 7946)}


def test_the_page_names_what_an_agent_no_longer_exports(compiled):
    """The alert that says so reads them by name; settings must say that they are not exported."""
    rules = yaml.safe_load(compiled.files["prometheus/rules/monitoring.yml"])["groups"][0]["rules"]
    [missing] = [rule["expr"] for rule in rules if rule.get("alert") == "MetricMissing"]
    read = set(re.findall(r'"metric", "(prometheus_\w+)"', missing)) - {"prometheus_config_last_reload_successful"}
    page = (ROOT / "docs/deployment.md").read_text()
    [told] = re.findall(r"^not_exported=\(([^)]*)\)", page, re.M)
    assert set(re.findall(r'"(\w+)"', told)) == read != set()
