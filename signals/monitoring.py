"""Who watches the watchers: Prometheus, Alertmanager, Grafana and Loki themselves."""

from kit.model.alert import HEARTBEAT
from kit.model.expr import either, or_zero, share
from kit.model.matcher import no
from kit.model.metric import Counter, Gauge, Histogram, Summary
from kit.model.signal import Level, Signal
from kit.model.unit import (
    ACCEPTED,
    BYTES,
    BYTES_PER_SECOND,
    COUNT,
    OPERATIONS_PER_SECOND,
    PER_SECOND,
    PERCENT,
    SECONDS,
    WORKING,
)
from signals.jobs import EXPORTER
from signals.service import up

PROMETHEUS, ALERTMANAGER, GRAFANA, LOKI = "prometheus", "alertmanager", "grafana", "loki"

alerts = Gauge(
    "ALERTS",
    "alertname alertstate severity signal service queue mountpoint",
    help="1 for each alert that Prometheus holds to be pending or firing",
    job=PROMETHEUS,
    optional="service queue mountpoint",
    typed=False,
)
head_series = Gauge("prometheus_tsdb_head_series", help="Series in memory", job=PROMETHEUS)
appended = Counter("prometheus_tsdb_head_samples_appended_total", "type", help="Samples taken in", job=PROMETHEUS)
block_bytes = Gauge("prometheus_tsdb_storage_blocks_bytes", help="Bytes of blocks on disk", job=PROMETHEUS)
rule_failures = Counter("prometheus_rule_evaluation_failures_total", "rule_group", help="Failures", job=PROMETHEUS)
rule_evaluations = Counter("prometheus_rule_evaluations_total", "rule_group", help="Evaluations", job=PROMETHEUS)
rule_duration = Gauge("prometheus_rule_group_last_duration_seconds", "rule_group", help="Time", job=PROMETHEUS)
notifications_dropped = Counter("prometheus_notifications_dropped_total", help="Dropped", job=PROMETHEUS)
alertmanagers = Gauge("prometheus_notifications_alertmanagers_discovered", help="Alertmanagers", job=PROMETHEUS)
reload_ok = Gauge("prometheus_config_last_reload_successful", help="1 when it read its files", job=PROMETHEUS)
am_reload_ok = Gauge("alertmanager_config_last_reload_successful", help="1 when it read its file", job=ALERTMANAGER)
engine_time = Summary("prometheus_engine_query_duration_seconds", "slice", help="Query time", job=PROMETHEUS)
scrape_time = Gauge("scrape_duration_seconds", "service", help="Time of a scrape", job="*", typed=False)
scrape_samples = Gauge("scrape_samples_scraped", "service", help="Samples of a scrape", job="*", typed=False)
notifications = Counter("alertmanager_notifications_total", "integration", help="Sent", job=ALERTMANAGER)
notifications_failed = Counter(
    "alertmanager_notifications_failed_total", "integration", help="Failed", job=ALERTMANAGER
)
am_alerts = Gauge("alertmanager_alerts", "state", help="Alerts", job=ALERTMANAGER)
silences = Gauge("alertmanager_silences", "state", help="Silences", job=ALERTMANAGER)
grafana_time = Histogram(
    "grafana_http_request_duration_seconds", "handler method status_code", help="Time to answer", job=GRAFANA
)
# None of either while Grafana has no rule to evaluate: where Prometheus notifies, all of ours are paused.
grafana_rules = Counter("grafana_alerting_rule_evaluations_total", "org", help="Evaluations", job=GRAFANA, sparse=True)
grafana_failures = Counter("grafana_alerting_rule_evaluation_failures_total", "org", help="Failures", job=GRAFANA)
grafana_active = Gauge(
    "grafana_alerting_rule_group_rules",
    "rule_group state",
    help="Rules, by group and state",
    job=GRAFANA,
    sparse=True,
)
# Grafana counts an integration from its first notification on: none before it, and none where Prometheus notifies.
grafana_notifications = Counter(
    "grafana_alerting_notifications_total", "integration", help="Sent", job=GRAFANA, sparse=True
)
grafana_undelivered = Counter(
    "grafana_alerting_notifications_failed_total", "integration", help="Failed", job=GRAFANA, sparse=True
)
loki_bytes = Counter("loki_distributor_bytes_received_total", "tenant", help="Bytes taken in", job=LOKI)
loki_lines = Counter("loki_distributor_lines_received_total", "tenant", help="Lines taken in", job=LOKI)
loki_discarded = Counter("loki_discarded_samples_total", "reason tenant", help="Lines thrown away", job=LOKI)
loki_time = Histogram("loki_request_duration_seconds", "method route status_code ws", help="Time to answer", job=LOKI)
loki_streams = Gauge("loki_ingester_memory_streams", "tenant", help="Streams in memory", job=LOKI)
collector_ok = Gauge(
    "dataflux_exporter_collector_success", "collector", help="1 when the collector's last run worked", job=EXPORTER
)
collector_age = Gauge(
    "dataflux_exporter_collector_age_seconds", "collector", help="Age of what the collector found", job=EXPORTER
)

