"""What people see: four sets of dashboards, a package each, and what all of them have in common."""

from kit.draw.page import Annotation, Everywhere, choice
from kit.model.expr import Binary
from signals import monitoring, service

cluster = choice("cluster", "Cluster", service.up)
environment = choice("environment", "Environment", service.up)

everywhere = Everywhere(
    variables=(cluster, environment),
    annotations=(
        Annotation(
            "Firing alerts",
            monitoring.alerts.value("max", alertstate="firing"),
            per="alertname severity service",
            title="{alertname}",
            text="{service}",
            tags="severity",
            role="bad",
        ),
        Annotation(
            "Deployments",
            # A version that was not there five minutes ago.
            Binary("unless", service.build_info.value("max"), service.build_info.value("max").ago("5m")),
            per="service version",
            title="{service} {version}",
            tags="service",
        ),
    ),
    logs="logs",
)
