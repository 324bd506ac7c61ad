"""Grafana and Prometheus hold the same rules: names, labels, hold, summary and the numbers that they compare with."""

from collections.abc import Iterator

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.check.parts.compared import comparisons
from kit.model import promql
from kit.model.words import seconds

ID = "alert-dialects"
_SIGN = {"gt": ">", "lt": "<"}


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    ours, theirs = ({rule.name: rule for rule in rules} for rules in (ruled.alerts(build), ruled.grafana(build)))
    for name in sorted(ours.keys() ^ theirs.keys()):
        rule, other = (ours[name], "Grafana") if name in ours else (theirs[name], "Prometheus")
        yield Finding(rule.where, ID, name, f"{other} has no such rule, and both must have all; compile both")
    for name in sorted(ours.keys() & theirs.keys()):
        for what, left, right in _facts(ours[name].json, theirs[name].json):
            if left != right:
                message = f"its {what} is {left} in Prometheus and {right} in Grafana; write both from one alert"
                yield Finding(ours[name].where, ID, name, message)


def _facts(ours: Json, theirs: Json) -> Iterator[tuple[str, object, object]]:
    yield "labels", ours.get("labels"), theirs.get("labels")
    yield "hold", _seconds(ours), _seconds(theirs)
    yield "summary", (ours.get("annotations") or {}).get("summary"), (theirs.get("annotations") or {}).get("summary")
    try:
        yield "level", sorted(comparisons(str(ours.get("expr", "")))), sorted(set(_levels(theirs)))
    except promql.Unreadable:
        return


def _seconds(json: Json) -> object:
    try:
        return seconds(str(json.get("for", "0s")))
    except ValueError:
        return json.get("for")


def _levels(json: Json) -> Iterator[tuple[str, float]]:
    for node in json.get("data") or ():
        for condition in node.get("model", {}).get("conditions") or ():
            evaluator = condition.get("evaluator", {})
            for number in evaluator.get("params") or ():
                yield _SIGN.get(str(evaluator.get("type")), str(evaluator.get("type"))), float(number)
