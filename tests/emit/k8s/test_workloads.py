"""What holds for every pod: it is limited, asked for its health, locked down; and all names in it lead somewhere."""

import re

import pytest
import yaml

from kit.check.rules.compose_services import _PINNED
from kit.emit.images import images
from kit.load import ROOT

MONITORING = ROOT / "monitoring"
# What Kubernetes calls restricted: https://kubernetes.io/docs/concepts/security/pod-security-standards/
RESTRICTED_VOLUMES = {"configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"}
NODES_OWN = {"node-exporter"}


def containers(workloads):
    for one in workloads:
        pod = one["spec"]["template"]["spec"]
        assert "initContainers" not in pod
        for container in pod["containers"]:
            yield one["metadata"]["name"], container


def test_there_is_everything_that_compose_has_and_kubernetes_own(compiled, pods):
    composed = yaml.safe_load(compiled.files["docker-compose.monitoring.yml"])["services"]
    whole = {name for name, service in composed.items() if "profiles" not in service}
    # Containers are told by the kubelets.
    assert pods.keys() == whole - {"cadvisor"} | {"kube-state-metrics"}


def test_every_container_is_pinned_and_is_that_of_compose(workloads, compiled):
    composed = yaml.safe_load(compiled.files["docker-compose.monitoring.yml"])["services"]
    known = images(compiled.product.settings)
    for name, container in containers(workloads):
        assert container["name"] == name
        assert _PINNED.fullmatch(container["image"]), name
        assert container["image"] == composed.get(name, {}).get("image", known.get(name))


def test_every_container_has_limits_and_asks_for_no_more_than_them(workloads):
    for name, container in containers(workloads):
        asked, most = container["resources"]["requests"], container["resources"]["limits"]
        assert asked.keys() == most.keys() == {"cpu", "memory"}, name
        for resource, unit in (("cpu", "m"), ("memory", "Mi")):
            assert 0 < int(asked[resource].removesuffix(unit)) <= int(most[resource].removesuffix(unit)), name


def test_every_container_is_asked_for_its_health_at_a_port_that_it_has(workloads):
    for name, container in containers(workloads):
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container[probe].get("httpGet") or container[probe]["tcpSocket"]
            assert asked["port"] in ports, (name, probe)
            assert asked.get("path", "/").startswith("/")
        assert "httpGet" in container["readinessProbe"], name


# Answers that say no more than that the program itself works: what it asks may be gone, and it is not started again.
ALIVE = {
    "prometheus": "/-/healthy",
    "alertmanager": "/-/healthy",
    "dataflux-exporter": "/healthz",
}


def test_none_is_started_again_for_what_another_program_lacks(workloads):
    for name, container in containers(workloads):
        for probe in ("startupProbe", "livenessProbe"):
            if name in ALIVE:
                assert container[probe]["httpGet"] == {"path": ALIVE[name], "port": "http"}, (name, probe)
            else:
                assert container[probe]["tcpSocket"] == {"port": "http"}, (name, probe)


