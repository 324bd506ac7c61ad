"""A critical alert takes over from the warning of the same thing: no gap, and never two notifications.

Alertmanager inhibits: a label that is absent on both sides counts as equal
(https://prometheus.io/docs/alerting/latest/configuration/#inhibit_rule), so alerts of others, which have no signal, are
no part of it. Grafana's warning ends in its own condition where the critical one begins; Prometheus's has no such end,
so that `ALERTS` tells both.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.compared import comparisons
from kit.check.parts.matchers import matchers
from kit.check.parts.ruled import Ruled
from kit.model import promql
from kit.model.alert import Alert, Rule
from kit.model.words import number

ID = "alert-handover"
_CONFIG = "alertmanager/alertmanager.yml"


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    equal = _equal(build.yaml.get(_CONFIG))
    prometheus = {rule.name: rule for rule in ruled.alerts(build)}
    grafana = {rule.name: rule for rule in ruled.grafana(build)}
    if equal is None:
        message = "no rule lets critical silence warning; write one with source and target severity"
        yield Finding(ruled.file(_CONFIG), ID, "inhibit_rules", message)
    for message in _foreign(build.yaml.get(_CONFIG)):
        yield Finding(ruled.file(_CONFIG), ID, "inhibit_rules", message)
    for weak, strong in _pairs(build):
        if weak.name in prometheus and strong.name in prometheus:
            pair = prometheus[weak.name], prometheus[strong.name]
            for message in (*_labels(*pair, build, equal), *_unbounded(pair[0], weak, strong)):
                yield Finding(weak.alert.where, ID, weak.name, message)
        if weak.name in grafana and not _bounded(grafana[weak.name].json, strong):
            level = f"{strong.alert.level.direction} {number(strong.value)}"
            message = f"Grafana's rule goes on where {strong.name} begins ({level}); bound it by that level"
            yield Finding(weak.alert.where, ID, weak.name, message)


def _equal(config: Any) -> frozenset[str] | None:
    """The labels on which critical silences warning; None where it does not."""
    for rule in (config or {}).get("inhibit_rules") or ():
        source, target = (" ".join(rule.get(key) or ()) for key in ("source_matchers", "target_matchers"))
        if "critical" in source and "warning" in target:
            return frozenset(rule.get("equal") or ())
    return None


def _foreign(config: Any) -> Iterator[str]:
    for rule in (config or {}).get("inhibit_rules") or ():
        for side in ("source", "target"):
            asked = matchers({"matchers": rule.get(f"{side}_matchers")})
            if all(one.wants("") for one in asked if one.label == "signal"):
                yield (
                    f"its {side} takes alerts without the label signal, so that those of others silence each other; "
                    'add signal =~ ".+"'
                )


def _pairs(build: Build) -> Iterator[tuple[Rule, Rule]]:
    """Each warning rule with the critical one of the same thing, and each critical exception with its warning.

    An exception that the other side does not make is covered by the other side's own rule.
    """
    alerts: dict[str, dict[str, Alert]] = {}
    for alert in build.product.site.alerts:
        alerts.setdefault(alert.signal.name, {})[alert.severity] = alert
    for pair in alerts.values():
        if pair.keys() >= {"warning", "critical"}:
            weak, strong = (_by_exception(pair[severity], build) for severity in ("warning", "critical"))
            yield from ((rule, strong.get(which, strong[""])) for which, rule in weak.items())
            yield from ((weak[""], rule) for which, rule in strong.items() if which not in weak)


def _by_exception(alert: Alert, build: Build) -> Mapping[str, Rule]:
    return {rule.name.removeprefix(alert.name): rule for rule in build.product.rules[alert.name]}


def _labels(weak: Ruled, strong: Ruled, build: Build, equal: frozenset[str] | None) -> Iterator[str]:
    ours, theirs = (promql.labels(str(rule.json.get("expr", "")), build.catalogue) for rule in (weak, strong))
    if ours is None or theirs is None:
        return
    if ours != theirs:
        odd = ", ".join(sorted(ours ^ theirs))
        yield f"it and {strong.name} do not carry the same labels ({odd}), so neither silences the other; group alike"
    elif equal is not None and (missing := sorted({*ours, "signal"} - equal)):
        lacking = ", ".join(missing)
        yield f"{strong.name} would silence it for another thing: the inhibition's equal lacks {lacking}; add it"


def _unbounded(rule: Ruled, weak: Rule, strong: Rule) -> Iterator[str]:
    """Prometheus's warning holds above critical as well."""
    text = str(rule.json.get("expr", ""))
    try:
        bound = any(value == strong.value != weak.value for _, value in comparisons(text))
    except promql.Unreadable:
        return
    if bound:
        yield f"Prometheus's rule ends where {strong.name} begins, and inhibition needs no end; leave it open"


def _bounded(json: Json, strong: Rule) -> bool:
    """Whether some query of the graph compares with the critical level in force for the same thing."""
    sign = ">" if strong.alert.level.above else "<"
    asked = re.compile(rf"{sign}=?\s*(?:bool\s*)?{re.escape(number(strong.value))}(?![\d.])")
    models = [node.get("model", {}) for node in json.get("data") or ()]
    return any(asked.search(str(model.get("expr", ""))) for model in models)
