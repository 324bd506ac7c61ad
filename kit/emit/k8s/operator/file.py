"""k8s/operator/: for a cluster on which the Prometheus Operator runs Prometheus and Alertmanager already.

Where Grafana notifies, there are no routes for Alertmanager: nothing is told twice.
"""

from collections.abc import Mapping

from kit.emit.k8s import alertmanager as base
from kit.emit.k8s.kustomize import NAMED, common, kustomization
from kit.emit.k8s.operator import alertmanager, grafana
from kit.emit.k8s.operator.monitors import monitors
from kit.emit.k8s.operator.objects import Json
from kit.emit.k8s.operator.rules import rules
from kit.emit.k8s.stack import Stack
from kit.emit.model import Product
from kit.emit.text import json_text, yaml_text, yaml_texts

FOLDER = "k8s/operator"
MADE_FROM = "settings.py and kit/emit/k8s/operator/"


def files(product: Product, stack: Stack) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    texts = {
        "rules.yaml": yaml_texts(rules(product), "alerts/, signals/"),
        "service-monitors.yaml": yaml_texts(monitors(product.settings, stack.scraped()), MADE_FROM),
    }
    told = product.routing is not None and product.settings.evaluator == "prometheus"
    if product.routing and told:
        routes = alertmanager.config(product.routing, product)
        texts["alertmanager-config.yaml"] = yaml_text(routes, "alerts/channels.py")
    texts[NAMED] = yaml_text(_kustomization(tuple(texts), stack, told), MADE_FROM)
    return {f"{FOLDER}/{name}": text for name, text in texts.items()}


def _kustomization(objects: tuple[str, ...], stack: Stack, told: bool) -> Json:
    """The objects, and the ConfigMaps of the base that others read; the messages' templates are one of them."""
    folders = ("grafana", "alerts", *(("alertmanager",) if told else ()))
    return kustomization(
        [*objects, *(f"../../{folder}" for folder in folders)],
        **common(),
        configMapGenerator=[*grafana.labelled(stack.maps), *([grafana.fixed(base.CONFIG)] if told else [])],
        patches=[{"patch": json_text(patch)} for patch in grafana.unread(stack.maps)],
    )