def test_no_container_is_root_or_can_become_more_than_it_is(workloads):
    for one in workloads:
        pod, name = one["spec"]["template"]["spec"], one["metadata"]["name"]
        given = pod["securityContext"]
        assert given["runAsNonRoot"] and given["runAsUser"] > 0 and given["runAsGroup"] > 0, name
        assert given["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name


def test_nothing_but_the_nodes_exporter_has_anything_of_its_node(workloads):
    """So everything else may run where pods are restricted."""
    for one in workloads:
        pod, name = one["spec"]["template"]["spec"], one["metadata"]["name"]
        has = {kind for volume in pod["volumes"] for kind in volume if kind != "name"}
        own = has - RESTRICTED_VOLUMES or {key for key in pod if key.startswith("host")}
        assert bool(own) == (name in NODES_OWN), (name, own)
        assert "hostPID" not in pod and "hostIPC" not in pod


def test_what_is_of_the_node_cannot_be_written_to(pods):
    [mount] = [one for one in pods["node-exporter"]["containers"][0]["volumeMounts"] if one["name"] == "host"]
    # What is mounted later on the node is seen as well.
    assert mount == {"name": "host", "mountPath": "/host", "readOnly": True, "mountPropagation": "HostToContainer"}
    assert "--path.rootfs=/host" in pods["node-exporter"]["containers"][0]["args"]


def test_an_account_is_given_to_those_that_ask_kubernetes_and_to_nobody_else(pods, base):
    accounts = {one["metadata"]["name"] for one in base if one["kind"] == "ServiceAccount"}
    assert {name for name, pod in pods.items() if pod["automountServiceAccountToken"]} == accounts
    assert accounts == {"prometheus", "alloy", "kube-state-metrics"}
    for name in accounts:
        assert pods[name]["serviceAccountName"] == name


def test_rights_are_bound_to_their_account_and_change_nothing(base):
    roles = {one["metadata"]["name"]: one for one in base if one["kind"] == "ClusterRole"}
    bound = [one for one in base if one["kind"] == "ClusterRoleBinding"]
    assert {one["roleRef"]["name"] for one in bound} == roles.keys()
    for one in bound:
        [subject] = one["subjects"]
        assert one["roleRef"]["name"] == f"dataflux-{subject['name']}"
        # Kustomize takes the subject along where the account moves to another namespace.
        [bearer] = [
            account
            for account in base
            if account["kind"] == "ServiceAccount" and account["metadata"]["name"] == subject["name"]
        ]
        assert bearer["metadata"]["namespace"] == subject["namespace"]
    for role in roles.values():
        for rule in role["rules"]:
            assert set(rule["verbs"]) <= {"get", "list", "watch"}
            assert not {"secrets", "nodes/proxy", "*"} & set(rule["resources"])


FOLLOWED = {"list", "watch"}


@pytest.mark.parametrize(
    ("account", "group", "resource", "verbs"),
    [
        ("prometheus", "", "pods", FOLLOWED),
        ("prometheus", "", "nodes", FOLLOWED),
        ("prometheus", "", "nodes/metrics", {"get"}),
        ("alloy", "", "pods", FOLLOWED),
        ("alloy", "", "pods/log", {"get"}),
        *(("kube-state-metrics", "", one, FOLLOWED) for one in ("nodes", "persistentvolumeclaims", "pods")),
        *(("kube-state-metrics", "apps", one, FOLLOWED) for one in ("daemonsets", "deployments", "statefulsets")),
    ],
)
def test_each_may_do_what_it_does(base, account, group, resource, verbs):
    """Prometheus' kubernetes_sd_configs (pod, node) and the kubelet's /metrics; Alloy's source; kube-state-metrics."""
    [role] = [one for one in base if one["kind"] == "ClusterRole" and one["metadata"]["name"] == f"dataflux-{account}"]
    given = [set(one["verbs"]) for one in role["rules"] if group in one["apiGroups"] and resource in one["resources"]]
    assert verbs <= set().union(*given), (account, resource)


def test_what_kube_state_metrics_lists_it_may_list(pods, base):
    [role] = [one for one in base if one["metadata"]["name"] == "dataflux-kube-state-metrics" and "rules" in one]
    allowed = sorted(resource for rule in role["rules"] for resource in rule["resources"])
    assert pods["kube-state-metrics"]["containers"][0]["args"] == [f"--resources={','.join(allowed)}"]


def test_selectors_find_the_pods_and_nobody_elses(workloads):
    for one in workloads:
        labels = one["spec"]["template"]["metadata"]["labels"]
        assert one["spec"]["selector"]["matchLabels"] == labels == {"app": one["metadata"]["name"]}


def test_every_service_finds_a_program_and_its_port(base, production):
    pods = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in base if "template" in one.get("spec", {})
    }
    services = [one for one in (*base, *production) if one["kind"] == "Service"]
    assert {one["metadata"]["name"] for one in services} >= {"prometheus", "alertmanager", "grafana", "loki"}
    for one in services:
        [container] = pods[one["spec"]["selector"]["app"]]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for port in one["spec"]["ports"]:
            assert ports[port["targetPort"]] == port["port"], one["metadata"]["name"]


