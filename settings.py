"""What differs between one installation and another.

To compile for another place, copy this file, change it, and say `build.py compile --settings FILE --out DIR`;
what is written by hand in monitoring/exporters/ is copied there as well.
"""

from kit.settings import Job, Settings

settings = Settings(
    # Your Grafana's version: its JSON Schema must hold for everything that is compiled.
    grafana_version="13.1.0",
    # Where people open Grafana: links in alerts begin with it.
    grafana_url="http://localhost:3000",
    # Where the runbooks can be read: links to runbooks are this, the alert's name and `.md`.
    runbook_url="https://github.com/dataflux/monitoring/blob/main/docs/runbooks",
    # Who notifies: "grafana", or "prometheus" (through Alertmanager; Grafana's rules are then paused).
    evaluator="grafana",
    # Labels of every target; change them where several clusters or environments share one Prometheus or Grafana.
    cluster="dataflux",
    environment="production",
    # DataFlux's own services: the host part is the label `service`. So many targets must be there: one that is not is
    # told (ServiceMissing). Behind a discovery of your own, name as many addresses of each as there are at the least.
    services=("ingestion-service:8001", "query-service:8002", "analysis-service:8003"),
    # Short names that a service exports as its `service` label, and what it is called everywhere else.
    short_names={
        "ingestion": "ingestion-service",
        "query": "query-service",
        "analysis": "analysis-service",
    },
    # Repairs of what a service exports otherwise than the catalogue says, as Prometheus's metric_relabel_configs:
    # a queue that is exported without its name is told by the service that exports it.
    repairs=(
        {
            "source_labels": ["__name__", "queue", "service"],
            "regex": "dataflux_queue_size;;(.+)",
            "target_label": "queue",
        },
    ),
    # Everything else that is scraped. What you do not run has no addresses, as Job("redis", ()); its panels stay empty.
    # So many targets must be there (ExporterMissing); of a job without addresses none must.
    jobs=(
        Job("prometheus", ("prometheus:9090",)),
        Job("alertmanager", ("alertmanager:9093",)),
        Job("grafana", ("grafana:3000",)),
        Job("loki", ("loki:3100",)),
        Job("node", ("node-exporter:9100",)),
        Job("cadvisor", ("cadvisor:8080",), containers=True),
        Job("kube-state-metrics", (), containers=True),
        Job("postgres", ("postgres-exporter:9187",)),
        Job("redis", ("redis-exporter:9121",)),
        Job("kafka", ("kafka-exporter:9308",)),
        Job("minio", ("minio:9000",), path="/minio/v2/metrics/cluster"),
        Job("minio-bucket", ("minio:9000",), path="/minio/v2/metrics/bucket"),
        Job("dataflux-exporter", ("dataflux-exporter:9400",)),
    ),
    # Metrics that alerts need and that nothing of yours exports on purpose: their absence is then no alert, and what
    # needs them cannot fire. Where nobody knows how old queues are: ("dataflux_queue_oldest_age_seconds",).
    not_exported=(),
    # On Kubernetes, the namespaces of DataFlux and of its stores: pods of any other are nobody's target, whatever their
    # names and annotations. The exporters look for the stores in the first (or where the ConfigMap `stores` says).
    namespaces=("dataflux",),
    # Where Prometheus finds an address that it cannot reach by its own name (a tunnel, a demo on one machine):
    # {"ingestion-service:8001": "127.0.0.1:18001"}. Its labels `service` and `instance` stay those of the name.
    reached_at={},
    # Addresses as Grafana and Prometheus see them from where they run.
    prometheus_url="http://prometheus:9090",
    loki_url="http://loki:3100",
    alertmanager="alertmanager:9093",
    # How often; the panels' rates follow the scrape interval.
    scrape_interval="15s",
    service_scrape_interval="5s",
    rule_interval="15s",
    # Where notifications go. Secrets are references: the environment's names in Grafana, files for Alertmanager. The
    # mail server mail:1025 is the one of the Compose stack's demo, which keeps all mail and sends none.
    slack_channel="#dataflux-alerts",
    slack_url="$SLACK_WEBHOOK_URL",
    email="admin@dataflux.local",
    email_from="alerts@dataflux.local",
    smtp="mail:1025",
    webhook_url="$WEBHOOK_URL",
    webhook_token="$WEBHOOK_TOKEN",
    alertmanager_webhook_url="http://localhost:9095/alerts",
    secrets_dir="/etc/alertmanager/secrets",
    # When warnings are silent each week: day, from, to (UTC).
    maintenance=("sunday", "03:00", "04:00"),
    # "browser" shows each person their own time; name a zone where a team wants one.
    timezone="browser",
    # Panel plugins that your Grafana has beside its own.
    plugins=(),
    # 1 for every real installation. 20 makes everything that takes its time (holds, windows, intervals, waits) twenty
    # times as fast: for trying alerts, as make e2e-alerts does.
    time_scale=1,
)
