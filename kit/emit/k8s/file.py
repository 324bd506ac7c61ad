"""k8s/ and overlays/: the whole stack on a cluster, and beside each folder of compiled files its ConfigMaps."""

from collections.abc import Iterable, Mapping

from kit.emit.k8s import alertmanager, dev, exporters, grafana, mimir, mimir_config, production, prometheus
from kit.emit.k8s.discovery import config
from kit.emit.k8s.kustomize import BESIDE_FILES, NAMED, OVERLAYS, common, config_map, kustomization, literals
from kit.emit.k8s.objects import Object
from kit.emit.k8s.operator import file as operator
from kit.emit.k8s.program import unset
from kit.emit.k8s.stack import Stack
from kit.emit.model import Product
from kit.emit.text import yaml_text, yaml_texts

BASE = "k8s"
CONFIG = "config/prometheus.yml"
MADE_FROM = "settings.py and kit/emit/k8s/"
# Written by hand, with its kustomization.
_BY_HAND = "exporters/logs"
_OVERLAYS = {"dev": dev, "production": production, "mimir": mimir}


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    stack = Stack.of(product)
    objects = {f"{BASE}/{name}": found for name, found in stack.objects()}
    single = {**_beside_files(stack), f"{BASE}/{CONFIG}": config(product.settings, stack.scraped())}
    single[f"{BASE}/{NAMED}"] = _base((path.removeprefix(f"{BASE}/") for path in objects), stack)
    for name, overlay in _OVERLAYS.items():
        folder = f"{OVERLAYS}/{name}"
        single[f"{folder}/{NAMED}"] = overlay.kustomization(stack)
        objects |= {f"{folder}/{path}": found for path, found in overlay.objects(stack).items()}
    configs = mimir_config.configs(product, stack)
    single |= {f"{OVERLAYS}/mimir/config/{name}": found for name, found in configs.items()}
    texts = {path: yaml_texts(found, MADE_FROM) for path, found in objects.items()}
    texts |= {path: yaml_text(found, MADE_FROM) for path, found in single.items()}
    return {**texts, **operator.files(product, stack)}


def _base(objects: Iterable[str], stack: Stack) -> Object:
    folders = (*(path.rsplit("/", 1)[0] for path in _beside_files(stack)), _BY_HAND)
    return kustomization(
        [*(f"../{folder}" for folder in folders), *objects],
        **common(),
        configMapGenerator=[
            config_map(prometheus.CONFIG, {"prometheus.yml": CONFIG}, fixed=True, behavior="merge"),
            literals(prometheus.ENVIRONMENT, unset(stack.parts["prometheus"])),
            literals(alertmanager.ENVIRONMENT, unset(stack.parts["alertmanager"])),
            literals(grafana.ENVIRONMENT, grafana.environment(stack.parts["grafana"])),
            literals(exporters.STORES, exporters.addresses(stack.parts, stack.settings.namespaces[0])),
        ],
    )


def _beside_files(stack: Stack) -> dict[str, Object]:
    """Path → kustomization of a folder of compiled files."""
    rules = {key: path.removeprefix("prometheus/") for key, path in prometheus.keys(stack.rules).items()}
    made_of = {
        "prometheus": [config_map(prometheus.CONFIG, rules, fixed=True)],
        "alertmanager": [config_map(alertmanager.CONFIG, alertmanager.FILES)],
        "grafana": stack.maps.generators(),
        "alerts": [config_map(grafana.CONTACT_POINTS, stack.contact_points)],
    }
    return {f"{folder}/{BESIDE_FILES}": kustomization(configMapGenerator=maps) for folder, maps in made_of.items()}
