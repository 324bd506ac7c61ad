"""What the overlays change: what they patch is there, replicas find each other, and nobody is shut out who must ask."""

import yaml

from kit.emit.k8s.network import DOOR


def patches(read, name):
    listed = read[f"overlays/{name}/kustomization.yaml"][0]["patches"]
    found = [one for entry in listed for one in read[f"overlays/{name}/{entry['path']}"]]
    # Not every kubectl takes several from one file.
    assert len(found) == len(listed) == len([path for path in read if path.startswith(f"overlays/{name}/patches/")])
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


def program(patch):
    [container] = patch["spec"]["template"]["spec"]["containers"]
    return container


def test_what_is_patched_is_there(read, base):
    known = {(one["kind"], one["metadata"]["name"]): one for one in base}
    for name in ("dev", "production"):
        for key, patch in patches(read, name).items():
            assert patch["apiVersion"] == known[key]["apiVersion"]
            pod = patch.get("spec", {}).get("template", {}).get("spec", {})
            whole = known[key].get("spec", {}).get("template", {}).get("spec", {})
            for part in ("containers", "volumes"):
                claimed = {
                    one["metadata"]["name"] for one in known[key].get("spec", {}).get("volumeClaimTemplates", ())
                }
                assert {one["name"] for one in pod.get(part, ())} <= {
                    one["name"] for one in whole.get(part, ())
                } | claimed


def test_on_a_laptop_nothing_is_kept_and_no_volume_is_asked_for(read, base):
    found = patches(read, "dev")
    for one in base:
        key = (one["kind"], one["metadata"]["name"])
        if one["kind"] == "PersistentVolumeClaim":
            assert found[key]["$patch"] == "delete"
        if one["kind"] == "StatefulSet":
            assert found[key]["spec"]["volumeClaimTemplates"] is None
            assert "emptyDir" in found[key]["spec"]["template"]["spec"]["volumes"][0]
    [kept] = read["overlays/dev/kustomization.yaml"][0]["configMapGenerator"]
    assert (kept["name"], kept["behavior"]) == ("prometheus-environment", "merge")
    assert kept["literals"] == ["PROMETHEUS_RETENTION=2d", "PROMETHEUS_RETENTION_SIZE=1GB"]


def test_on_a_laptop_no_mount_of_the_node_has_to_be_shared(read, pods):
    shared = [one for one in pods["node-exporter"]["containers"][0]["volumeMounts"] if "mountPropagation" in one]
    patched = program(patches(read, "dev")["DaemonSet", "node-exporter"])["volumeMounts"]
    assert [one["mountPath"] for one in shared] == [one["mountPath"] for one in patched] == ["/host"]
    assert {one["mountPropagation"] for one in patched} == {"None"}


