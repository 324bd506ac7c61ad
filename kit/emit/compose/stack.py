"""The monitoring itself: Prometheus, Alertmanager, Grafana, Loki and its collector.

Compiled files are replaced by a rename, and a file that is mounted by itself would stay the old one: so folders are
mounted where a running program reads again. Grafana's alerting is read at its start only, from two folders of ours.
"""

from collections.abc import Iterator

from kit.emit import grafana_channels, grafana_rules, providers
from kit.emit.compose.part import OURS, Part, asked, variable
from kit.emit.images import images
from kit.emit.model import Product
from kit.settings import Settings
from kit.sizing.needs import RETENTION_DAYS
from kit.sizing.shipped import BASE

SECRETS = variable("SECRETS_DIR", "../secrets")
# A variable of a contact point → what stands in for it; `.invalid` is never found, and the log then says what is unset.
CHANNELS = {
    "SLACK_WEBHOOK_URL": "https://slack-webhook-url-is-not-set.invalid/",
    "WEBHOOK_URL": "https://webhook-url-is-not-set.invalid/",
    "WEBHOOK_TOKEN": "not-set",
}
# Which of Grafana's folders are provisioned from files; Grafana complains of one that is not there.
FOLDERS = ("datasources", "dashboards", "alerting", "plugins")
PROVISIONED = {"all": FOLDERS[:3], "datasources": FOLDERS[:1]}
# `printf` writes the request's line ends itself.
_READY = (
    "exec 3<>/dev/tcp/127.0.0.1/12345 && "
    r"printf 'GET /-/ready HTTP/1.0\r\n\r\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"
)


def parts(product: Product) -> Iterator[Part]:
    """Its services; what they are called is what `settings.py` calls them."""
    settings = product.settings
    yield _prometheus(settings)
    yield _alertmanager(settings)
    yield _grafana(product)
    yield _loki(settings)
    yield _collector(settings)


def _prometheus(settings: Settings) -> Part:
    return Part(
        name="prometheus",
        image=images(settings)["prometheus"],
        command=(
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={variable('PROMETHEUS_RETENTION', f'{RETENTION_DAYS}d')}",
            f"--storage.tsdb.retention.size={variable('PROMETHEUS_RETENTION_SIZE', f'{BASE.kept}GB')}",
            f"--web.external-url={variable('PROMETHEUS_ROOT_URL', 'http://localhost:9090')}",
            # Every 30 s it looks whether its configuration or a file of rules changed, and reads it without a restart.
            "--config.auto-reload",
        ),
        user="65534:65534",
        port=9090,
        listen="PROMETHEUS_LISTEN",
        # Over the image's example of a configuration, and nothing else.
        mounts=("./prometheus:/etc/prometheus:ro", "prometheus_data:/prometheus"),
        health=asked(9090, "/-/ready"),
        # It reads its log again before it is ready.
        patience="5m",
        megabytes=BASE.megabytes,
        cpus=2,
    )


def _alertmanager(settings: Settings) -> Part:
    return Part(
        name="alertmanager",
        image=images(settings)["alertmanager"],
        command=(
            f"--config.file={OURS}/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
            f"--web.external-url={variable('ALERTMANAGER_ROOT_URL', 'http://localhost:9093')}",
            # There is one of it.
            "--cluster.listen-address=",
        ),
        user="65534:65534",
        port=9093,
        listen="ALERTMANAGER_LISTEN",
        mounts=(
            f"./alertmanager:{OURS}/alertmanager:ro",
            f"{SECRETS}:{settings.secrets_dir}:ro",
            "alertmanager_data:/alertmanager",
        ),
        health=asked(9093, "/-/ready"),
        megabytes=256,
        cpus=0.5,
    )


