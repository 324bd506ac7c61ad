"""A page's variables as Grafana's JSON: data sources with nothing preset, then each choice after the wider ones."""

from collections.abc import Sequence
from typing import Any

from kit.draw.grafana import Template
from kit.draw.page import Choice
from kit.model.matcher import Match, selector

PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}
LOKI = {"type": "loki", "uid": "${logs}"}


def data_source(name: str, title: str, kind: str) -> Template:
    """A data source to choose: no name, uid or choice is preset, so that the page can be imported anywhere."""
    shape = {
        "hide": 0,
        "includeAll": False,
        "label": title,
        "multi": False,
        "name": name,
        "options": [],
        "query": kind,
        "refresh": 1,
        "regex": "",
        "skipUrlSync": False,
        "type": "datasource",
    }
    return Template(name=name, query=kind, type="datasource", shape=shape)


def scope(choices: Sequence[Choice]) -> tuple[Match, ...]:
    """The matchers that the choices lay on every metric that has their label."""
    return tuple(Match(choice.filters, "=~", f"${choice.name}") for choice in choices)


def query(choice: Choice, wider: Sequence[Choice]) -> str:
    """`label_values(metric{…}, label)`, narrowed down by the choices before it."""
    chosen = (match for match in scope(wider) if match.label in choice.metric.labels_all)
    return f"label_values({choice.metric.name}{selector((*choice.only, *chosen))}, {choice.filters})"


def chained(choices: Sequence[Choice]) -> list[Template]:
    """Each choice as a variable that asks Prometheus, refreshed when the time range changes."""
    return [_template(choice, choices[:index]) for index, choice in enumerate(choices)]


def _template(choice: Choice, wider: Sequence[Choice]) -> Template:
    text = query(choice, wider)
    shape: dict[str, Any] = {
        "datasource": PROMETHEUS,
        "definition": text,
        "hide": 0,
        "includeAll": choice.multi,
        "label": choice.title,
        "multi": choice.multi,
        "name": choice.name,
        "options": [],
        "query": {"qryType": 1, "query": text, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2,
        "regex": "",
        "skipUrlSync": False,
        "sort": 1,
        "type": "query",
    }
    if choice.multi:
        shape |= {"allValue": choice.every, "current": {"text": ["All"], "value": ["$__all"]}}
    return Template(name=choice.name, query=text, type="query", shape=shape)
