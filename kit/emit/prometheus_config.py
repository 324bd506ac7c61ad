"""prometheus/prometheus.yml and targets/: what is scraped, and which labels that gets.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/
"""

import re
from collections.abc import Mapping
from typing import Any

from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.settings import SERVICES_JOB, Job, Settings

# The host part of the address is the service: one value selects metrics, `up`, containers and logs.
HOST_TO_SERVICE = {"source_labels": ["__address__"], "regex": r"(\[[^\]]+\]|[^:]+)(?::\d+)?", "target_label": "service"}
# Prometheus makes `instance` of the address that it scrapes; the name is to stay where that is another.
NAMED = {"source_labels": ["__address__"], "target_label": "instance"}
# A pod is called after its owner, and then by letters that make no words: those of a Deployment, a DaemonSet, a number.
_HASH = "[bcdfghjklmnpqrstvwxz2456789]"
_POD = rf"(.+?)(?:-{_HASH}{{6,10}}-{_HASH}{{5}}|-{_HASH}{{5}}|-\d+)?"
# A container is called by its name, by its Kubernetes container, by its Compose service: the last that is there counts.
# A pod's sandbox names no container and has the network of all of them: that is called after the pod, and the rest of
# it is left out, so that it is not taken for a container.
CONTAINER_TO_SERVICE = (
    *(
        {"source_labels": [label], "regex": "(.+)", "target_label": "service"}
        for label in ("name", "container", "container_label_com_docker_compose_service")
    ),
    {
        "source_labels": ["__name__", "container", "pod"],
        "regex": f"container_network_.+;(?:POD)?;{_POD}",
        "target_label": "service",
    },
    {
        "source_labels": ["__name__", "container", "pod", "image"],
        "regex": "container_[^n].*;(?:POD)?;.+;.+",
        "action": "drop",
    },
)


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    settings = product.settings
    return {
        "prometheus/prometheus.yml": yaml_text(config(settings), "settings.py"),
        **{
            f"prometheus/targets/{job.name}.yml": yaml_text(_targets(job, settings), "settings.py")
            for job in settings.jobs
        },
    }


def place(settings: Settings) -> dict[str, str]:
    """Labels of every target: external labels could not be queried where they are set."""
    return {"cluster": settings.cluster, "environment": settings.environment}


def config(settings: Settings) -> dict[str, Any]:
    """The whole configuration; `alerting` only where Prometheus notifies."""
    whole: dict[str, Any] = {
        "global": {"scrape_interval": settings.scrape_interval, "evaluation_interval": settings.rule_interval},
        "rule_files": ["rules/*.yml"],
    }
    if settings.evaluator == "prometheus":
        static = [{"targets": [settings.alertmanager]}]
        whole["alerting"] = {"alertmanagers": [{"static_configs": static}]}
    return whole | {"scrape_configs": [_services(settings), *(_job(job, settings) for job in settings.jobs)]}


def _services(settings: Settings) -> dict[str, Any]:
    return {
        "job_name": SERVICES_JOB,
        "metrics_path": "/metrics",
        "scrape_interval": settings.service_scrape_interval,
        "honor_labels": True,
        "static_configs": [{"targets": list(settings.services), "labels": place(settings)}],
        "relabel_configs": _relabelled(settings.services, settings),
        "metric_relabel_configs": [
            *(
                {"source_labels": ["service"], "regex": short, "target_label": "service", "replacement": name}
                for short, name in settings.short_names.items()
            ),
            *(dict(rule) for rule in settings.repairs),
        ],
    }


def _job(job: Job, settings: Settings) -> dict[str, Any]:
    return {
        "job_name": job.name,
        "metrics_path": job.path,
        "honor_labels": True,
        "file_sd_configs": [{"files": [f"targets/{job.name}.yml"]}],
        "relabel_configs": _relabelled(job.addresses, settings),
        **({"metric_relabel_configs": list(CONTAINER_TO_SERVICE)} if job.containers else {}),
    }


def _relabelled(addresses: tuple[str, ...], settings: Settings) -> list[dict[str, Any]]:
    """The service of each target; and, last, where those are scraped that are reached elsewhere."""
    moved = [
        {
            "source_labels": ["__address__"],
            "regex": re.escape(address),
            "target_label": "__address__",
            "replacement": settings.reached_at[address].replace("$", "$$"),
        }
        for address in addresses
        if address in settings.reached_at
    ]
    return [HOST_TO_SERVICE, *([NAMED] if moved else []), *moved]


def _targets(job: Job, settings: Settings) -> list[dict[str, Any]]:
    if not job.addresses:
        return []
    return [{"targets": list(job.addresses), "labels": place(settings)}]
