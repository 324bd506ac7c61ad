"""What people see: four sets of dashboards, a package each, and what all of them have in common."""

from kit.draw.page import Annotation, Everywhere, choice
from kit.model.alert import HEARTBEAT
from kit.model.expr import begun
from kit.model.matcher import no
from signals import monitoring, service

cluster = choice("cluster", "Cluster", service.up)
environment = choice("environment", "Environment", service.up)

everywhere = Everywhere(
    variables=(cluster, environment),
    annotations=(
        Annotation(
            "Firing alerts",
            begun(monitoring.alerts.value("max", alertstate="firing", severity=no(HEARTBEAT))),
            per="alertname severity service",
            title="{alertname}",
            tags="severity service",
            role="bad",
        ),
        Annotation(
            "Deployments",
            begun(service.build_info.value("max")),
            per="service version",
            title="{service} {version}",
            tags="service",
        ),
    ),
    logs="logs",
)
