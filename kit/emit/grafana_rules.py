"""grafana/provisioning/alerting/rules.yml: each alert as a rule that Grafana evaluates.

The dialect of provisioning files (apiVersion 1), which differs from both of Grafana's APIs; grafanalib writes a
third one. A rule is: A, the query; B, its last value; C, compared with the level; and where a critical level takes
over from a warning, D and E, whether it has.
"""

from collections.abc import Mapping
from typing import Any

import attr
from grafanalib import core

from kit.emit.alert_text import GRAFANA, annotations, group_name, labels
from kit.emit.model import ALERT_FOLDER, Product
from kit.emit.prometheus_rules import nothing, rules_of
from kit.emit.text import yaml_text
from kit.model.alert import Rule
from kit.model.words import number

# attr.s, unseen by the type checker: it knows no field of grafanalib's classes.
extended: Any = attr.s

PATH = "grafana/provisioning/alerting/rules.yml"
INTERVAL = "30s"  # Grafana takes multiples of 10 s only
NO_DATA = {"ok": "OK", "alerting": "Alerting"}
ON_ERROR = {"keep": "KeepLast", "alerting": "Alerting"}
# Grafana adds these to every query when it is read; written here, they are no difference.
READ_BACK = {"intervalMs": 1000, "maxDataPoints": 43200}

Json = dict[str, Any]


@extended
class AlertGroup(core.AlertGroup):  # type: ignore[misc]
    """A group in the provisioning file's dialect."""

    def to_json_data(self) -> Json:
        """The group as Grafana's file provisioning reads it; `folder` is a title."""
        return {
            "orgId": 1,
            "name": self.name,
            "folder": self.folder,
            "interval": self.evaluateInterval,
            "rules": [rule.to_json_data() for rule in self.rules],
        }


@extended
class AlertRule(core.AlertRulev9):  # type: ignore[misc]
    """A rule in the provisioning file's dialect; its queries are `data`."""

    data: list[Json] = attr.ib(factory=list, kw_only=True)
    no_data: str = attr.ib(default="OK", kw_only=True)
    on_error: str = attr.ib(default="KeepLast", kw_only=True)
    hold: str = attr.ib(default="0s", kw_only=True)
    paused: bool = attr.ib(default=False, kw_only=True)

    def to_json_data(self) -> Json:
        """The rule as Grafana's file provisioning reads it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "condition": self.condition,
            "for": self.hold,
            "noDataState": self.no_data,
            "execErrState": self.on_error,
            "isPaused": self.paused,
            "labels": self.labels,
            "annotations": self.annotations,
            "data": self.data,
        }


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    groups = [
        AlertGroup(
            name=group_name(area),
            folder=ALERT_FOLDER,
            evaluateInterval=INTERVAL,
            rules=[_rule(rule, product) for rule in rules_of(area, product)],
        ).to_json_data()
        for area in product.areas
    ]
    text = yaml_text({"apiVersion": 1, "groups": groups}, "alerts/ and signals/")
    return {PATH: text}


def uid(name: str) -> str:
    """`ErrorRateHigh` → `df-error-rate-high`, at most Grafana's 40 characters."""
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return f"df{words}"[:40]


def _rule(rule: Rule, product: Product) -> AlertRule:
    alert = rule.alert
    condition, data = graph(rule, nothing(rule, product.settings))
    told = annotations(rule, product, GRAFANA)
    if alert.name in product.links:
        page, panel = product.links[alert.name]
        told |= {"__dashboardUid__": page.uid, "__panelId__": str(panel)}
    return AlertRule(
        title=rule.name,
        uid=uid(rule.name),
        condition=condition,
        triggers=[],
        hold=alert.level.hold,
        no_data=NO_DATA[alert.no_data],
        on_error=ON_ERROR[alert.on_error],
        paused=product.settings.evaluator != "grafana",
        labels=labels(rule),
        annotations=told,
        data=data,
    )


def graph(rule: Rule, nothing: tuple[str, ...] = ()) -> tuple[str, list[Json]]:
    """The condition's refId, and the queries: A → B (last) → C (level), then what bounds or widens it.

    `nothing`: what stands for the query's series where there are none of this place. Grafana itself would only notice
    where there are none at all, and then its alert would lack the place.
    """
    level = rule.alert.level
    data = [
        _query("A", " or ".join((rule.query, *nothing))),
        _reduce("B", "A"),
        _threshold("C", "B", rule.value, level.above),
    ]
    condition = "$C > 0"
    if rule.also:
        query, value = rule.also
        # Joined with the query's series, and neutral where it has none of its own: Grafana's math drops the unmatched.
        whole = f"({query}) or ({rule.query}) * 0 + {number(value)}"
        data += [_query("F", whole), _reduce("G", "F"), _threshold("H", "G", value, level.above)]
        condition = "($C > 0 || $H > 0)"
    if rule.held:
        data += [_query("D", rule.held), _reduce("E", "D")]
        condition += " && $E < 1"
    if condition == "$C > 0":
        return "C", data
    return "Z", [*data, _expression("Z", "math", expression=condition)]


def _query(ref: str, query: str) -> Json:
    model = {"refId": ref, "expr": query, "instant": True, "range": False, "editorMode": "code", **READ_BACK}
    return {
        "refId": ref,
        "relativeTimeRange": {"from": 600, "to": 0},
        "datasourceUid": "prometheus",
        "model": {**model, "datasource": {"type": "prometheus", "uid": "prometheus"}},
    }


def _expression(ref: str, kind: str, **more: Any) -> Json:
    return {
        "refId": ref,
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": "__expr__",
        "model": {
            "refId": ref,
            "type": kind,
            **more,
            "datasource": {"type": "__expr__", "uid": "__expr__"},
            **READ_BACK,
        },
    }


def _reduce(ref: str, of: str) -> Json:
    return _expression(ref, "reduce", expression=of, reducer="last")


def _threshold(ref: str, of: str, value: float, above: bool | None) -> Json:
    evaluator = {"type": "gt" if above else "lt", "params": [value]}
    return _expression(ref, "threshold", expression=of, conditions=[{"evaluator": evaluator}])
