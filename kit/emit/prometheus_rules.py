"""prometheus/rules/: recording rules, and each alert as Prometheus's own rule.

What an alert reads is recorded just before it in the same group, whose rules are evaluated in order: read from
another group it would be one interval old.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from promql_parser import BinaryExpr

from kit.emit.alert_text import PROMETHEUS, annotations, group_name, labels
from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.model.alert import Rule
from kit.model.expr import Absent, Recorded, Scope
from kit.model.matcher import Match
from kit.model.promql import parse, selectors
from kit.model.words import number, seconds
from kit.settings import Settings

FOLDER = "prometheus/rules/"


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    return {f"{FOLDER}{name}.yml": yaml_text(rules, made_from) for name, made_from, rules in documents(product)}


def documents(product: Product) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name of the file, what it is made from, and what stands in it."""
    rest = dict(sorted((one.name, one) for one in product.site.recorded.values()))
    for area in product.areas:
        alerts = rules_of(area, product)
        known = {name for rule in alerts for name, _ in selectors(rule.query)}
        read = [name for name in rest if name in known]
        rules = [*(_record(rest.pop(name)) for name in read), *(_rule(rule, product) for rule in alerts)]
        yield group_name(area), f"alerts/{area}.py, signals/", _group(group_name(area), rules)
    if rest:
        yield "recording", "signals/", _group("recording", [_record(one) for one in rest.values()])


def _group(name: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"groups": [{"name": name, "rules": rules}]}


def rules_of(area: str, product: Product) -> list[Rule]:
    """The rules of a module of alerts/, in the order of the module."""
    return [rule for alert in product.site.alerts if alert.area == area for rule in product.rules[alert.name]]


def _record(recorded: Recorded) -> dict[str, Any]:
    return {"record": recorded.name, "expr": recorded.query}


def nothing(rule: Rule, settings: Settings) -> tuple[str, ...]:
    """What stands for what is looked at where there is none of it at all: 0, as bad as down, and its place.

    It is asked for by its place: what stores several clusters has others that are there.
    """
    if rule.alert.no_data != "alerting" or rule.alert.level.above:
        return ()
    place = (Match("cluster", "=", settings.cluster), Match("environment", "=", settings.environment))
    return tuple((Absent(leaf.metric, (*leaf.where, *place)) * 0).text(Scope()) for leaf in rule.leaves)


def condition(rule: Rule, settings: Settings) -> str:
    """The whole condition as one expression: the query, compared; and what alerts as well."""
    level = rule.alert.level
    sign = ">" if level.above else "<"
    text = f"{enclosed(rule.query)} {sign} {number(rule.value)}"
    if rule.also:
        query, value = rule.also
        text += f" or ({enclosed(rule.query)} and ({query}) {sign} {number(value)})"
    return " or ".join((text, *nothing(rule, settings)))


def enclosed(query: str) -> str:
    """The query in brackets where an operator after it could bind to a part of it."""
    return f"({query})" if isinstance(parse(query), BinaryExpr) else query


def _rule(rule: Rule, product: Product) -> dict[str, Any]:
    made: dict[str, Any] = {"alert": rule.name, "expr": condition(rule, product.settings)}
    if seconds(rule.alert.level.hold):
        made["for"] = rule.alert.level.hold
    return made | {"labels": labels(rule), "annotations": annotations(rule, product, PROMETHEUS)}