# The Watchdog always fires, which is no problem: severity "none" is left out wherever alerts are counted or listed.
firing = Signal(
    "alerts_firing",
    "Alerts firing",
    question="How many alerts fire?",
    bad="the list beside it names them; each has a runbook.",
    unit=COUNT,
    warning=Level(0, above=True, line="firing"),
    lines={state: or_zero(alerts.count(alertstate=state, severity=no(HEARTBEAT))) for state in ("firing", "pending")},
)
firing_by = Signal(
    "alerts_by_name",
    "Alerts over time",
    question="Which alerts fire, and since when?",
    bad="many at once have one cause: look for the first.",
    unit=COUNT,
    lines=alerts.count(alertstate="firing", severity=no(HEARTBEAT)),
    per="alertname severity",
    nothing="no alert fires",
)
prometheus_up = Signal(
    "monitoring_up",
    "Prometheus",
    question="Does Prometheus answer at all?",
    bad="nothing is watched while it is down: start it, then see its log and disk.",
    unit=COUNT,
    lines=up.value(job=PROMETHEUS),
    critical=Level(1, above=False, hold="2m"),
)
series = Signal(
    "prometheus_series",
    "Series in memory",
    question="How many series does Prometheus hold?",
    bad="a jump is a label with too many values: compare the samples by job.",
    unit=COUNT,
    lines=head_series.value(),
    per="instance",
)
samples = Signal(
    "prometheus_samples",
    "Samples",
    question="How much does Prometheus take in?",
    bad="a fall: targets are missing; a jump: a new exporter or too many labels.",
    unit=PER_SECOND,
    lines=appended.rate(),
    per="instance",
)
scrapes = Signal(
    "prometheus_scrapes",
    "Scrape time",
    question="Which targets are slow to scrape?",
    bad="near the time-out the target is lost: it exports too much or is overloaded.",
    unit=SECONDS,
    lines=scrape_time.value("max"),
    per="job",
)
scraped = Signal(
    "prometheus_scraped",
    "Samples by job",
    question="Which jobs bring the samples?",
    bad="the job that jumped has a label with too many values.",
    unit=COUNT,
    lines=scrape_samples.value(),
    per="job",
)
query_time = Signal(
    "prometheus_queries",
    "Query time (P90)",
    question="How long do queries take inside Prometheus?",
    bad="dashboards get slow: look for a query over too many series.",
    unit=SECONDS,
    lines=engine_time.quantile_now("0.9"),
    per="slice",
)
storage = Signal(
    "prometheus_storage",
    "Prometheus on disk",
    question="How much disk does Prometheus use?",
    bad="shorten its retention or give it room.",
    unit=BYTES,
    lines=block_bytes.value(),
    per="instance",
)
rules = Signal(
    "prometheus_rule_failures",
    "Rules that fail",
    question="Do all rules evaluate?",
    bad="Status, Rules in Prometheus names the rule and the error.",
    unit=PERCENT,
    lines=share(rule_failures.rate(), of=rule_evaluations.rate()),
    warning=Level(0, above=True, hold="5m"),
)
rule_time = Signal(
    "prometheus_rule_time",
    "Time of a rule group",
    question="How long does each group of rules take?",
    bad="near its interval evaluations are missed: split the group.",
    unit=SECONDS,
    lines=rule_duration.value("max"),
    per="rule_group",
)
reload = Signal(
    "prometheus_reload",
    "Configuration read",
    question="Did Prometheus and Alertmanager accept their configuration?",
    bad="it runs with the old one: promtool check config, or amtool check-config, names the mistake.",
    unit=ACCEPTED,
    lines=either(reload_ok.value("min"), am_reload_ok.value("min")),
    per="job instance",
    warning=Level(1, above=False, hold="5m"),
)
dropped = Signal(
    "prometheus_dropped",
    "Notifications dropped",
    question="Does Prometheus lose notifications on the way to Alertmanager?",
    bad="Alertmanager is down or unreachable; where Grafana notifies, what Prometheus drops is nobody's loss.",
    unit=PER_SECOND,
    lines=notifications_dropped.rate(),
    per="instance",
)
sent = Signal(
    "alertmanager_sent",
    "Notifications",
    question="How many notifications go out, from Alertmanager or Grafana, through which channel?",
    bad="none on the webhook: not even the Watchdog gets out; see what failed, and the routes.",
    unit=OPERATIONS_PER_SECOND,
    lines=either(notifications.rate(), grafana_notifications.rate()),
    per="job integration",
)
failed = Signal(
    "alertmanager_failed",
    "Notifications that fail",
    question="Which share of the notifications does not arrive, after all attempts?",
    bad="the log of Alertmanager or Grafana names the channel and the answer it got.",
    nothing="no notifications",
    unit=PERCENT,
    lines=either(
        share(notifications_failed.rate(), of=notifications.rate()),
        share(grafana_undelivered.rate(), of=grafana_notifications.rate()),
    ),
    per="job integration",
    # What failed is tried again after the group's interval (5 min): one failure leaves the window within the hold.
    critical=Level(0, above=True, window="10m", hold="12m"),
)
alertmanager = Signal(
    "alertmanager_alerts",
    "Alerts in Alertmanager",
    question="How many alerts does Alertmanager hold?",
    bad="suppressed for long: a silence that nobody took back; the Watchdog is always among the active.",
    unit=COUNT,
    lines=am_alerts.value("max"),
    per="state",
)
silenced = Signal(
    "alertmanager_silences",
    "Silences",
    question="How many silences are there?",
    bad="an old active silence hides what it was not made for.",
    unit=COUNT,
    lines=silences.value("max"),
    per="state",
)
grafana_latency = Signal(
    "grafana_latency",
    "Grafana's response time",
    question="How long does Grafana take to answer?",
    bad="slow data sources show here as well: compare with Prometheus and Loki.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": grafana_time.quantile(q) for q in (0.5, 0.95, 0.99)},
)
grafana_rate = Signal(
    "grafana_rate",
    "Grafana's requests",
    question="How much is Grafana used?",
    bad="a flood: a dashboard with a short refresh on many screens.",
    unit=OPERATIONS_PER_SECOND,
    lines=grafana_time.rate(),
    per="status_code",
)
grafana_alerting = Signal(
    "grafana_rule_failures",
    "Grafana rules that fail",
    question="Do all of Grafana's alert rules evaluate?",
    bad="Alerting, Alert rules in Grafana shows the error of the rule.",
    unit=PERCENT,
    lines=share(grafana_failures.rate(), of=grafana_rules.rate()),
    warning=Level(0, above=True, hold="5m"),
)
loki_intake = Signal(
    "loki_intake",
    "Log bytes",
    question="How much does Loki take in?",
    bad="a flood is usually one service in a loop: see the lines by service.",
    unit=BYTES_PER_SECOND,
    lines=loki_bytes.rate(),
    per="tenant",
)
loki_line_rate = Signal(
    "loki_lines",
    "Log lines taken in",
    question="How many lines does Loki take in?",
    bad="none: the forwarder is down.",
    unit=PER_SECOND,
    lines=loki_lines.rate(),
    per="tenant",
)
loki_lost = Signal(
    "loki_discarded",
    "Log lines thrown away",
    question="Does Loki throw lines away, and why?",
    bad="the reason names the limit; too old, too long, too many streams.",
    nothing="none",
    unit=PER_SECOND,
    lines=loki_discarded.rate(),
    per="reason",
)
loki_latency = Signal(
    "loki_latency",
    "Loki's response time",
    question="How long does Loki take to answer?",
    bad="a query over too much time without a label: choose a service.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": loki_time.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="route",
)
loki_stream_count = Signal(
    "loki_streams",
    "Streams in memory",
    question="How many streams does Loki hold?",
    bad="a jump is a label with too many values: request ids belong into the line.",
    unit=COUNT,
    lines=loki_streams.value(),
    per="tenant",
)
collectors = Signal(
    "collector_health",
    "Collectors",
    question="Does each collector of the dataflux-exporter find what it asks for?",
    bad="its source is down, slow or refuses: the exporter's log says why; what it exported goes when it is too old.",
    unit=WORKING,
    lines=collector_ok.value("min"),
    per="collector",
    warning=Level(1, above=False, hold="10m"),
)
collected_age = Signal(
    "collector_age",
    "Age of what is collected",
    question="How old is what the dataflux-exporter shows?",
    bad="older than a few of its intervals: the collector hangs or fails.",
    unit=SECONDS,
    lines=collector_age.value("max"),
    per="collector",
)