def _grafana(product: Product) -> Part:
    settings = product.settings
    empty = (f"{folder}/{name}" for folder, names in PROVISIONED.items() for name in FOLDERS if name not in names)
    return Part(
        name="grafana",
        image=images(settings)["grafana"],
        environment={
            # For a laptop; `$__file{…}` in its place has Grafana read a file, and not start where that is missing.
            "GF_SECURITY_ADMIN_PASSWORD": variable("GRAFANA_ADMIN_PASSWORD", "admin"),
            "GF_SERVER_ROOT_URL": variable("GRAFANA_ROOT_URL", settings.grafana_url),
            "GF_PATHS_PROVISIONING": f"{OURS}/grafana/{variable('PROVISION', 'all')}",
            "GF_SMTP_ENABLED": "true",
            "GF_SMTP_HOST": variable("SMTP_HOST", settings.smtp),
            "GF_SMTP_USER": variable("SMTP_USER"),
            "GF_SMTP_PASSWORD": variable("SMTP_PASSWORD"),
            "GF_SMTP_FROM_ADDRESS": variable("SMTP_FROM", settings.email_from),
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            # It would fetch apps without a version at each start, and none of ours needs one.
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            **{name: variable(name, default) for name, default in CHANNELS.items()},
        },
        user="472:0",
        port=3000,
        listen="GRAFANA_LISTEN",
        mounts=(*_provisioning(product), f"{SECRETS}:{OURS}/secrets:ro", "grafana_data:/var/lib/grafana"),
        writes=("/tmp", *(f"{OURS}/grafana/{folder}" for folder in empty)),
        health=asked(3000, "/api/health"),
        patience="2m",
        megabytes=1024,
        cpus=1,
    )


def _provisioning(product: Product) -> Iterator[str]:
    """Each folder that is provisioned; Grafana reads no folders in folders."""
    yield f"./grafana/dashboards:{providers.DASHBOARDS}:ro"
    for folder in PROVISIONED:
        yield f"./grafana/datasources:{OURS}/grafana/{folder}/datasources:ro"
    yield f"./grafana/provisioning/dashboards:{OURS}/grafana/all/dashboards:ro"
    for path in sorted((*grafana_channels.files(product), grafana_rules.PATH)):
        yield f"./{path}:{OURS}/grafana/all/alerting/{path.rsplit('/', 1)[-1]}:ro"


def _loki(settings: Settings) -> Part:
    return Part(
        name="loki",
        image=images(settings)["loki"],
        command=(f"-config.file={OURS}/loki/loki.yml",),
        user="10001:10001",
        port=3100,
        listen="LOKI_LISTEN",
        mounts=(f"./exporters/logs/loki:{OURS}/loki:ro", "loki_data:/loki"),
        writes=("/tmp",),
        # The image has no shell and no wget; since 3.7 the program asks itself.
        health=("/usr/bin/loki", "-health"),
        patience="1m",
        megabytes=1024,
        cpus=1,
    )


def _collector(settings: Settings) -> Part:
    said = "|".join((*settings.service_hosts, "dataflux-exporter"))
    return Part(
        name="alloy",
        image=images(settings)["alloy"],
        command=(
            "run",
            "--server.http.listen-addr=127.0.0.1:12345",
            "--storage.path=/data",
            "--disable-reporting",
            # Of its exporter of syslog, which is used where LOGS is not loki.
            "--stability.level=public-preview",
            f"{OURS}/alloy/config.alloy",
        ),
        environment={
            "CLUSTER": settings.cluster,
            "ENVIRONMENT": settings.environment,
            "LOKI_URL": settings.loki_url,
            "JSON_SERVICES": said,
            "LOGS": variable("LOGS", "loki"),
        },
        mounts=(
            f"./exporters/logs/alloy:{OURS}/alloy:ro",
            "/var/run/docker.sock:/var/run/docker.sock:ro",
            "alloy_data:/data",
        ),
        writes=("/tmp",),
        # The image has neither wget nor curl, but it has bash.
        health=("bash", "-c", _READY),
        megabytes=512,
        cpus=0.5,
        why={"root": "only root and the group of the host's Docker may ask Docker's socket for the containers' lines"},
    )
