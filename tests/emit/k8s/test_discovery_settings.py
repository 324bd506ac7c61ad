"""What other settings, and the other evaluator, make of discovery on Kubernetes."""

import yaml

from kit import load
from kit.live import relabel
from kit.settings import Job
from tests.emit.k8s.test_discovery import PLACE, pod
from tests.emit.test_prometheus_config import frozendict


def compiled_jobs(compiled_by, **settings):
    files = compiled_by(**settings).files
    return {job["job_name"]: job for job in yaml.safe_load(files["k8s/config/prometheus.yml"])["scrape_configs"]}


def test_an_address_is_scraped_as_it_stands(compiled_by):
    jobs = compiled_jobs(compiled_by, services=("ingestion-service:8001", "query.example.org:8002"))
    job = jobs["dataflux-services"]
    assert "kubernetes_sd_configs" not in job
    assert job["static_configs"] == [{"targets": ["ingestion-service:8001", "query.example.org:8002"], "labels": PLACE}]
    assert relabel.target(job, "query.example.org:8002", {})["service"] == "query.example.org"


def test_what_is_reached_elsewhere_is_asked_there(compiled_by):
    jobs = compiled_jobs(compiled_by, reached_at=frozendict({"minio:9000": "s3.example.org:443"}))
    labels = relabel.target(jobs["minio"], "minio:9000", {})
    assert (labels["__address__"], labels["instance"], labels["service"]) == (
        "s3.example.org:443",
        "minio:9000",
        "minio",
    )
    assert "kubernetes_sd_configs" in jobs["postgres"]


def test_pods_are_looked_for_in_the_namespaces_that_are_named_and_stores_in_the_first(compiled_by):
    files = compiled_by(namespaces=("media", "media-stores")).files
    jobs = {job["job_name"]: job for job in yaml.safe_load(files["k8s/config/prometheus.yml"])["scrape_configs"]}
    for name in ("dataflux-services", "minio", "minio-bucket"):
        [asked] = jobs[name]["kubernetes_sd_configs"]
        assert asked == {"role": "pod", "namespaces": {"names": ["media", "media-stores"]}}
    assert "REDIS_ADDR=redis://redis.media.svc:6379" in files["k8s/kustomization.yaml"]


def test_what_is_not_scraped_does_not_run(compiled_by):
    kept = tuple(job for job in load.settings(load.ROOT / "settings.py").jobs if job.name not in ("node", "kafka"))
    files = compiled_by(jobs=tuple(job for job in kept if job.name != "kube-state-metrics")).files
    assert not files.keys() & {f"k8s/{name}.yaml" for name in ("node-exporter", "kafka-exporter", "kube-state-metrics")}
    assert "k8s/redis-exporter.yaml" in files
    assert "KAFKA" not in files["k8s/kustomization.yaml"]


def test_kube_state_metrics_with_its_address_is_found_as_before_and_missed_where_it_is_not(compiled_by):
    known = load.settings(load.ROOT / "settings.py").jobs
    named = Job("kube-state-metrics", ("kube-state-metrics:8080",), containers=True)
    files = compiled_by(jobs=tuple(named if job.name == named.name else job for job in known)).files
    jobs = {job["job_name"]: job for job in yaml.safe_load(files["k8s/config/prometheus.yml"])["scrape_configs"]}
    [asked] = jobs[named.name]["kubernetes_sd_configs"]
    assert asked == {"role": "pod", "namespaces": {"own_namespace": True}}
    assert f'job="{named.name}"' in files["prometheus/rules/monitoring.yml"]


def test_a_job_without_addresses_that_nothing_here_is_called_like_has_no_target(compiled_by):
    jobs = (*load.settings(load.ROOT / "settings.py").jobs, Job("later", ()))
    assert compiled_jobs(compiled_by, jobs=jobs)["later"]["static_configs"] == [{"targets": [], "labels": PLACE}]


# --- who notifies


def test_where_grafana_notifies_prometheus_has_no_alerting(read):
    assert "alerting" not in read["k8s/config/prometheus.yml"][0]


def test_where_prometheus_notifies_each_alertmanager_is_told_and_two_replicas_say_one_thing(compiled_by):
    whole = yaml.safe_load(compiled_by("prometheus").files["k8s/config/prometheus.yml"])
    [alertmanagers] = whole["alerting"]["alertmanagers"]
    steps = alertmanagers["relabel_configs"]
    assert relabel.relabelled(pod("alertmanager", 9093, name="alertmanager-2"), steps) is not None
    assert relabel.relabelled(pod("alertmanager", 9094), steps) is None
    assert relabel.relabelled(pod("grafana", 9093), steps) is None
    [label] = whole["global"]["external_labels"]
    assert whole["alerting"]["alert_relabel_configs"] == [{"regex": label, "action": "labeldrop"}]
    assert label == "prometheus_replica"


def test_a_replica_is_named_after_its_pod(read, pods):
    assert read["k8s/config/prometheus.yml"][0]["global"]["external_labels"] == {"prometheus_replica": "${POD_NAME}"}
    [name] = [one for one in pods["prometheus"]["containers"][0]["env"] if one["name"] == "POD_NAME"]
    assert name["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.name"}}


def test_the_rest_is_that_of_everywhere(read, compiled):
    here, plain = read["k8s/config/prometheus.yml"][0], yaml.safe_load(compiled.files["prometheus/prometheus.yml"])
    assert here["rule_files"] == plain["rule_files"]
    assert plain["global"].items() <= here["global"].items()


def test_it_is_as_fast_as_the_rest_where_everything_is(compiled_by):
    whole = yaml.safe_load(compiled_by(time_scale=5).files["k8s/config/prometheus.yml"])
    assert whole["global"]["scrape_interval"] == "3s"
    assert whole["scrape_configs"][0]["scrape_interval"] == "1s"
