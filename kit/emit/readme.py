"""README.md of monitoring/: what this is, and where things are."""

from collections.abc import Mapping

from kit.emit.model import Product

HEAD = """\
<!-- Compiled by build.py: change its sources, not this file. -->
# What is deployed

Dashboards, alert rules and the configuration of the monitoring stack, compiled from Python. Nothing here is edited
by hand (`exporters/` aside): change `signals/`, `dashboards/`, `alerts/` or `settings.py`, then run `make dashboards`.

## Quick start

- Import one dashboard: in Grafana, Dashboards → New → Import, upload a file from `grafana/dashboards/`, and choose
  your Prometheus (and Loki) in the menus on top of it.
- Run all of it: `docker-compose -f docker-compose.monitoring.yml up -d` ([docs/deployment.md](../docs/deployment.md)).
- Run all of it on Kubernetes: `kubectl apply --server-side -k overlays/dev` or `overlays/production`, once
  [its Secrets](../docs/deployment.md#secrets) are there.
- Load it into a Grafana of your own: mount `grafana/dashboards/` at `/var/lib/grafana/dashboards`,
  `grafana/provisioning/` at `/etc/grafana/provisioning`, and the files of `grafana/datasources/` and `alerts/` into its
  `datasources/` and `alerting/`. Set `SLACK_WEBHOOK_URL`, `WEBHOOK_URL` and `WEBHOOK_TOKEN`: Grafana does not start
  while one that a contact point names is unset.
- Prometheus: `prometheus --config.file=prometheus/prometheus.yml`, from this folder's `prometheus/`.

## Where things are

| path | what |
|---|---|
| `grafana/dashboards/` | dashboards as JSON, a folder a set |
| `grafana/datasources/` | Prometheus and Loki as data sources |
| `grafana/provisioning/` | dashboard providers; alert rules, policies, mute timings, message templates |
| `alerts/` | notification channels, as Grafana provisions them |
| `prometheus/` | configuration, recording and alerting rules, targets |
| `alertmanager/` | routes, inhibition and templates, for `evaluator="prometheus"` |
| `docker-compose.monitoring.yml` | the whole stack on one host |
| `docker-compose.host-network.yml` | named beside it, it shows the host's network too |
| `k8s/` | the same for Kubernetes: the base, with `prometheus-deployment.yaml` |
| `k8s/operator/` | rules, targets and routes as objects of the Prometheus Operator, instead of the rest |
| `overlays/` | what differs on a laptop (`dev/`), in earnest (`production/`), with a store that scales (`mimir/`) |
| `*/Kustomization` | ConfigMaps of the files beside it |
| `exporters/` | what exports what no ordinary exporter gives, and the configurations for logs; written by hand |
| `BUILD.json` | the hash of every file here, and of the sources |
"""


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    return {"README.md": f"{HEAD}\n{_dashboards(product)}\n{_alerts(product)}"}


def _dashboards(product: Product) -> str:
    rows = [
        f"| {product.site.sets[page.folder].title} | {'**' + page.title + '**' if page.landing else page.title} "
        f"| {page.question} | `{page.uid}` |"
        for page in (board.page for board in product.boards)
    ]
    return "\n".join(["## Dashboards", "", "| set | dashboard | question | uid |", "|---|---|---|---|", *rows, ""])


def _alerts(product: Product) -> str:
    rows = [
        f"| {rule.name} | {rule.alert.severity} | {rule.alert.summary} | {rule.alert.level.words(unit)} |"
        for rules in product.rules.values()
        for rule in rules
        if (unit := rule.alert.signal.unit)
    ]
    evaluator = {"grafana": "Grafana", "prometheus": "Prometheus, through Alertmanager"}[product.settings.evaluator]
    head = f"{evaluator} notifies. Prometheus loads all rules in either case, so that `ALERTS` exists."
    return "\n".join(
        ["## Alerts", "", head, "", "| alert | severity | meaning | level |", "|---|---|---|---|", *rows, ""]
    )