def test_prometheus_is_two_with_a_volume_each_and_the_one_of_the_base_is_gone(read, production):
    assert patches(read, "production")["Deployment", "prometheus"]["$patch"] == "delete"
    [one] = [one for one in production if one["kind"] == "StatefulSet"]
    [base] = read["k8s/prometheus-deployment.yaml"]
    assert (one["metadata"]["name"], one["spec"]["replicas"]) == ("prometheus", 2)
    pod, was = one["spec"]["template"]["spec"], base["spec"]["template"]["spec"]
    assert [volume for volume in was["volumes"] if volume["name"] != "data"] == pod["volumes"]
    assert pod["containers"][0]["env"] == was["containers"][0]["env"]
    [claim] = one["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "100Gi"
    assert pod["containers"][0]["args"] == was["containers"][0]["args"]
    [kept] = [
        one["literals"]
        for one in read["overlays/production/kustomization.yaml"][0]["configMapGenerator"]
        if one["name"] == "prometheus-environment"
    ]
    assert kept == ["PROMETHEUS_RETENTION=35d", "PROMETHEUS_RETENTION_SIZE=80GB"]


def test_loki_has_room_for_its_lines_except_where_they_are_in_a_store_of_objects(read, base):
    [was] = [one for one in base if one["kind"] == "StatefulSet" and one["metadata"]["name"] == "loki"]
    for name, room in (("production", "100Gi"), ("mimir", "20Gi")):
        [claim] = patches(read, name)["StatefulSet", "loki"]["spec"]["volumeClaimTemplates"]
        [known] = was["spec"]["volumeClaimTemplates"]
        assert claim["metadata"] == known["metadata"]
        assert claim["spec"]["accessModes"] == known["spec"]["accessModes"]
        assert claim["spec"]["resources"] == {"requests": {"storage": room}}


def test_alertmanager_is_three_that_know_each_other(read, base):
    patch = patches(read, "production")["StatefulSet", "alertmanager"]
    [was] = [one for one in base if one["kind"] == "StatefulSet" and one["metadata"]["name"] == "alertmanager"]
    args = program(patch)["args"]
    peers = [word.partition("=")[2] for word in args if word.startswith("--cluster.peer=")]
    assert patch["spec"]["replicas"] == len(peers) == 3
    assert peers == [f"alertmanager-{at}.{was['spec']['serviceName']}:9094" for at in range(3)]
    assert [word for word in args if word.startswith("--cluster.listen-address=")] == [
        "--cluster.listen-address=[$(POD_IP)]:9094"
    ]
    assert program(patch)["env"] == [{"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]
    alone = program({"spec": was["spec"]})["args"]
    assert [word for word in alone if "cluster" not in word] == [word for word in args if "cluster" not in word]
    assert "--cluster.listen-address=" in alone


def test_grafana_is_two_that_share_a_database_and_know_each_other(read):
    patch = patches(read, "production")["Deployment", "grafana"]
    environment = {one["name"]: one for one in program(patch)["env"]}
    [literals] = [
        one
        for one in read["overlays/production/kustomization.yaml"][0]["configMapGenerator"]
        if one["name"] == "grafana-environment"
    ]
    shared = dict(one.split("=", 1) for one in literals["literals"])
    assert (patch["spec"]["replicas"], patch["spec"]["strategy"]) == (2, {"type": "RollingUpdate"})
    assert (literals["name"], literals["behavior"]) == ("grafana-environment", "merge")
    assert shared == {
        "GF_DATABASE_TYPE": "postgres",
        "GF_DATABASE_SSL_MODE": "require",
        "GF_UNIFIED_ALERTING_HA_PEERS": "grafana-peers:9094",
    }
    for name in ("LISTEN", "ADVERTISE"):
        assert environment[f"GF_UNIFIED_ALERTING_HA_{name}_ADDRESS"]["value"] == "[$(POD_IP)]:9094"
    # What is made of it comes after it.
    assert next(iter(environment)) == "POD_IP"
    [data] = patch["spec"]["template"]["spec"]["volumes"]
    assert (data["name"], data["persistentVolumeClaim"]) == ("data", None) and "emptyDir" in data
    assert patches(read, "production")["PersistentVolumeClaim", "grafana-data"]["$patch"] == "delete"


def test_the_peers_of_grafana_are_its_pods(production):
    [peers] = [one for one in production if one["metadata"]["name"] == "grafana-peers"]
    assert (peers["kind"], peers["spec"]["clusterIP"], peers["spec"]["selector"]) == (
        "Service",
        "None",
        {"app": "grafana"},
    )
    assert peers["spec"]["publishNotReadyAddresses"] is True


def test_replicas_stand_on_nodes_of_their_own_where_they_can_and_leave_one_by_one(read, production):
    budgets = {one["metadata"]["name"]: one["spec"] for one in production if one["kind"] == "PodDisruptionBudget"}
    replicated = {"prometheus": 2, "alertmanager": 3, "grafana": 2}
    assert budgets == {name: {"maxUnavailable": 1, "selector": {"matchLabels": {"app": name}}} for name in replicated}
    found = [one for one in production if one["kind"] == "StatefulSet"]
    found += [one for one in patches(read, "production").values() if "replicas" in one.get("spec", {})]
    assert {one["metadata"]["name"]: one["spec"]["replicas"] for one in found} == replicated
    for one in found:
        [spread] = one["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert spread["labelSelector"] == {"matchLabels": {"app": one["metadata"]["name"]}}
        assert spread["topologyKey"] == "kubernetes.io/hostname"


# --- networks


def rules(production):
    """(who, port) → who may ask: names of programs, and `door` for namespaces with the label."""
    found = {}
    for one in production:
        if one["kind"] == "NetworkPolicy" and one["spec"]["podSelector"]:
            name = one["spec"]["podSelector"]["matchLabels"]["app"]
            for entry in one["spec"]["ingress"]:
                for port in entry["ports"]:
                    for source in entry["from"]:
                        who = source.get("podSelector", {}).get("matchLabels", {}).get("app", "door")
                        assert source in (
                            {"podSelector": {"matchLabels": {"app": who}}},
                            {"namespaceSelector": {"matchLabels": DOOR}},
                        )
                        found.setdefault((name, port["port"], port["protocol"]), set()).add(who)
    return found


def test_everything_is_closed_that_is_not_opened(production):
    [closed] = [one for one in production if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == "nobody"]
    assert closed["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}


def test_whoever_must_ask_may_and_nobody_else(production, jobs, pods):
    wanted = {}
    for name, pod in pods.items():
        if not pod.get("hostNetwork") and name != "alloy":
            port = pod["containers"][0]["ports"][0]["containerPort"]
            wanted[name, port, "TCP"] = {"prometheus"}
    for name, port in (("prometheus", 9090), ("loki", 3100), ("alertmanager", 9093)):
        wanted[name, port, "TCP"].add("grafana")
    wanted["loki", 3100, "TCP"].add("alloy")
    wanted["grafana", 3000, "TCP"].add("door")
    for name in ("grafana", "alertmanager"):
        for protocol in ("TCP", "UDP"):
            wanted[name, 9094, protocol] = {name}
    assert rules(production) == wanted


def test_who_is_scraped_is_open_to_prometheus(production, jobs):
    """Held against the discovery itself: what is kept there is a container and its port."""
    opened = {f"{name}:{port}" for (name, port, _), who in rules(production).items() if "prometheus" in who}
    kept = {
        one
        for job in jobs.values()
        if job["kubernetes_sd_configs"][0].get("namespaces") == {"own_namespace": True}
        for step in job["relabel_configs"]
        if step.get("action") == "keep"
        for one in step["regex"].split("|")
    }
    assert opened == kept - {"node-exporter:9100"}


# --- who notifies, Grafana or Prometheus


def test_alertmanager_waits_for_its_secrets_where_it_is_the_one_that_notifies(compiled_by):
    for evaluator, waits in (("grafana", False), ("prometheus", True)):
        text = compiled_by(evaluator).files["overlays/production/patches/statefulset-alertmanager.yaml"]
        patch = yaml.safe_load(text)
        volumes = patch["spec"]["template"]["spec"].get("volumes", [])
        assert volumes == ([{"name": "secrets", "secret": {"optional": False}}] if waits else [])


def test_grafana_waits_for_its_channels_where_it_is_the_one_that_notifies(compiled_by):
    for evaluator, optional in (("grafana", {}), ("prometheus", {"optional": True})):
        patch = yaml.safe_load(compiled_by(evaluator).files["overlays/production/patches/deployment-grafana.yaml"])
        assert program(patch)["envFrom"] == [
            {"configMapRef": {"name": "grafana-environment"}},
            {"secretRef": {"name": "grafana-channels", **optional}},
        ]
