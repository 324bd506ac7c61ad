"""k8s/ and overlays/: the whole stack on a cluster, and beside each folder of compiled files its ConfigMaps."""

from collections.abc import Iterable, Iterator, Mapping

from kit.emit import prometheus_rules
from kit.emit.compose import file as compose
from kit.emit.k8s import prometheus
from kit.emit.k8s.discovery import Stack, config
from kit.emit.k8s.kustomize import BESIDE_FILES, NAMED, config_map, kustomization
from kit.emit.k8s.objects import NAMESPACE, Object, made
from kit.emit.k8s.workload import deployment
from kit.emit.model import Product
from kit.emit.text import yaml_text, yaml_texts

BASE = "k8s"
CONFIG = "config/prometheus.yml"
MADE_FROM = "settings.py and kit/emit/k8s/"


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    rules = tuple(sorted(prometheus_rules.files(product)))
    parts = {part.name: part for part in compose.parts(product)}
    one = prometheus.program(parts["prometheus"], rules)
    objects = {
        "namespace.yaml": [_namespace()],
        "prometheus-deployment.yaml": [deployment(one)],
        "prometheus.yaml": list(prometheus.objects(one)),
    }
    stack = Stack({one.name: one.port})
    texts = {f"{BASE}/{name}": yaml_texts(found, MADE_FROM) for name, found in objects.items()}
    texts[f"{BASE}/{CONFIG}"] = yaml_text(config(product.settings, stack), MADE_FROM)
    texts |= {path: yaml_text(found, MADE_FROM) for path, found in _kustomizations(objects, rules)}
    return texts


def _namespace() -> Object:
    return made("Namespace", NAMESPACE)


def _kustomizations(objects: Iterable[str], rules: tuple[str, ...]) -> Iterator[tuple[str, Object]]:
    """Path → kustomization: the base, and those beside the files that it reads."""
    seen = {key: path.removeprefix("prometheus/") for key, path in prometheus.keys(rules).items()}
    rest = config_map(prometheus.CONFIG, seen, fixed=True)
    yield f"prometheus/{BESIDE_FILES}", kustomization(configMapGenerator=[rest])
    whole = config_map(prometheus.CONFIG, {"prometheus.yml": CONFIG}, fixed=True, behavior="merge")
    yield (
        f"{BASE}/{NAMED}",
        kustomization(
            ["../prometheus", *objects],
            namespace=NAMESPACE,
            labels=[{"pairs": {"app.kubernetes.io/part-of": "dataflux-monitoring"}, "includeTemplates": True}],
            configMapGenerator=[whole],
        ),
    )
