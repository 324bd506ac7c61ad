"""The texts of an alert render: well formed, and asking only for what the evaluator has. Prometheus takes no others."""

from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import alert_data, ruled
from kit.check.parts.go_template import read
from kit.check.parts.message_data import Offered
from kit.check.parts.message_walk import Walk
from kit.model.fault import Where

ID = "alert-template"
_WRITTEN = ("summary", "description")


def check(build: Build) -> Iterator[Finding]:
    """See the module. What both evaluators, or an alert's several rules, have in common is told once."""
    told: dict[tuple[Where, str, str, str], tuple[str, list[str]]] = {}
    for evaluator, rules, offered in (
        ("Grafana", ruled.grafana(build), alert_data.GRAFANA),
        ("Prometheus", ruled.alerts(build), alert_data.PROMETHEUS),
    ):
        for rule in rules:
            for key, text in (rule.json.get("annotations") or {}).items():
                for fault in dict.fromkeys(_faults(str(text), offered)):
                    whose = "" if rule.where.line else rule.name
                    _, evaluators = told.setdefault((rule.where, whose, str(key), fault), (rule.name, []))
                    evaluators += [evaluator] if evaluator not in evaluators else []
    for (where, _, key, fault), (name, evaluators) in told.items():
        yield Finding(
            where, ID, name, f"its {key} does not render in {' and '.join(evaluators)}: {fault}; {_mend(key)}"
        )


def _faults(text: str, offered: Offered) -> Iterator[str]:
    if "{{" not in text:
        return
    read_text, own = read(text)
    for fault in (*read_text.faults, *Walk(offered, own).text(read_text), *(_defined(name) for name in own)):
        yield fault if "\n" in text else fault.removeprefix("line 1: ")


def _defined(name: str) -> str:
    return f"it defines the template '{name}', which no other text can use"


def _mend(key: str) -> str:
    if key in _WRITTEN:
        return "in alerts/, put values and labels in single braces, like {value}"
    return "look at kit/emit/alert_text.py, and at the addresses in settings.py"
