"""PrometheusRules: the rules of prometheus/rules/, which here ask for our place.

The operator's Prometheus scrapes more than what is ours: the same nodes once more for somebody else's dashboards, and
everybody's jobs. Of that no series has the labels that our ServiceMonitors set.
"""

from collections.abc import Iterator

from kit.emit import prometheus_config, prometheus_rules
from kit.emit.k8s.operator.objects import Json, object_of
from kit.emit.model import Product
from kit.model.matcher import matchers
from kit.model.promql_place import placed
from kit.settings import Settings


def rules(product: Product) -> Iterator[Json]:
    """Each file of rules as an object."""
    for name, _, document in prometheus_rules.documents(product):
        groups = [here(group, product.settings) for group in document["groups"]]
        yield object_of("PrometheusRule", f"dataflux-{name}", {"groups": groups})


def here(group: Json, settings: Settings) -> Json:
    """A group whose every selector asks for the labels that every target of ours has, and no other."""
    place = matchers(prometheus_config.place(settings))
    return group | {"rules": [rule | {"expr": placed(rule["expr"], place)} for rule in group["rules"]]}
