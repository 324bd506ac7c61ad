"""What a page asks of kubectl is there, in each folder that can be applied, and in its namespace."""

import re

import pytest

from kit import load
from tests.docs.clusters import applied, namespaces, programs
from tests.docs.pages import ROOT, code, pages

PAGES = {path: text for path, text in pages().items() if "kubectl" in text}
[NAMESPACE] = namespaces()
KINDS = {
    **{"deployment": "Deployment", "statefulset": "StatefulSet", "daemonset": "DaemonSet", "service": "Service"},
    **{"configmap": "ConfigMap", "cronjob": "CronJob", "job": "Job", "ingress": "Ingress"},
}
OBJECT = re.compile(rf"\b({'|'.join(KINDS)})s?[/ ]([a-z][a-z0-9-]*)(?=\s|$|`)")
SELECTED = re.compile(r"(?:-l|--selector)[= ]app=([a-z][a-z0-9-]*)")
# What a command asks for inside of a pod, which only finds names of its own namespace without another behind them.
ASKED = re.compile(r"https?://([a-z][a-z0-9.-]*):\d+")
# Stores of DataFlux's, as docs/runbooks/README.md calls them; its services are what settings.py calls them.
STORES = {"postgres", "redis", "kafka", "minio"}


THEIRS = STORES | set(load.settings(ROOT / "settings.py").service_hosts)


def commands(text):
    """Each call of kubectl in the page's code, without what follows a pipe; what it makes is nobody's yet."""
    for said in code(text):
        for one in re.findall(r"kubectl [^|;&)]*", re.split(r"\s#\s", said)[0]):
            if not re.search(r"\bcreate\b", one):
                yield one


def unknown(text):
    """What is asked of kubectl and would be answered with `not found`, in words."""
    for said in commands(text):
        asked = [(kind, name) for kind, name in OBJECT.findall(said) if name not in THEIRS]
        apps = [app for app in SELECTED.findall(said) if app not in THEIRS]
        hosts = [host for host in ASKED.findall(said) if "." not in host and host != "localhost"]
        if (asked or apps) and f"-n {NAMESPACE}" not in said:
            yield f"no namespace: {said.strip()}"
        if re.search(r"\bdelete\b", said):  # on the way from one folder to another: it is there in one of them
            gone = [
                (kind, name) for kind, name in asked if not any((KINDS[kind], name) in it for it in applied().values())
            ]
            yield from (f"nowhere: {kind}/{name}" for kind, name in gone)
            asked = []
        for folder, found in applied().items():
            yield from (f"{folder}: {kind}/{name}" for kind, name in asked if (KINDS[kind], name) not in found)
            yield from (f"{folder}: app={app}" for app in apps if app not in programs(found))
            yield from (f"{folder}: http://{host}" for host in hosts if ("Service", host) not in found)


@pytest.mark.parametrize("path", sorted(PAGES))
def test_what_kubectl_is_asked_for_is_there(path):
    assert list(unknown(PAGES[path])) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("`kubectl -n dataflux-monitoring logs deployment/prometheus`",
         ["overlays/production: deployment/prometheus", "overlays/mimir: deployment/prometheus"]),
        ("`kubectl -n dataflux-monitoring exec service/prometheus -- id`", []),
        ("`kubectl exec service/prometheus -- id`", ["no namespace: kubectl exec service/prometheus -- id"]),
        ("`kubectl -n dataflux-monitoring logs -l app=alertmanagers | tail`",
         ["k8s: app=alertmanagers", "overlays/dev: app=alertmanagers", "overlays/production: app=alertmanagers",
          "overlays/mimir: app=alertmanagers"]),
        ("`kubectl -n dataflux-monitoring get configmap mimir-config`",
         ["k8s: configmap/mimir-config", "overlays/dev: configmap/mimir-config",
          "overlays/production: configmap/mimir-config"]),
        (f"`kubectl -n {NAMESPACE} exec service/prometheus -- wget http://minio:9000/x`",
         [f"{folder}: http://minio" for folder in applied()]),
        (f"`kubectl -n {NAMESPACE} exec service/prometheus -- wget http://minio.dataflux:9000/x http://loki:3100`", []),
        ("`kubectl rollout undo deployment/query-service`, `kubectl exec statefulset/kafka -- id`", []),
        (f"`kubectl -n {NAMESPACE} delete deployment prometheus`", []),
        (f"`kubectl -n {NAMESPACE} delete deployment prometheuss`", ["nowhere: deployment/prometheuss"]),
        ("`kubectl delete pod POD`, `kubectl scale deployment/NAME --replicas=2`", []),
    ],
)  # fmt: skip
def test_what_is_not_there_is_noticed(text, said):
    assert list(unknown(text)) == said


def test_a_service_that_one_executes_in_has_pods_behind_it():
    for found in applied().values():
        for name in ("prometheus", "alertmanager"):
            labels = programs(found)[name]["spec"]["template"]["metadata"]["labels"]
            assert found["Service", name]["spec"]["selector"].items() <= labels.items()


def test_it_finds_what_pages_show():
    every = [one for text in PAGES.values() for one in commands(text)]
    assert sum("app=" in one for one in every) > 25 and sum("service/" in one for one in every) > 5
