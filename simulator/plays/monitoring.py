"""The monitoring itself. Prometheus is real where it watches the play, and only its past is made up."""

from typing import Any

import numpy as np

from signals import monitoring as signals
from simulator import cast
from simulator.sheet import Page, Sheet, go_le

GROUPS = ("data-stores", "hosts", "monitoring", "queues", "services", "recording")
INTEGRATIONS = {"slack": 0.6, "email": 0.2, "webhook": 0.2}
GRAFANA_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25)
LOKI_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100)
HANDLERS = {("/api/ds/query", "POST"): (0.6, 0.06), ("/api/dashboards/uid/:uid", "GET"): (0.4, 0.02)}
ROUTES = {
    ("POST", "loki_api_v1_push"): (0.7, 0.012),
    ("GET", "loki_api_v1_query_range"): (0.25, 0.11),
    ("GET", "loki_api_v1_labels"): (0.05, 0.02),
}
SLICES = {"inner_eval": 0.002, "prepare_time": 0.0004, "queue_time": 0.00002, "result_sort": 0.000002}
TENANT = "fake"  # Loki's name where there is only one


def play(sheet: Sheet) -> None:
    """See the package."""
    _prometheus(sheet, sheet.only(signals.PROMETHEUS))
    _alertmanager(sheet, sheet.only(signals.ALERTMANAGER))
    _grafana(sheet, sheet.only(signals.GRAFANA, le=go_le))
    _loki(sheet, sheet.only(signals.LOKI, le=go_le))


def _prometheus(sheet: Sheet, page: Page) -> None:
    busy, hours = sheet.frame["people"].activity, (sheet.frame.times % 7200) / 7200
    page.gauge(signals.head_series, np.round(2900 + 300 * hours))
    page.counter(signals.appended, 420.0, type="float")
    page.counter(signals.appended, 0.0, type="histogram")
    page.gauge(signals.block_bytes, np.round(3.1e8 + 4e7 * hours))
    page.gauge(signals.reload_ok, 1)
    page.counter(signals.notifications_dropped, sheet.frame["monitoring"].dropped)
    page.gauge(signals.alertmanagers, sheet.frame["monitoring"].alertmanagers)
    for group in GROUPS:
        page.counter(signals.rule_evaluations, 0.4, rule_group=f"rules/{group}.yml;{group}")
        page.counter(signals.rule_failures, 0.0, rule_group=f"rules/{group}.yml;{group}")
        page.gauge(signals.rule_duration, np.round(0.004 + 0.003 * busy, 5), rule_group=f"rules/{group}.yml;{group}")
    for name, time in SLICES.items():
        spread = {"0.5": time * 0.6, "0.9": time * (1 + busy), "0.99": time * (2 + 3 * busy)}
        page.summary(signals.engine_time, 3 + 8 * busy, spread, slice=name)


def _alertmanager(sheet: Sheet, page: Page) -> None:
    one = sheet.frame["monitoring"]
    page.gauge(signals.am_reload_ok, 1 - np.asarray(one.rejected))
    for integration, part in INTEGRATIONS.items():
        page.counter(signals.notifications, one.notified * part, integration=integration)
        page.counter(signals.notifications_failed, one.notified * part * one.undelivered, integration=integration)
    for state, many in {"active": np.round(one.notified * 100), "suppressed": 1, "unprocessed": 0}.items():
        page.gauge(signals.am_alerts, many, state=state)
    for state, many in {"active": 1, "pending": 0, "expired": 4}.items():
        page.gauge(signals.silences, many, state=state)


def _grafana(sheet: Sheet, page: Page) -> None:
    one = sheet.frame["monitoring"]
    for (handler, method), (part, median) in HANDLERS.items():
        for status, share in {"200": 0.995, "500": 0.005}.items():
            of: dict[str, Any] = {"handler": handler, "method": method, "status_code": status}
            median_now = median * one.grafana_time
            page.histogram(signals.grafana_time, one.looked * part * share, median_now, buckets=GRAFANA_BUCKETS, **of)
    page.counter(signals.grafana_rules, 1.1, org="1")
    page.counter(signals.grafana_failures, 1.1 * one.rules_failed, org="1")
    for group in GROUPS[:-1]:
        paused = np.where(np.asarray(one.paused) > 0, 6.0, 0.0)
        for state, many in {"active": 6.0 - paused, "paused": paused}.items():
            page.gauge(signals.grafana_active, many, rule_group=f"DataFlux Alerts;{group}", state=state)
    for integration, part in INTEGRATIONS.items():
        page.counter(signals.grafana_notifications, one.notified * part, integration=integration)
        page.counter(signals.grafana_undelivered, one.notified * part * one.undelivered, integration=integration)


def _loki(sheet: Sheet, page: Page) -> None:
    one = sheet.frame["monitoring"]
    page.counter(signals.loki_bytes, one.lines * cast.LOG_LINE_BYTES, tenant=TENANT)
    page.counter(signals.loki_lines, one.lines, tenant=TENANT)
    page.counter(signals.loki_discarded, one.discarded, reason="rate_limited", tenant=TENANT)
    page.gauge(signals.loki_streams, 3, tenant=TENANT)
    for (method, route), (part, median) in ROUTES.items():
        of: dict[str, Any] = {
            "method": method,
            "route": route,
            "status_code": "204" if method == "POST" else "200",
            "ws": "false",
        }
        page.histogram(signals.loki_time, (0.5 + one.looked) * part, median, buckets=LOKI_BUCKETS, **of)