def test_the_names_that_data_sources_and_settings_ask_are_services(base, compiled):
    asked = {one["metadata"]["name"]: one["spec"]["ports"][0]["port"] for one in base if one["kind"] == "Service"}
    settings = compiled.product.settings
    for url in (settings.prometheus_url, settings.loki_url, f"http://{settings.alertmanager}"):
        host, port = re.fullmatch(r"http://([\w-]+):(\d+)", url).groups()
        assert asked[host] == int(port)


def test_a_stateful_set_has_the_service_that_names_its_pods(base, production):
    objects = [*base, *production]
    headless = {one["metadata"]["name"] for one in objects if one.get("spec", {}).get("clusterIP") == "None"}
    sets = [one for one in objects if one["kind"] == "StatefulSet"]
    assert {one["spec"]["serviceName"] for one in sets} <= headless
    assert all(one["spec"]["volumeClaimTemplates"] for one in sets)


def test_every_volume_is_mounted_and_every_mount_is_of_a_volume(workloads):
    for one in workloads:
        pod, name = one["spec"]["template"]["spec"], one["metadata"]["name"]
        claimed = {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", ())}
        mounts = pod["containers"][0]["volumeMounts"]
        assert {mount["name"] for mount in mounts} == {volume["name"] for volume in pod["volumes"]} | claimed, name
        paths = [mount["mountPath"] for mount in mounts]
        assert len(paths) == len(set(paths)), name
        # What lies below another comes after it, or it would be hidden.
        for at, path in enumerate(paths):
            assert not any(before.startswith(f"{path}/") for before in paths[:at]), (name, path)


def test_a_claim_is_made_for_each_deployment_that_keeps_something(base):
    claims = {one["metadata"]["name"] for one in base if one["kind"] == "PersistentVolumeClaim"}
    asked = {
        volume["persistentVolumeClaim"]["claimName"]: one["spec"]["strategy"]
        for one in base
        if one["kind"] == "Deployment"
        for volume in one["spec"]["template"]["spec"]["volumes"]
        if "persistentVolumeClaim" in volume
    }
    assert asked.keys() == claims == {"prometheus-data", "grafana-data"}
    assert all(strategy == {"type": "Recreate"} for strategy in asked.values())


def test_what_is_written_is_writable_and_kept_where_it_must_be(pods):
    kept = {
        "prometheus": "/prometheus",
        "alertmanager": "/alertmanager",
        "grafana": "/var/lib/grafana",
        "loki": "/loki",
    }
    for name, path in kept.items():
        [mount] = [one for one in pods[name]["containers"][0]["volumeMounts"] if one["name"] == "data"]
        assert mount == {"name": "data", "mountPath": path}
    assert "--storage.tsdb.path=/prometheus" in pods["prometheus"]["containers"][0]["args"]
    assert "--storage.path=/alertmanager" in pods["alertmanager"]["containers"][0]["args"]


def test_variables_in_commands_are_set(workloads):
    for name, container in containers(workloads):
        known = {one["name"] for one in container.get("env", ())}
        texts = [*container.get("args", ()), *(one.get("value", "") for one in container.get("env", ()))]
        asked = {found for text in texts for found in re.findall(r"\$\((\w+)\)", text)}
        assert asked <= known, name


def test_no_variable_of_compose_is_left(compiled):
    for path, text in compiled.files.items():
        if path.startswith(("k8s/", "overlays/")):
            assert not re.search(r"\$\{\w+:", text), path
