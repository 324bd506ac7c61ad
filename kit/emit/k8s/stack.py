"""What runs on a cluster: every program once, with a volume for each that keeps something."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from kit.emit import dashboards, datasources, grafana_channels, grafana_rules, prometheus_rules, providers
from kit.emit.compose import file as compose
from kit.emit.compose.part import Part
from kit.emit.k8s import alertmanager, exporters, grafana, logs, prometheus
from kit.emit.k8s.discovery import Running
from kit.emit.k8s.exporters import Exporters
from kit.emit.k8s.grafana import Maps
from kit.emit.k8s.objects import NAMESPACE, Object, made
from kit.emit.k8s.program import Program
from kit.emit.k8s.workload import deployment
from kit.emit.model import Product
from kit.settings import Settings

_READ = (dashboards, datasources, providers, grafana_rules, grafana_channels)
# What the node's exporter needs of its node, no pod may have where this is stricter; everything else is restricted.
_LEVELS = {"pod-security.kubernetes.io/enforce": "privileged", "pod-security.kubernetes.io/warn": "restricted"}


@frozen
class Stack:
    """The programs, and the compiled files that they read. `parts`: what Compose knows of them, by name."""

    settings: Settings
    parts: Mapping[str, Part]
    prometheus: Program
    alertmanager: Program
    grafana: Program
    loki: Program
    collector: Program
    exporters: Exporters
    rules: tuple[str, ...]
    maps: Maps
    contact_points: Mapping[str, str]

    @classmethod
    def of(cls, product: Product) -> "Stack":
        """All that a product runs on."""
        read = {path: text for emitter in _READ for path, text in emitter.files(product).items()}
        parts, maps = {part.name: part for part in compose.parts(product)}, grafana.maps(read)
        rules = tuple(sorted(prometheus_rules.files(product)))
        return cls(
            settings=product.settings,
            parts=parts,
            prometheus=prometheus.program(parts["prometheus"], rules),
            alertmanager=alertmanager.program(parts["alertmanager"], product.settings),
            grafana=grafana.program(parts["grafana"], maps),
            loki=logs.loki(parts["loki"]),
            collector=logs.collector(parts["alloy"]),
            exporters=exporters.known(parts, product.settings),
            rules=rules,
            maps=maps,
            contact_points=grafana.contact_points(read),
        )

    def objects(self) -> Iterator[tuple[str, list[Object]]]:
        """File under k8s/ → objects."""
        yield "namespace.yaml", [made("Namespace", NAMESPACE, _LEVELS)]
        yield "prometheus-deployment.yaml", [deployment(self.prometheus)]
        yield "prometheus.yaml", list(prometheus.objects(self.prometheus))
        yield "alertmanager.yaml", list(alertmanager.objects(self.alertmanager))
        yield "grafana.yaml", list(grafana.objects(self.grafana))
        yield "loki.yaml", list(logs.loki_objects(self.loki))
        yield "alloy.yaml", list(logs.collector_objects(self.collector))
        yield from self.exporters.objects()

    def scraped(self) -> Running:
        """Where Prometheus finds what runs here."""
        ours = (self.prometheus, self.alertmanager, self.grafana, self.loki, *self.exporters)
        return Running({one.name: one.port for one in ours}, self.exporters.on_nodes)
