"""The alerts that overlays/mimir has beside those of prometheus/rules/: on what only it has, the way of a sample.

https://grafana.com/docs/mimir/latest/manage/monitor-grafana-mimir/ and
https://prometheus.io/docs/practices/remote_write/
"""

from typing import Any

from kit.model.unit import PER_SECOND
from kit.settings import Settings

Json = dict[str, Any]
_REFUSED, _FAILED = "prometheus_remote_storage_samples_failed_total", "cortex_prometheus_rule_evaluation_failures_total"


def rules(settings: Settings) -> Json:
    """A file of rules for Mimir's ruler. Any at all is too many, for as long as it takes to be no accident."""
    page = f"{settings.runbook_url.rsplit('/', 1)[0]}/deployment.md#when-mimir-is-unwell"
    made = [
        _alert(
            "MimirRefusesSamples", "mimir_refused", _REFUSED, "Mimir refuses samples: they are lost.", "samples", page
        ),
        _alert("MimirRulesFailing", "mimir_rule_failures", _FAILED, "Some rules fail in Mimir.", "evaluations", page),
    ]
    return {"groups": [{"name": "mimir", "rules": made}]}


def _alert(name: str, signal: str, metric: str, summary: str, what: str, page: str) -> Json:
    return {
        "alert": name,
        "expr": f"sum by (cluster, environment) (rate({metric}[5m])) > 0",
        "for": "5m",
        "labels": {"severity": "warning", "signal": name},
        "annotations": {
            "summary": summary,
            "description": f"{{{{ $value | {PER_SECOND.template} }}}} {what} fail each second (level 0).",
            "runbook_url": page,
        },
    }
